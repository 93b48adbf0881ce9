"""The state in a file (SQLite): accounts, lists, tokens and invented titles, kept over restarts and crashes.

A change is in the file before its answer is sent. Only what changed is written: an account's row, the lists of it whose
stamp moved, its plays and ratings when theirs did, the tokens.
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

log = logging.getLogger(__name__)
# Marks the file as ours, and its form.
_APPLICATION_ID = 0x7472616B
_FORMAT = 2
# Form 1 had no table of its own for plays and ratings.
_READABLE = (1, _FORMAT)
_TABLES = ("accounts", "histories", "lists", "grants", "titles", "numbers")
Stamp = tuple[int, frozenset[str]]
HistoryStamp = tuple[int, ...]


class StateFileError(Exception):
    """The state file cannot be read or written; the text says why."""


class StateFile:
    """Keeps a simulator's state in a file.

    Raises:
        StateFileError: no such folder, not writable, in use by another simulator, or a file of something else.
    """

    def __init__(self, sim: Simulator, path: Path) -> None:
        self._sim = sim
        self._path = path
        self._resets = sim.resets
        self._titles = 0
        self._offset_ms = 0
        self._catalogue = sim.catalogue.fingerprint()
        self._lists: dict[str, dict[int, Stamp]] = {}
        self._histories: dict[str, HistoryStamp] = {}
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=1)
        except sqlite3.Error as error:
            raise StateFileError(f"{path}: {error}") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._database.close()
            is_in_use = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
            raise StateFileError(f"{path}: {'in use by another simulator' if is_in_use else error}") from error

    def _prepare(self) -> None:
        execute = self._database.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        # Safe against the process's end at any moment; only a power failure could take the last changes.
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = OFF")
        (application_id,) = execute("PRAGMA application_id").fetchone()
        (tables,) = execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application_id != _APPLICATION_ID:
            raise sqlite3.DatabaseError("a database of something else")
        (form,) = execute("PRAGMA user_version").fetchone()
        if tables and form not in _READABLE:
            raise sqlite3.DatabaseError(f"form {form} of the state, and this simulator knows form {_FORMAT}")
        execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        execute(f"PRAGMA user_version = {_FORMAT}")
        execute("CREATE TABLE IF NOT EXISTS accounts (slug text PRIMARY KEY, content blob NOT NULL)")
        execute("CREATE TABLE IF NOT EXISTS histories (slug text PRIMARY KEY, content blob NOT NULL)")
        execute(
            "CREATE TABLE IF NOT EXISTS lists (trakt integer PRIMARY KEY, content blob NOT NULL, rows blob NOT NULL)"
        )
        execute("CREATE TABLE IF NOT EXISTS grants (access_token text PRIMARY KEY, content blob NOT NULL)")
        execute("CREATE TABLE IF NOT EXISTS titles (position integer PRIMARY KEY, content blob NOT NULL)")
        execute("CREATE TABLE IF NOT EXISTS numbers (id integer PRIMARY KEY CHECK (id = 1), content blob NOT NULL)")

    def load(self) -> None:
        """Take the file's state over.

        Raises:
            StateFileError: its content is damaged, or of another catalogue.
        """
        try:
            self._load()
        except StateFileError:
            self._database.close()
            raise
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            self._database.close()
            raise StateFileError(f"{self._path}: {error!r}") from error

    def _load(self) -> None:
        sim, execute = self._sim, self._database.execute
        for (content,) in execute("SELECT content FROM numbers"):
            numbers = orjson.loads(content)
            sim.clock.offset_ms = self._offset_ms = numbers.pop("clock_offset_ms", 0)
            self._compare_catalogue(numbers.pop("catalogue", None))
            sim.world.numbers = Numbers(**numbers)
        titles = execute("SELECT content FROM titles ORDER BY position")
        sim.catalogue.restore_invented(records.title_from(content) for (content,) in titles)
        lists = {
            trakt: records.list_from(content, rows)
            for trakt, content, rows in execute("SELECT trakt, content, rows FROM lists")
        }
        accounts = execute("SELECT a.content, h.content FROM accounts a LEFT JOIN histories h USING (slug)")
        restored = [records.account_from(content, history, lists) for content, history in accounts]
        for account in sorted(restored, key=lambda account: account.number):
            sim.world.put_account(account)
            self._lists[account.slug] = {number: _stamp(one) for number, one in account.lists.items()}
        for (slug,) in execute("SELECT slug FROM histories"):
            self._histories[slug] = _history_stamp(sim.world.accounts[slug])
        for (content,) in execute("SELECT content FROM grants"):
            grant, is_access_alive, is_refresh_alive = records.grant_from(content, sim.world.accounts)
            sim.tokens.put(grant, is_access_alive=is_access_alive, is_refresh_alive=is_refresh_alive)
        self._titles = len(sim.catalogue.invented())
        sim.world.changed.clear()
        sim.tokens.changed.clear()

    def _compare_catalogue(self, kept: list[object] | None) -> None:
        """Refuse a catalogue in which the file's numbers are other titles. One that has grown at its end is the same.

        Args:
            kept: how many titles there were, and their digest; None: of form 1.
        """
        count = kept[0] if kept else None
        if isinstance(count, int) and list(self._sim.catalogue.fingerprint(count)) != kept:
            raise StateFileError(f"{self._path}: its lists are of another catalogue, which had {count} titles")

    def save(self) -> None:
        """Write what has changed; returns at once when nothing has. What cannot be written is tried again next time."""
        sim = self._sim
        is_moved = sim.clock.offset_ms != self._offset_ms
        if not (sim.world.changed or sim.tokens.changed or is_moved or sim.resets != self._resets):
            return
        try:
            self._database.execute("BEGIN")
            self._write()
            self._database.execute("COMMIT")
        except sqlite3.Error:
            # A full disk must not end a Trakt that otherwise works.
            log.exception("state_not_saved")
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            return
        self._resets = sim.resets
        self._offset_ms = sim.clock.offset_ms
        self._titles = len(sim.catalogue.invented())
        for account in sim.world.changed.values():
            self._lists[account.slug] = {number: _stamp(one) for number, one in account.lists.items()}
            self._histories[account.slug] = _history_stamp(account)
        sim.world.changed.clear()
        sim.tokens.changed.clear()

    def _write(self) -> None:
        sim, execute = self._sim, self._database.execute
        if sim.resets != self._resets:
            for table in _TABLES:
                execute(f"DELETE FROM {table}")  # noqa: S608 (names of our own)
            self._lists.clear()
            self._histories.clear()
            self._titles = 0
        numbers = {
            **asdict(sim.world.numbers),
            "clock_offset_ms": sim.clock.offset_ms,
            "catalogue": self._catalogue,
        }
        execute("REPLACE INTO numbers (id, content) VALUES (1, ?)", (orjson.dumps(numbers),))
        for position, title in enumerate(sim.catalogue.invented()[self._titles :], start=self._titles):
            execute("REPLACE INTO titles (position, content) VALUES (?, ?)", (position, orjson.dumps(asdict(title))))
        for account in sim.world.changed.values():
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
        for number, media_list in account.lists.items():
            if known.get(number) != _stamp(media_list):
                row = (number, records.list_content(media_list), records.list_rows(media_list))
                execute("REPLACE INTO lists (trakt, content, rows) VALUES (?, ?, ?)", row)
        for number in known.keys() - account.lists.keys():
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
        """Save what is left, and leave one file without its write-ahead log."""
        self.save()
        self._database.close()


def _stamp(media_list: MediaList) -> Stamp:
    """What moves with every change of a list."""
    return media_list.updated_ms, frozenset(media_list.liked_by or ())


def _history_stamp(account: Account) -> HistoryStamp:
    """What moves with every change of an account's plays and ratings."""
    return tuple(ms for name, ms in sorted(account.activities.items()) if name.endswith(("watched_at", "rated_at")))
