"""Every process is killed in turn while users work: nothing is lost, nothing is there twice."""

import asyncio
import itertools
import time

import pytest

from integration.description import SIMULATOR
from integration.load import CHANGES_A_SECOND, assert_all_arrived_once, load, make_lists, patient_users
from integration.system import RunningSystem

LOAD_S = 40.0
BROKER_LOAD_S = 12.0
DEAD_S = 1.0


async def test_every_process_killed_in_turn_under_load(system: RunningSystem) -> None:
    users = await patient_users(system)
    wanted = await make_lists(users)
    ends_at = time.monotonic() + LOAD_S

    deleted, killed = await asyncio.gather(
        load(wanted, users, lambda: time.monotonic() > ends_at), _kill_in_turn(system, ends_at)
    )

    assert set(killed) == set(system.processes) - {SIMULATOR}, "each process was killed at least once"
    await assert_all_arrived_once(system, users, wanted, deleted)
    versions = [one.version for user in users for one in await user.lists()]
    assert sum(versions) > LOAD_S * CHANGES_A_SECOND / 4, "many changes changed something, also on a slow machine"


@pytest.mark.real_kafka  # the embedded one forgets its records when it is killed
@pytest.mark.our_broker
async def test_the_broker_killed_under_load(system: RunningSystem) -> None:
    users = await patient_users(system)
    wanted = await make_lists(users)

    ends_at = time.monotonic() + BROKER_LOAD_S
    loading = asyncio.create_task(load(wanted, users, lambda: time.monotonic() > ends_at))
    for _time in range(2):
        await asyncio.sleep(DEAD_S)  # under load in between
        await system.broker.interrupt()
        await asyncio.sleep(DEAD_S)  # the outage's length is what is tested
        await system.broker.resume()

    await assert_all_arrived_once(system, users, wanted, await loading)


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
