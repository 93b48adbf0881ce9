"""The simulated Trakt of one schedule: its accounts, its requests, and what may not happen at any of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import httpx

from trakt_simulator.catalogue.episodes import episode_key
from trakt_simulator.catalogue.media import Kind, key_of, kind_of
from trakt_simulator.clock import Clock
from trakt_simulator.endpoints.history_changes import record_plays, remove_plays
from trakt_simulator.endpoints.users import account_uuid
from trakt_simulator.faults.fault import Fault
from trakt_simulator.gateway.gateway import Outcome
from trakt_simulator.http.request import Request
from trakt_simulator.oauth.responses import token_object
from trakt_simulator.state.account import VIP, Account, Limits
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.testing.transport import CoreTransport
from trakt_sync.accounts.token_import import Import
from trakt_sync.testing.harness import CLIENT
from trakt_sync.testing.simulation.clock import VirtualClock
from trakt_sync.testing.simulation.operations import HandEdit, Limit, WatchlistEdit
from trakt_sync.testing.simulation.refusals import Refusals
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.sent import Sent
from trakt_sync.testing.simulation.titles import KNOWN, catalogue
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.tokens import TokenWire
from trakt_sync.trakt.transport import QuickTries

URL: Final = "http://trakt.test"
LATENCY_S: Final = 0.1
STRANGERS: Final = {"add": key_of(Kind.MOVIE, KNOWN - 1), "add_other": key_of(Kind.MOVIE, KNOWN)}
"""The titles that users add by hand. The second is never wanted."""
STALE: Final = timedelta(minutes=5)
"""How old Trakt's reads may be."""
HEADERS: Final = {
    "Content-Type": "application/json",
    "User-Agent": "simulation",
    "trakt-api-version": "2",
    "trakt-api-key": CLIENT.client_id,
}


