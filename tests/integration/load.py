"""Users who work all the time, and what must be true when they have ended: nothing is lost, nothing is there twice."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from chassis.testing import eventually
from integration.catalogue import Identity, identities, movies
from integration.system import RunningSystem
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

CHANGES_A_SECOND: Final = 10
USERS: Final = 4
LISTS_A_USER: Final = 3
SETTLED_WITHIN: Final = timedelta(seconds=90)
# Far enough into the catalogue for every list to have titles of its own.
SHELF: Final = 60


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


async def patient_users(system: RunningSystem) -> list[User]:
    users = await asyncio.gather(*(system.connected_user(vip=True) for _ in range(USERS)))
    for user in users:
        user.patience = timedelta(seconds=60)
    return users


async def make_lists(users: list[User]) -> list[Wanted]:
    return [await make_list(user, number) for number, user in enumerate(users * LISTS_A_USER)]


async def load(
    wanted: list[Wanted], users: list[User], is_over: Callable[[], bool], *, a_second: float = CHANGES_A_SECOND
) -> list[Wanted]:
    """Make changes at an even pace, whatever the answers take; return the lists that were deleted."""
    chance = random.Random(8)  # noqa: S311 - repeatable, not secret
    deleted: list[Wanted] = []
    async with asyncio.TaskGroup() as tasks:
        for number in itertools.count():
            if is_over():
                return deleted
            if number % 40 == 20:  # every four seconds a list comes
                tasks.create_task(_come(wanted, users[number // 40 % USERS], len(wanted) + len(deleted)))
            elif number % 80 == 40:  # and every eight seconds one goes
                gone = wanted.pop(chance.randrange(len(wanted)))
                deleted.append(gone)
                tasks.create_task(_go(gone))
            else:
                tasks.create_task(chance.choice(wanted).change(chance, number))
            await asyncio.sleep(1 / a_second)  # the pace of the load
    raise AssertionError("unreachable")


async def _come(wanted: list[Wanted], user: User, number: int) -> None:
    wanted.append(await make_list(user, number))


async def _go(gone: Wanted) -> None:
    async with gone.lock:
        await gone.user.delete(gone.made.id)


async def assert_all_arrived_once(
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
