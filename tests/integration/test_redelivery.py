"""A consumer that is killed while it handles an event gets the event again: nothing is committed before it is done."""

import asyncio
from dataclasses import dataclass

import pytest

from chassis.testing import eventually
from integration.catalogue import movies
from integration.system import RunningSystem
from integration.users import User


@dataclass(frozen=True)
class Case:
    """One consumer.

    Args:
        database: the one that its handler waits for.
        feeder: the relay that sends it what it is killed over.
        quiet: other processes that work on that database.
        held_s: how long it has the event in hand at least.
    """

    consumer: str
    database: str
    feeder: str
    quiet: tuple[str, ...] = ()
    held_s: float = 0.0


CASES = (
    Case("trakt-sync consume", "trakt_sync", "lists-api relay", quiet=("trakt-sync work", "trakt-sync relay")),
    Case("lists-api consume", "lists_api", "trakt-sync relay", quiet=("lists-api relay", "lists-api run")),
    # Longer than the commits are apart that a Kafka client makes by itself (5 s), where it is let.
    Case("notifier consume", "notifier", "trakt-sync relay", held_s=6.0),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.consumer)
async def test_a_consumer_killed_over_an_event_gets_it_again(system: RunningSystem, user: User, case: Case) -> None:
    await system.stop_processes(case.feeder)
    await user.create("In hand", movies(2))
    if case.feeder == "trakt-sync relay":  # its results are what it sends
        await eventually(user.on_trakt, until=lambda lists: [one.item_count for one in lists] == [2])
    await system.stop_processes(*case.quiet)

    async with system.stalled(case.database) as waiting:
        await system.start_processes(case.feeder)
        await eventually(waiting)
        await asyncio.sleep(case.held_s)  # past the commits that a client makes by itself
        await system.kill(case.consumer)
    await system.start_processes(case.consumer, *case.quiet)

    await user.mirrored()
    await user.told("Created list 'In hand' on Trakt", "Synced to Trakt: +2 -0")
    assert await user.differences() == []
    assert len(await user.texts()) == 2
