"""Every process is killed in turn while users work: nothing is lost, nothing is there twice."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chassis.testing import eventually
from integration.catalogue import Identity, identities, movies
from integration.system import SIMULATOR, RunningSystem
from integration.users import ListAnswer, User
from watchbuddy_contracts import (
    LISTS,
    TRAKT,
    Event,
    ListDeleted,
    ListEvent,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktSyncFailed,
)

LOAD_S = 40.0
BROKER_LOAD_S = 12.0
CHANGES_A_SECOND = 10
USERS = 4
LISTS_A_USER = 3
DEAD_S = 1.0
SETTLED_WITHIN = timedelta(seconds=90)
# Far enough into the catalogue for every list to have titles of its own.
SHELF = 60


@dataclass
class Wanted:
    """What one list holds after every change that was answered."""

    user: User
    made: ListAnswer
    shelf: int
    title: str
    items: list[Identity] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def change(self, chance: random.Random, number: int) -> None:
        """Make one change and wait for its answer; changes of one list go one after the other."""
        async with self.lock:
            some = movies(chance.randint(1, 5), after=self.shelf + chance.randrange(SHELF - 5))
            kinds = set(identities(some))
            match chance.choice(("add", "add", "remove", "replace", "rename")):
                case "add":
                    await self.user.add(self.made.id, some)
                    self.items += [one for one in identities(some) if one not in self.items]
                case "remove":
                    await self.user.remove(self.made.id, some)
                    self.items = [one for one in self.items if one not in kinds]
                case "replace":
                    await self.user.replace(self.made.id, some)
                    self.items = list(identities(some))
                case "rename":
                    await self.user.change(self.made.id, title=f"{self.user.name} {self.shelf} v{number}")
                    self.title = f"{self.user.name} {self.shelf} v{number}"


async def make_list(user: User, number: int) -> Wanted:
    shelf = (number % 25) * SHELF
    title = f"{user.name} {shelf}"
    items = movies(3, after=shelf)
    return Wanted(user, await user.create(title, items), shelf, title, list(identities(items)))


async def test_every_process_killed_in_turn_under_load(system: RunningSystem) -> None:
    users = await patient_users(system)
    wanted = await make_lists(users)
    ends_at = time.monotonic() + LOAD_S

    deleted, killed = await asyncio.gather(_load(wanted, users, ends_at), _kill_in_turn(system, ends_at))

    assert set(killed) == set(system.processes) - {SIMULATOR}, "each process was killed at least once"
    await _assert_all_arrived_once(system, users, wanted, deleted)
    versions = [one.version for user in users for one in await user.lists()]
    assert sum(versions) > LOAD_S * CHANGES_A_SECOND / 2, "most changes changed something"


@pytest.mark.real_kafka  # the embedded one forgets its records when it is killed
@pytest.mark.our_broker
async def test_the_broker_killed_under_load(system: RunningSystem) -> None:
    users = await patient_users(system)
    wanted = await make_lists(users)

    loading = asyncio.create_task(_load(wanted, users, time.monotonic() + BROKER_LOAD_S))
    for _time in range(2):
        await asyncio.sleep(DEAD_S)  # under load in between
        await system.broker.interrupt()
        await asyncio.sleep(DEAD_S)  # the outage's length is what is tested
        await system.broker.resume()

    await _assert_all_arrived_once(system, users, wanted, await loading)


async def patient_users(system: RunningSystem) -> list[User]:
    users = await asyncio.gather(*(system.connected_user(vip=True) for _ in range(USERS)))
    for user in users:
        user.patience = timedelta(seconds=60)
    return users


async def make_lists(users: list[User]) -> list[Wanted]:
    return [await make_list(user, number) for number, user in enumerate(users * LISTS_A_USER)]


async def _load(wanted: list[Wanted], users: list[User], ends_at: float) -> list[Wanted]:
    """Make changes at an even pace, whatever the answers take; return the lists that were deleted."""
    chance = random.Random(8)  # noqa: S311 - repeatable, not secret
    deleted: list[Wanted] = []
    async with asyncio.TaskGroup() as tasks:
        for number in itertools.count():
            if time.monotonic() > ends_at:
                return deleted
            if number % 40 == 20:  # every four seconds a list comes
                tasks.create_task(_come(wanted, users[number // 40 % USERS], len(wanted) + len(deleted)))
            elif number % 80 == 60:  # and every eight seconds one goes
                gone = wanted.pop(chance.randrange(len(wanted)))
                deleted.append(gone)
                tasks.create_task(_go(gone))
            else:
                tasks.create_task(chance.choice(wanted).change(chance, number))
            await asyncio.sleep(1 / CHANGES_A_SECOND)  # the pace of the load
    raise AssertionError("unreachable")


async def _come(wanted: list[Wanted], user: User, number: int) -> None:
    wanted.append(await make_list(user, number))


async def _go(gone: Wanted) -> None:
    async with gone.lock:
        await gone.user.delete(gone.made.id)


async def _kill_in_turn(system: RunningSystem, ends_at: float) -> list[str]:
    names = [name for name in system.processes if name != SIMULATOR]
    killed: list[str] = []
    for name in itertools.cycle(names):
        # Once round in any case: on a slow machine the load ends before.
        if time.monotonic() > ends_at and len(killed) >= len(names):
            return killed
        await system.kill(name)
        killed.append(name)
        await asyncio.sleep(DEAD_S)  # how long it stays dead is what is tested
        await system.start_processes(name)
    raise AssertionError("unreachable")


async def _assert_all_arrived_once(
    system: RunningSystem, users: list[User], wanted: list[Wanted], deleted: list[Wanted]
) -> None:
    for user in users:
        await user.mirrored(within=SETTLED_WITHIN)
    await system.records.caught_up()
    await _assert_nothing_is_lost(users, wanted, deleted)
    for user in users:
        await _assert_nothing_is_there_twice(system, user)


async def _assert_nothing_is_lost(users: Iterable[User], wanted: list[Wanted], deleted: list[Wanted]) -> None:
    for one in wanted:
        here = await one.user.read(one.made.id)
        assert (here.title, await one.user.items(one.made.id)) == (one.title, one.items), (
            "every answered change is here"
        )
    for user in users:
        assert len(await user.lists()) == sum(one.user is user for one in wanted)

        async def differences(user: User = user) -> list[str]:
            return await user.differences()

        await eventually(differences, until=lambda found: not found, within=SETTLED_WITHIN)
    for one in deleted:
        await one.user.told(f"List {one.made.id} deleted.")


async def _assert_nothing_is_there_twice(system: RunningSystem, user: User) -> None:
    said = await system.records.events_of(TRAKT.name, user.name)
    events = [*(await system.records.events_of(LISTS.name, user.name)).values(), *said.values()]
    assert not [event for event in events if isinstance(event, TraktSyncFailed)], "Trakt was never away"
    results = Counter(
        (event.ce_type, event.list_id, event.version) for event in said.values() if isinstance(event, ListEvent)
    )
    assert set(results.values()) == {1}, "one result for a version"
    created = Counter(event.list_id for event in said.values() if isinstance(event, TraktListCreated))
    assert set(created.values()) == {1}, "one Trakt list for a list"
    expected = Counter(text for event in events if (text := _text(event)))
    assert Counter(await user.texts()) == expected, "one message for an event"


def _text(event: Event) -> str | None:
    """Return what the user is told of an event, in the words of the issue."""
    match event:
        case TraktListCreated():
            return f"Created list '{event.title}' on Trakt"
        case TraktListSynced() if event.added or event.removed:
            return f"Synced to Trakt: +{event.added} -{event.removed}"
        case TraktListDeleted() if event.trakt_list_id:
            return f"Deleted '{event.title}' from Trakt"
        case ListDeleted():
            return f"List {event.list_id} deleted."
        case _:
            return None
