"""The state in a file: accounts, lists, tokens and made-up titles, kept over restarts and crashes.

A change is in the file before its response is sent. Only what changed is written: the account's row, its changed lists,
its plays and ratings when they changed, and changed tokens.
"""

import logging
import sqlite3
from dataclasses import asdict
from pathlib import Path

import orjson

from trakt_simulator.state.account import Account
from trakt_simulator.state.accounts import Numbers
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.state.tokens import Grant
from trakt_simulator.store import records
from trakt_simulator.store.database import TABLES, StateFileError, open_database

log = logging.getLogger(__name__)
ListStamp = tuple[int, frozenset[str]]
HistoryStamp = tuple[int, ...]


class StateFile:
    """Keeps a simulator's state in a file.

    Raises:
        StateFileError: the file cannot be opened; see `open_database`.
    """

    def __init__(self, sim: Simulator, path: Path) -> None:
        self._sim = sim
        self._path = path
        self._database = open_database(path)
        self._catalogue = sim.catalogue.fingerprint()
        # What the file holds.
        self._resets = sim.resets
        self._titles = 0
        self._offset_ms = 0
        self._lists: dict[str, dict[int, ListStamp]] = {}
        self._histories: dict[str, HistoryStamp] = {}

    def load(self) -> None:
        """Put the file's state into the simulator.

        Raises:
            StateFileError: its content is damaged, or belongs to another catalogue.
        """
        try:
            self._load_numbers()
            self._load_accounts()
        except StateFileError:
            self._database.close()
            raise
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            self._database.close()
            raise StateFileError(f"{self._path}: {error!r}") from error
        self._sim.accounts.changed.clear()
        self._sim.tokens.changed.clear()

    def _load_numbers(self) -> None:
        sim, execute = self._sim, self._database.execute
        for (content,) in execute("SELECT content FROM numbers"):
            numbers = orjson.loads(content)
            sim.clock.offset_ms = self._offset_ms = numbers.pop("clock_offset_ms", 0)
            self._check_catalogue(numbers.pop("catalogue", None))
            sim.accounts.numbers = Numbers(**numbers)
        titles = execute("SELECT content FROM titles ORDER BY position")
        sim.catalogue.restore_invented(records.title_from(content) for (content,) in titles)
        self._titles = len(sim.catalogue.invented())

    def _check_catalogue(self, kept: list[object] | None) -> None:
        """Refuse a catalogue in which the file's keys are other titles. A catalogue may grow at its end.

        Args:
            kept: the number of titles and their digest; None: a file of format 1.
        """
        count = kept[0] if kept else None
        if isinstance(count, int) and list(self._sim.catalogue.fingerprint(count)) != kept:
            raise StateFileError(f"{self._path}: its lists are of another catalogue, which had {count} titles")

    def _load_accounts(self) -> None:
        sim, execute = self._sim, self._database.execute
        lists = {
            trakt: records.list_from(content, rows)
            for trakt, content, rows in execute("SELECT trakt, content, rows FROM lists")
        }
        rows = execute("SELECT a.content, h.content FROM accounts a LEFT JOIN histories h USING (slug)")
        accounts = [records.account_from(content, history, lists) for content, history in rows]
        for account in sorted(accounts, key=lambda account: account.number):
            sim.accounts.put_account(account)
            self._lists[account.slug] = {one.trakt: _list_stamp(one) for one in account.all_lists}
        for (slug,) in execute("SELECT slug FROM histories"):
            self._histories[slug] = _history_stamp(sim.accounts.by_slug[slug])
        for (content,) in execute("SELECT content FROM grants"):
            grant, is_access_alive, is_refresh_alive = records.grant_from(content, sim.accounts.by_slug)
            sim.tokens.put(grant, is_access_alive=is_access_alive, is_refresh_alive=is_refresh_alive)

    def save(self) -> None:
        """Write what has changed. What cannot be written is tried again at the next call."""
        sim = self._sim
        has_new_time = sim.clock.offset_ms != self._offset_ms
        if not (sim.accounts.changed or sim.tokens.changed or has_new_time or sim.resets != self._resets):
            return
        try:
            self._database.execute("BEGIN")
            self._write()
            self._database.execute("COMMIT")
        except sqlite3.Error:
            # A full disk must not stop a simulator that otherwise works.
            log.exception("state_not_saved")
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            return
        self._resets = sim.resets
        self._offset_ms = sim.clock.offset_ms
        self._titles = len(sim.catalogue.invented())
        for account in sim.accounts.changed.values():
            self._lists[account.slug] = {one.trakt: _list_stamp(one) for one in account.all_lists}
            self._histories[account.slug] = _history_stamp(account)
        sim.accounts.changed.clear()
        sim.tokens.changed.clear()

    def _write(self) -> None:
        sim, execute = self._sim, self._database.execute
        if sim.resets != self._resets:
            for table in TABLES:
                execute(f"DELETE FROM {table}")  # noqa: S608 (our own table names)
            self._lists.clear()
            self._histories.clear()
            self._titles = 0
        numbers = {
            **asdict(sim.accounts.numbers),
            "clock_offset_ms": sim.clock.offset_ms,
            "catalogue": self._catalogue,
        }
        execute("REPLACE INTO numbers (id, content) VALUES (1, ?)", (orjson.dumps(numbers),))
        for position, title in enumerate(sim.catalogue.invented()[self._titles :], start=self._titles):
            execute("REPLACE INTO titles (position, content) VALUES (?, ?)", (position, orjson.dumps(asdict(title))))
        for account in sim.accounts.changed.values():
            self._write_account(account)
        for grant in sim.tokens.changed.values():
            self._write_grant(grant)

    def _write_account(self, account: Account) -> None:
        execute, known = self._database.execute, self._lists.get(account.slug, {})
        content = records.account(account)
        execute("REPLACE INTO accounts (slug, content) VALUES (?, ?)", (account.slug, content))
        if self._histories.get(account.slug) != _history_stamp(account):
            history = records.history(account)
            execute("REPLACE INTO histories (slug, content) VALUES (?, ?)", (account.slug, history))
        for media_list in account.all_lists:
            if known.get(media_list.trakt) != _list_stamp(media_list):
                row = (media_list.trakt, records.list_content(media_list), records.list_rows(media_list))
                execute("REPLACE INTO lists (trakt, content, rows) VALUES (?, ?, ?)", row)
        for number in known.keys() - {one.trakt for one in account.all_lists}:
            execute("DELETE FROM lists WHERE trakt = ?", (number,))

    def _write_grant(self, grant: Grant) -> None:
        tokens = self._sim.tokens
        is_access_alive, is_refresh_alive = tokens.is_access_alive(grant), tokens.is_refresh_alive(grant)
        if is_access_alive or is_refresh_alive:
            content = records.grant(grant, is_access_alive=is_access_alive, is_refresh_alive=is_refresh_alive)
            row = (grant.access_token, content)
            self._database.execute("REPLACE INTO grants (access_token, content) VALUES (?, ?)", row)
        else:
            self._database.execute("DELETE FROM grants WHERE access_token = ?", (grant.access_token,))

    def close(self) -> None:
        """Save the last changes, and leave one file without its write-ahead log."""
        self.save()
        self._database.close()


def _list_stamp(media_list: MediaList) -> ListStamp:
    """Return a value that is different after every change of the list."""
    return media_list.updated_ms, frozenset(media_list.liked_by or ())


def _history_stamp(account: Account) -> HistoryStamp:
    """Return a value that is different after every change of the account's plays and ratings."""
    return tuple(ms for name, ms in sorted(account.activities.items()) if name.endswith(("watched_at", "rated_at")))
