"""Twenty changes a second, and something goes wrong in the middle: nothing is lost, nothing is there twice.

`make faults` runs it (`FAULTS_SECONDS` long each, five minutes by default). It needs Java, Maven, a PostgreSQL of the
machine, and for some troubles root.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the packages `integration` and `faults`

from faults.keeper import Keeper
from faults.troubles import TROUBLES, Trouble
from integration.catalogue import movies
from integration.collector import Collector
from integration.load import assert_all_arrived_once, load, make_lists, patient_users
from integration.system import RunningSystem
from integration.users import User
from watchbuddy_contracts import LISTS, TOPICS, ListRunChanged, dead_letter_topic

A_SECOND: Final = float(os.environ.get("FAULTS_A_SECOND") or 20)
SECONDS: Final = float(os.environ.get("FAULTS_SECONDS") or 300)
MEANWHILE_S: Final = 1.0
BACK_WITHIN: Final = timedelta(seconds=120)


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wb-faults-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another account
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("kind", TROUBLES, ids=lambda kind: kind.__name__)
async def test_nothing_is_lost_and_nothing_is_there_twice(kind: type[Trouble], folder: Path) -> None:
    trouble = kind(folder)
    if lacking := trouble.lacks():
        pytest.skip(f"needs {lacking}")
    try:
        parts = trouble.parts()
        await asyncio.gather(parts.kafka.part.start(), parts.postgres.part.start())
        async with Collector() as collector:
            system = RunningSystem(parts, folder, collector)
            trouble.prepare(system)
            try:
                await _under_load(system, trouble)
            finally:
                await system.stop()
    finally:
        await asyncio.gather(trouble.broker.stop(), trouble.postgres.stop())
        trouble.tidy()


async def _under_load(system: RunningSystem, trouble: Trouble) -> None:
    await system.start()
    keeper = Keeper(system)
    keeping = asyncio.create_task(keeper.run())
    users = await patient_users(system)
    for user in users:
        user.patience = BACK_WITHIN
    probe = await system.connected_user(vip=True)
    probe.patience = BACK_WITHIN
    wanted, is_over, ends_at = await make_lists(users), asyncio.Event(), time.monotonic() + SECONDS
    loading = asyncio.create_task(load(wanted, users, is_over.is_set, a_second=A_SECOND))

    await asyncio.sleep(SECONDS / 5)
    before_s = await _round_trip(probe, "before")
    meanwhile = asyncio.create_task(_round_trip(probe, "meanwhile", later_s=MEANWHILE_S))
    await trouble.begin()
    await asyncio.sleep(trouble.lasts_s)
    await trouble.end()
    recovered_s = await _round_trip(probe, "after")
    meanwhile_s = await meanwhile
    await asyncio.sleep(max(0.0, ends_at - time.monotonic()))
    assert not loading.done(), "users work all the time"
    is_over.set()
    ended_at = time.monotonic()
    deleted = await loading
    await assert_all_arrived_once(system, users, wanted, deleted)
    settled_s = time.monotonic() - ended_at
    await _assert_order(system)
    await _assert_nothing_was_given_up(system)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    versions = sum([one.version for user in users for one in await user.lists()])
    print(  # noqa: T201 - what the run is for
        f"\n{trouble.__doc__} {versions} versions of {len(wanted)} lists, {len(deleted)} deleted: nothing lost,"
        f" nothing twice. A list was on Trakt and told of within {before_s:.1f} s before, {meanwhile_s:.1f} s when it"
        f" had begun, {recovered_s:.1f} s when it was over; all was settled {settled_s:.0f} s after the last change."
        f" Started again: {dict(keeper.restarts) or 'none'}",
        flush=True,
    )


async def _round_trip(user: User, title: str, *, later_s: float = 0) -> float:
    """Make a list, after a pause; return how long it took until it was on Trakt and its user told, in seconds."""
    await asyncio.sleep(later_s)
    began = time.monotonic()
    await user.create(title, movies(2))
    await user.told(f"Created list '{title}' on Trakt", within=BACK_WITHIN)
    return time.monotonic() - began


async def _assert_order(system: RunningSystem) -> None:
    """The events of a list came in the order of its versions; what came a second time does not count."""
    seen: set[str] = set()
    newest: dict[int, int] = {}
    for record in await system.records.read(LISTS.name):
        event = record.event()
        if record.event_id() in seen or isinstance(event, ListRunChanged):
            continue
        seen.add(record.event_id())
        list_id, version = getattr(event, "list_id", 0), getattr(event, "version", 0)
        assert version >= newest.get(list_id, 0), f"list {list_id}: {version} after {newest[list_id]}"
        newest[list_id] = version


async def _assert_nothing_was_given_up(system: RunningSystem) -> None:
    for topic in TOPICS:
        for group in topic.groups:
            assert await system.records.read(dead_letter_topic(topic.name, group)) == [], f"{group}: dead letters"
