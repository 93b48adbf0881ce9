"""One schedule: its clock, its Trakt, its users' wishes, and the process that works for them."""

from collections import defaultdict
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Final

from chassis.postgres.database import Connection
from trakt_simulator.faults.fault import Fault as SimulatorFault
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_sync.accounts.vault import Vault
from trakt_sync.settings import Settings
from trakt_sync.store.accounts import AccountStore
from trakt_sync.testing.harness import KEY
from trakt_sync.testing.simulation import known, titles
from trakt_sync.testing.simulation.by_hand import HandEdits
from trakt_sync.testing.simulation.clock import VirtualClock
from trakt_sync.testing.simulation.drift import take_over
from trakt_sync.testing.simulation.erasures import Erasures, Life
from trakt_sync.testing.simulation.interrupts import How, Interruptible, Interruption
from trakt_sync.testing.simulation.on_watchlist import OnWatchlists
from trakt_sync.testing.simulation.operations import (
    Ask,
    ByHand,
    Connect,
    Crash,
    Delete,
    Edit,
    Erase,
    Expire,
    Fault,
    Freeze,
    Leave,
    Limit,
    OnWatchlist,
    Operation,
    Pages,
    Redeliver,
    Thaw,
    Unwatch,
    Wait,
    Watch,
    Work,
)
from trakt_sync.testing.simulation.process import Process
from trakt_sync.testing.simulation.protection import Protection
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.topic import ListsTopic
from trakt_sync.testing.simulation.trakt import SimulatedTrakt
from trakt_sync.testing.simulation.wishes import Wishes, owner_of
from trakt_sync.testing.simulation.workers import Workers
from trakt_sync.use_cases import ask, connect, leave

PATIENCE: Final = timedelta(minutes=1)
"""How far ahead the worker waits for what is due."""
REST: Final = timedelta(hours=26)
"""Longer than every wait of the engine, but for titles that Trakt does not know; the account is audited meanwhile."""
QUIET: Final = timedelta(days=3)
"""For so long nothing is asked again."""
MAX_STEPS: Final = 400
"""To come to rest. More is a loop."""
NO_PLACE: Final = 420
UNAUTHORIZED: Final = 401


