"""One schedule: its clock, its Trakt, its users' wishes, and the process that works for them."""

import asyncio
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Final

from chassis.postgres.database import Connection
from trakt_simulator.faults.fault import Fault as SimulatorFault
from trakt_simulator.state.lists import MediaList
from trakt_sync.accounts.vault import Vault
from trakt_sync.settings import Settings
from trakt_sync.store.accounts import AccountStore
from trakt_sync.testing.fakes import KilledError
from trakt_sync.testing.harness import KEY
from trakt_sync.testing.simulation.clock import VirtualClock
from trakt_sync.testing.simulation.interrupts import Interruptible, Interruption
from trakt_sync.testing.simulation.operations import (
    Ask,
    ByHand,
    Connect,
    Crash,
    Delete,
    Edit,
    Expire,
    Fault,
    Freeze,
    Leave,
    Operation,
    Pages,
    Redeliver,
    Thaw,
    Wait,
    Work,
)
from trakt_sync.testing.simulation.process import Process
from trakt_sync.testing.simulation.trakt import BrokenRuleError, SimulatedTrakt
from trakt_sync.testing.simulation.wishes import USER, Wish, Wishes
from trakt_sync.use_cases import ask, connect, leave, record

PATIENCE: Final = timedelta(minutes=1)
"""How far ahead the worker waits for what is due."""
REST: Final = timedelta(hours=26)
"""Longer than every wait of the engine, but for titles that Trakt does not know; the account is audited meanwhile."""
QUIET: Final = timedelta(days=3)
"""For so long nothing is asked again."""
MAX_STEPS: Final = 400
"""To come to rest. More is a loop."""


