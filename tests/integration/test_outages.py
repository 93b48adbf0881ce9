"""Trakt or Kafka is away: users notice little of it, and nothing is lost."""

import asyncio
import time
from collections import Counter
from datetime import timedelta

import pytest

from chassis.testing import eventually
from integration.catalogue import movies
from integration.system import RunningSystem
from integration.users import User
from watchbuddy_contracts import LISTS, ListCreated

OUTAGE_S = 20.0
# What an answer may take on a busy machine; without the outage it is some ten milliseconds.
FAST_S = 1.0
WARNING = "warning"
# After a broker's crash its clients look for it again with growing waits.
BACK_WITHIN = timedelta(seconds=60)


async def test_an_outage_of_trakt_is_one_warning_a_list_and_nothing_else(system: RunningSystem, user: User) -> None:
    kept, changed, going = [await user.create(f"Before {number}", movies(5)) for number in range(3)]
    await user.mirrored()
    ends_at = time.monotonic() + OUTAGE_S
    took: list[float] = []

    await system.trakt.fault("status", status=503, times=None)  # at first it answers, but not well
    begins = time.monotonic()
    for step in (
        user.create("During, badly answered", movies(3)),
        user.add(changed.id, movies(5, after=20)),
        user.delete(going.id),
    ):
        await step
        took.append(time.monotonic() - begins)
        begins = time.monotonic()
    await user.told("List created locally, but Trakt sync failed")
    await system.stop_processes("simulator")  # then not at all
    begins = time.monotonic()
    for step in (
        user.create("During, not answered", movies(4)),
        user.change(changed.id, title="Renamed meanwhile"),
        user.remove(changed.id, movies(2)),
    ):
        await step
        took.append(time.monotonic() - begins)
        begins = time.monotonic()

    async def warned() -> set[int | None]:
        return {one.list_id for one in await user.messages() if one.severity == WARNING}

    lists = await user.lists()
    touched = {one.id for one in lists if one.id != kept.id} | {going.id}
    await eventually(warned, until=lambda seen: seen == touched, within=timedelta(seconds=OUTAGE_S))
    await asyncio.sleep(max(0.0, ends_at - time.monotonic()))  # the outage's length is what is tested
    assert not [one for one in await user.lists() if one.id != kept.id and one.mirror_state.state != "failed"]
    await system.start_processes("simulator")
    await system.trakt.options(rate_limits=False)
    await system.trakt.remove_faults()
    await user.mirrored(within=timedelta(seconds=30))
    await user.told("Deleted 'Before 2' from Trakt")

    assert max(took) < FAST_S, took
    assert await user.differences() == []
    warnings = [one for one in await user.messages() if one.severity == WARNING]
    assert Counter(one.list_id for one in warnings) == dict.fromkeys(touched, 1), warnings
    assert [one.title for one in await user.lists() if one.id == changed.id] == ["Renamed meanwhile"]


@pytest.mark.our_broker
async def test_lists_made_while_kafka_is_away_arrive_when_it_is_back(system: RunningSystem, user: User) -> None:
    await user.mirrored((await user.create("Before", movies(1))).id)
    await system.broker.interrupt()

    took = []
    for number in range(20):
        begins = time.monotonic()
        await user.create(f"Offline {number}", movies(2, after=number))  # asserts 201
        took.append(time.monotonic() - begins)
    assert max(took) < FAST_S, took
    assert len(await user.on_trakt()) == 1

    await system.broker.resume()
    await user.mirrored(within=BACK_WITHIN)
    await user.told(*(f"Created list 'Offline {number}' on Trakt" for number in range(20)), within=BACK_WITHIN)
    assert await user.differences() == []
    assert Counter(await user.texts()).most_common(1) == [("Synced to Trakt: +2 -0", 20)]
    sent = (await system.records.events_of(LISTS.name, user.name)).values()
    assert sorted(one.title for one in sent if isinstance(one, ListCreated) and one.title != "Before") == sorted(
        f"Offline {number}" for number in range(20)
    )


@pytest.mark.our_broker
async def test_what_waits_for_kafka_survives_the_processes_that_wait(system: RunningSystem, user: User) -> None:
    await user.mirrored((await user.create("Before", movies(1))).id)  # all know their topics
    await system.broker.interrupt()
    for number in range(5):
        await user.create(f"Waiting {number}", movies(2))

    names = [name for name in system.processes if name.endswith(("relay", "consume"))]
    await asyncio.gather(*map(system.kill, names))
    starting = asyncio.create_task(system.start_processes(*names))  # they too have to wait
    await user.create("Waiting 5", movies(2))
    await system.broker.resume()
    await starting

    await user.mirrored(within=BACK_WITHIN)
    await user.told(*(f"Created list 'Waiting {number}' on Trakt" for number in range(6)), within=BACK_WITHIN)
    assert await user.differences() == []