@dataclass
class SimulatedTrakt:
    """A Trakt in memory.

    Args:
        protected: returns those of a Trakt list's titles that the step under way may not take off.
        users_of: returns who has connected an account.

    Attributes:
        sent: every request.
        refusals: creations for which an account had no place.
    """

    clock: VirtualClock
    protected: Callable[[Account, MediaList, frozenset[int]], Iterable[int]]
    users_of: Callable[[str], frozenset[str]]
    sent: list[Sent] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    _before: dict[int, tuple[MediaList, frozenset[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sim = Simulator(catalogue(), clock=Clock(self.clock.seconds))
        self.sim.accounts.remember_ms = int(STALE.total_seconds() * 1000)
        self._written: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._transport = CoreTransport(self.sim, self, self._travel, LATENCY_S)
        http = httpx.AsyncClient(base_url=URL, headers=HEADERS, transport=self._transport)
        self.client = TraktClient(http, URL, CLIENT, now=self.clock, tries=QuickTries(attempts=1))

    def account(self, name: str) -> Account:
        """Return an account, which is a VIP's when it is new."""
        account = self.sim.accounts.add_account(name, self.sim.clock.now_ms())
        account.is_vip = account.own_limits is None
        return account

    def limit(self, to: Limit) -> None:
        """Give an account other limits."""
        account = self.account(to.account)
        limits = Limits(
            to.lists or VIP.lists,
            to.items or VIP.items_per_list,
            to.total or VIP.total_items,
            to.watchlist or VIP.watchlist,
        )
        account.own_limits = None if limits == VIP else limits
        account.is_vip = account.own_limits is None

    def login(self, name: str) -> Import:
        """Return a new token pair of an account, as `account import` reads it."""
        account = self.account(name)
        wire = TokenWire.model_validate(token_object(self.sim, account, CLIENT.client_id))
        return Import(wire.to_tokens(self.clock()), name, account_uuid(account), is_vip=account.is_vip)

    def add_fault(self, fault: Fault) -> None:
        self.sim.add_fault(fault)

    @property
    def is_ailing(self) -> bool:
        """Whether there are faults, or a request that is still to be carried out."""
        return bool([*self.sim.faults]) or self._transport.is_late

    def carry_out_late(self) -> None:
        self._transport.carry_out_late()

    def change_by_hand(self, account: Account, one: MediaList, change: HandEdit) -> None:
        """Change a list as its owner does on Trakt."""
        accounts, now_ms, keys = self.sim.accounts, self.sim.clock.now_ms(), list(one.rows.keys)
        match change:
            case "add" | "add_other":
                accounts.append_items(account, one, one.missing([STRANGERS[change]]), now_ms)
            case "remove":
                accounts.remove_items(account, one, keys[:1], now_ms)
            case "delete":
                accounts.delete_list(account, one, now_ms)
                return
            case "swap":
                accounts.about_to_change(one, now_ms)
                one.reorder(reversed(one.rows.ids), now_ms=now_ms)
            case "rename":
                one.name = f"{one.name} by hand"
                one.touch(now_ms)
            case "publish":
                one.privacy = "public"
                one.touch(now_ms)
        accounts.lists_changed(account, now_ms)

    def change_watchlist(self, account: Account, change: WatchlistEdit, key: int) -> None:
        """Change the watchlist as its owner does on Trakt."""
        accounts, now_ms, watchlist = self.sim.accounts, self.sim.clock.now_ms(), account.watchlist
        match change:
            case "add":
                accounts.append_items(account, watchlist, watchlist.missing([key]), now_ms)
            case "remove":
                accounts.remove_items(account, watchlist, [key], now_ms)
            case "swap":
                accounts.about_to_change(watchlist, now_ms)
                watchlist.reorder(reversed(watchlist.rows.ids), now_ms=now_ms)
                accounts.items_changed(account, watchlist, now_ms)

    def watch(self, account: Account, key: int, watched_at: datetime) -> None:
        """Put a play of a movie, or of a show's first episode, into the history."""
        played = [(key, int(watched_at.timestamp() * 1000)) for key in _played(key)]
        record_plays(self.sim, account, played, self.sim.clock.now_ms())

    def unwatch(self, account: Account, key: int) -> None:
        remove_plays(self.sim, account, _played(key), (), self.sim.clock.now_ms())

    def arriving(self, request: Request) -> None:
        account = self.sim.tokens.account_of(request.header(b"authorization").removeprefix("Bearer "), request.now_ms)
        lists = [] if account is None or request.method == "GET" else account.all_lists
        self._before = {one.trakt: (one, frozenset(one.rows.keys)) for one in lists}

    def handled(self, request: Request, outcome: Outcome) -> None:
        account = None if request.account is None else request.account.username
        status = 0 if outcome.is_lost else int(outcome.response.status)
        sent = Sent(self.clock(), account, request.method, request.path, request.body, status)
        self.sent.append(sent)
        self.refusals.saw(sent)
        if sent.is_write and request.account is not None:
            self._check_pace(sent, request.account.username)
            self._check_nothing_protected_left(request.account)

    def _check_pace(self, sent: Sent, account: str) -> None:
        """Who comes to an account that all have left does not know of their last write (decision 11)."""
        users = self.users_of(account)
        before, who = self._written.get(account, (None, users))
        self._written[account] = (sent.at, users)
        if before is not None and sent.at - before < timedelta(seconds=1) and not who.isdisjoint(users):
            raise BrokenRuleError(f"two writes of {account} within a second: {sent}")

    def _check_nothing_protected_left(self, account: Account) -> None:
        for number, (before, titles) in self._before.items():
            now = account.watchlist if before is account.watchlist else account.lists.get(number)
            there = frozenset() if now is None else frozenset(now.rows.keys)
            elsewhere = {key for one in account.lists.values() if one.name == before.name for key in one.rows.keys}
            if wrong := (titles - there - elsewhere).intersection(self.protected(account, before, titles)):
                raise BrokenRuleError(
                    f"wanted titles were taken off {before.name!r}: {sorted(wrong)} by {self.sent[-1]}"
                )

    def _travel(self, seconds: float) -> None:
        self.clock.move(timedelta(seconds=seconds))


def _played(key: int) -> list[int]:
    """Return what of a title is watched."""
    episode = episode_key(key, 1, 1) if kind_of(key) is Kind.SHOW else key
    return [] if episode is None else [episode]