class World:
    """One schedule."""

    def __init__(self, settings: Settings, connection: Connection) -> None:
        self._settings = settings
        self.connection = connection
        self.pool = Interruptible().pool(connection)
        self.clock = VirtualClock()
        self.wishes = Wishes()
        self.trakt = SimulatedTrakt(self.clock, self._protected)
        self._process = Process(settings, connection, self.trakt)
        self._planned: Interruption | None = None
        self._frozen: list[tuple[asyncio.Task[None], Interruption, dict[int, int]]] = []
        self._gathered: list[Wish] = []
        self._began: dict[int, int] = {}
        self.account = USER
        self._has_left = False
        self._accounts = AccountStore(self.pool, Vault([KEY]), settings.trakt_lease)

    async def carry_out(self, operation: Operation) -> None:
        self._process.due_at()
        match operation:
            case Edit() | Delete() | Redeliver():
                await self._tell(operation)
            case Connect() | Leave() | Ask() | ByHand():
                await self._use(operation)
            case Fault() | Pages() | Expire():
                self._trouble(operation)
            case Work(steps):
                await self._work(steps)
            case Wait(seconds):
                self.clock.move(timedelta(seconds=seconds))
            case Thaw():
                await self._thaw()
            case Crash(at, moment):
                self._planned = Interruption("kill", at, is_after=moment == "after")
            case Freeze(at, moment):
                self._planned = Interruption("freeze", at, is_after=moment == "after")
            case _:
                raise AssertionError(f"unknown operation {operation}")

    async def _tell(self, operation: Edit | Delete | Redeliver) -> None:
        match operation:
            case Edit():
                await self._publish(self.wishes.edit(operation), operation.fate)
            case Delete():
                if (wish := self.wishes.delete(operation)) is not None:
                    await self._publish(wish, operation.fate)
            case Redeliver(back):
                if self.wishes.written:
                    await self._deliver(self.wishes.written[-1 - back % len(self.wishes.written)])

    async def _use(self, operation: Connect | Leave | Ask | ByHand) -> None:
        match operation:
            case Connect(account):
                await self.connect(account)
            case Leave():
                self._has_left = True
                await leave(self.pool, USER, self.clock())
            case Ask(number):
                if (list_id := self.wishes.list_of(number)) is not None:
                    await ask(self.pool, USER, list_id, self.clock())
            case ByHand(change, number):
                here = self.trakt.account(self.account)
                for one in self.wishes.shown_of(number, list(here.lists.values())):
                    self.trakt.change_by_hand(here, one, change)

    def _trouble(self, operation: Fault | Pages | Expire) -> None:
        match operation:
            case Fault():
                given = {field.name: getattr(operation, field.name) for field in fields(operation)}
                self.trakt.add_fault(SimulatorFault(**given))
            case Pages(size):
                self.trakt.sim.set_options({"max_page_size": size})
                self.trakt.add_fault(SimulatorFault(kind="duplicate_rows", times=None))
            case Expire(refresh_too):
                self.trakt.sim.tokens.end_all(self.trakt.account(self.account), with_refresh=refresh_too)

    async def connect(self, account: str) -> None:
        self.account = account
        await connect(self.pool, Vault([KEY]), USER, self.trakt.login(account), self.clock())

    async def come_to_rest(self) -> None:
        """End all faults, publish what is not known, and let a day go by. Whose login is dead connects again."""
        self.trakt.sim.faults.clear()
        self._planned = None
        await self._thaw()
        await self._deliver(*self.wishes.unknown())
        await self._rest()
        if await self.pool.fetchval("SELECT state <> 'connected' FROM account WHERE user_id = $1", USER):
            await self.connect(self.account)
            await self._rest()

    async def stay_at_rest(self) -> None:
        """Let some days go by, in which nothing may be written any more: what is final is not tried again."""
        before = len(self.trakt.sent)
        self.clock.move(QUIET)
        await self._rest(timedelta(0))
        if late := [str(sent) for sent in self.trakt.sent[before:] if sent.is_write]:
            raise BrokenRuleError(f"written at rest: {late}")

    async def _rest(self, within: timedelta = REST) -> None:
        until = self.clock() + within
        for _ in range(MAX_STEPS):
            if not await self._wait_for_work(until):
                return
            await self._step()
        raise BrokenRuleError(f"no rest after {MAX_STEPS} steps")

    async def _publish(self, wish: Wish, fate: str) -> None:
        if fate == "late":
            return
        self._gathered.append(wish)
        if fate == "now":
            await self._deliver()

    async def _deliver(self, *wishes: Wish) -> None:
        """Let events come, behind those that were gathered for the same set."""
        together = [*self._gathered, *wishes]
        self._gathered = []
        if not together:
            return
        for wish in together:
            self.wishes.learn(wish)
        await record(self.pool, [(wish.event(), None) for wish in together], self.clock())

    async def _work(self, steps: int) -> None:
        until = self.clock() + PATIENCE
        for _ in range(steps):
            await self._step()
            if not await self._wait_for_work(until):
                return

    async def _wait_for_work(self, until: datetime) -> bool:
        """Move the clock to when something is due; return False when that is later than `until`."""
        due_at = self._process.due_at() or await self._accounts.next_due()
        if due_at is None or due_at > until:
            return False
        self.clock.move_to(due_at)
        return True

    async def _step(self) -> None:
        process, interruption = self._process, self._planned
        process.calls.step = interruption or Interruption()
        self._began = {list_id: len(versions) - 1 for list_id, versions in self.wishes.known.items()}
        if interruption is None:
            await process.step()
            return
        self._planned = None
        task = asyncio.create_task(process.step())
        freezing = asyncio.create_task(interruption.frozen.wait())
        await asyncio.wait([task, freezing], return_when=asyncio.FIRST_COMPLETED)
        freezing.cancel()
        if not task.done():
            self._frozen.append((task, interruption, self._began))
            self._restart()
        else:
            self._ended(task)

    def _restart(self) -> None:
        self._process = Process(self._settings, self.connection, self.trakt)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        try:
            task.result()
        except KilledError:
            self._restart()

    async def _thaw(self) -> None:
        for task, interruption, began in self._frozen:
            self._began = began
            interruption.thawed.set()
            await asyncio.wait([task])
            self._ended(task)
        self._frozen = []

    def _protected(self, shown: MediaList) -> set[int]:
        """Return the titles that are wanted by every version that trakt-sync knew since the step began.

        Whoever has left the account wanted none of them: what was sent then may come late.
        """
        if self._has_left:
            return set()
        for list_id, versions in self.wishes.known.items():
            if versions[0].is_shown_by(shown):
                known = versions[max(self._began.get(list_id, 0), 0) :]
                return set.intersection(*(set(wish.keys) for wish in known))
        return set()