class World:
    """One schedule.

    Attributes:
        accounts: the Trakt account of each user.
        ever_on: all accounts that each user ever had.
        had_late_writes: Trakt may have carried out a write after those that came after it.
        had_dead_tokens: Trakt ended or refused some.
        had_unremovable: Trakt did not take off something.
        asked: of lists that their users asked for, the newest event then.
        connected_after: the newest event when a user last connected an account.
    """

    def __init__(self, settings: Settings, connection: Connection) -> None:
        self.connection = connection
        self.pool = Interruptible().pool(connection)
        self.clock = VirtualClock()
        self.wishes = Wishes(self.clock)
        self.hands = HandEdits(self.wishes)
        self.on_watchlists = OnWatchlists(self.wishes)
        self.accounts: dict[str, str] = {}
        self.ever_on: defaultdict[str, set[str]] = defaultdict(set)
        self.protection = Protection(self.wishes, self.hands, self.on_watchlists, self.accounts)
        self.trakt = SimulatedTrakt(self.clock, self.protection.of, self.protection.users_of)
        self.workers = Workers(lambda: Process(settings, connection, self.trakt), self.protection)
        self.erasures = Erasures(connection, self.trakt)
        self._topic = ListsTopic(self.pool, self.wishes, self.clock)
        self._drift_seen = 0
        self.had_late_writes = self.had_dead_tokens = self.had_unremovable = False
        self.asked: dict[int, int] = {}
        self.connected_after: dict[str, int] = {}
        self._accounts = AccountStore(self.pool, Vault([KEY]), settings.trakt_lease)

    async def carry_out(self, operation: Operation) -> None:
        self.workers.process.due_at()
        self.hands.carried_out(operation)
        if not isinstance(operation, Edit | Redeliver | Work | Wait):
            self.trakt.refusals.may_try_again()
        match operation:
            case Edit() | Delete() | Redeliver():
                await self._tell(operation)
            case Connect() | Leave() | Erase() | Ask() | ByHand():
                await self._use(operation)
            case OnWatchlist() | Watch() | Unwatch():
                self._change_on_trakt(operation)
            case Fault() | Pages() | Expire() | Limit():
                self._trouble(operation)
            case Work(steps):
                await self._work(steps)
            case Wait(seconds):
                self.clock.move(timedelta(seconds=seconds))
            case Thaw():
                await self.workers.thaw()
                await self.erasures.look()
            case Crash(at, moment) | Freeze(at, moment):
                how: How = "kill" if isinstance(operation, Crash) else "freeze"
                self.workers.planned = Interruption(how, at, is_after=moment == "after")
            case _:
                raise AssertionError(f"unknown operation {operation}")

    async def _tell(self, operation: Edit | Delete | Redeliver) -> None:
        match operation:
            case Edit():
                self.erasures.gone.discard(owner_of(operation.number))
                await self._topic.publish(self.wishes.edit(operation), operation.fate)
            case Delete():
                if (wish := self.wishes.delete(operation)) is not None:
                    await self._topic.publish(wish, operation.fate)
            case Redeliver(back):
                if self.wishes.written:
                    await self._topic.deliver(self.wishes.written[-1 - back % len(self.wishes.written)])

    async def _use(self, operation: Connect | Leave | Erase | Ask | ByHand) -> None:
        match operation:
            case Connect(account, user):
                await self.connect(user, account)
            case Leave(user):
                self.protection.left.add(user)
                await leave(self.pool, user, self.clock())
            case Erase(user, keep):
                await self._erase(user, keep=keep)
            case Ask(number):
                if (list_id := self.wishes.list_of(number)) is not None:
                    await ask(self.pool, owner_of(number), list_id, self.clock())
                    self.asked[list_id] = await self.pool.fetchval("SELECT max(id) FROM outbox")
            case ByHand(_, number):
                here = self.trakt.account(self.accounts[owner_of(number)])
                shown = self.wishes.shown_of(number, list(here.lists.values()))
                for one in await known.ours_of(self.pool, self.wishes.list_of(number), shown):
                    await self._change_by_hand(operation, here, one)

    async def _erase(self, user: str, *, keep: bool) -> None:
        self.protection.left.add(user)
        lists = self.wishes.erase(user)
        seen = self.erasures.shown(lists) if keep and self.workers.are_untroubled else None
        is_sure = len(self.ever_on[user]) == 1 and not await self._disconnected()
        erasure_id = await self._topic.erase(user, keep=keep)
        self.erasures.began(Life(user, erasure_id, lists, keep, is_sure, seen))
        await self.erasures.look()

    async def _change_by_hand(self, operation: ByHand, account: Account, one: MediaList) -> None:
        if (list_id := self.wishes.list_of(operation.number)) in self.wishes.known:
            version = self.wishes.known[list_id][-1].version
            is_at_rest = not self.trakt.is_ailing and self.workers.are_untroubled
            is_at_rest = is_at_rest and await known.is_at_rest(self.pool, list_id, version)
            self.hands.made(list_id, operation, one, is_at_rest=is_at_rest)
        self.trakt.change_by_hand(account, one, operation.change)

    def _change_on_trakt(self, operation: OnWatchlist | Watch | Unwatch) -> None:
        account, key = self.trakt.account(operation.account), titles.key(operation.title)
        assert key is not None, "only titles that Trakt knows are put there"
        match operation:
            case OnWatchlist(change):
                self.trakt.change_watchlist(account, change, key)
                if change == "add":
                    are_old = any(active.fault.kind == "stale_items" for active in self.trakt.sim.faults)
                    self.on_watchlists.put(operation.account, key, are_reads_old=are_old)
                elif change == "remove":
                    self.on_watchlists.taken_off(operation.account, key)
            case Watch(_, days_ago):
                self.trakt.watch(account, key, self.clock() - timedelta(days=days_ago))
                self.on_watchlists.saw(operation.account, key)
            case Unwatch():
                self.trakt.unwatch(account, key)

    def _trouble(self, operation: Fault | Pages | Expire | Limit) -> None:
        match operation:
            case Fault():
                given = {field.name: getattr(operation, field.name) for field in fields(operation)}
                self.trakt.add_fault(SimulatorFault(**given))
                self.had_late_writes |= operation.kind == "late"
                self.had_dead_tokens |= operation.status == UNAUTHORIZED
                self.had_unremovable |= operation.kind == "unremovable" or operation.ids is not None
            case Pages(size):
                self.trakt.sim.set_options({"max_page_size": size})
                self.trakt.add_fault(SimulatorFault(kind="duplicate_rows", times=None))
            case Expire(refresh_too, user):
                self.had_dead_tokens = True
                self.trakt.sim.tokens.end_all(self.trakt.account(self.accounts[user]), with_refresh=refresh_too)
            case Limit():
                self.trakt.limit(operation)
                self.protection.limited(operation.account, self.trakt.account(operation.account).limits)

    async def connect(self, user: str, account: str) -> None:
        self.erasures.gone.discard(user)
        self.accounts[user] = account
        self.ever_on[user].add(account)
        await connect(self.pool, Vault([KEY]), user, self.trakt.login(account), self.clock())
        self.connected_after[user] = await self.pool.fetchval("SELECT max(id) FROM outbox")

    async def come_to_rest(self) -> set[str]:
        """End the faults, publish what is not known, and let some days go by.

        Returns: the users whom something ails that only they, or time, can mend: their faults go on.
        """
        faults = self.trakt.sim.faults
        for active in [*faults]:
            if active.left is not None or active.fault.account is None:
                faults.remove(active.id)
        self.workers.planned = None
        await self.workers.thaw()
        await self.erasures.look()
        await self._topic.deliver(*self.wishes.unknown())
        await self._rest()
        ailing = {active.fault.account for active in faults}
        return {user for user, account in self.accounts.items() if account in ailing} | set(await self._disconnected())

    async def heal(self) -> None:
        """End all faults, connect the accounts again whose logins are dead, and let some days go by."""
        self.trakt.sim.faults.clear()
        for user in await self._disconnected():
            await self.connect(user, self.accounts[user])
        await self._rest()

    async def _disconnected(self) -> list[str]:
        rows = await self.pool.fetch(
            "SELECT user_id FROM account WHERE state <> 'connected' OR leaving_at IS NOT NULL ORDER BY user_id"
        )
        return [row["user_id"] for row in rows if row["user_id"] in self.accounts]

    async def stay_at_rest(self) -> None:
        """Let some days go by, in which nothing is written any more: what is final is not tried again.

        What has no place on the account is tried daily.
        """
        before = len(self.trakt.sent)
        self.clock.move(QUIET)
        await self._work_until(self.clock())
        if late := [str(sent) for sent in self.trakt.sent[before:] if sent.is_write and sent.status != NO_PLACE]:
            raise BrokenRuleError(f"written at rest: {late}")

    async def _rest(self) -> None:
        """Let the time of a rest go by, and once more as long as something on Trakt was taken over."""
        await self._work_until(self.clock() + REST)
        while await self._take_over():
            await self._work_until(self.clock() + REST)

    async def _take_over(self) -> bool:
        """Take over what was done on Trakt, as lists-api does; return whether there was anything."""
        self._drift_seen, changed = await take_over(self.connection, self.wishes, self._drift_seen)
        if changed:
            await self._topic.deliver(*changed)
        return bool(changed)

    async def _work_until(self, until: datetime) -> None:
        for _ in range(MAX_STEPS):
            if not await self._wait_for_work(until):
                return
            await self._step()
        raise BrokenRuleError(f"no rest after {MAX_STEPS} steps")

    async def _step(self) -> None:
        await self.workers.step()
        await self.erasures.look()

    async def _work(self, steps: int) -> None:
        until = self.clock() + PATIENCE
        for _ in range(steps):
            await self._step()
            if not await self._wait_for_work(until):
                break
        await self._take_over()

    async def _wait_for_work(self, until: datetime) -> bool:
        """Move the clock to when something is due; return False when that is later than `until`."""
        found = self.workers.process.due_at()
        is_for_all = (
            len(self.accounts) == 1 and not self.erasures.lives
        ) or self.workers.process.worker.breaker.is_open
        due_at = found if found and is_for_all else await self._accounts.next_due()
        if due_at is None or due_at > until:
            return False
        self.clock.move_to(due_at)
        return True
