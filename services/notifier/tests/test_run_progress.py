"""How far a sync run is: an event of the live stream, and nothing that stays."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import count

import pytest

from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Waker
from chassis.testing import eventually, served
from notifier.app import HttpApplication
from notifier.dispatch import RUNS, Dispatcher
from notifier.progress import KEPT_RUNS, Progress
from notifier.responses import RunNotice, RunOut
from notifier.streams import Streams
from notifier.testing import (
    TIME,
    FakeClient,
    StreamClient,
    application_on,
    delivered,
    run_changed,
    settings_for,
    stream_of,
    sync_started,
)

SECOND = timedelta(seconds=1)


@pytest.fixture
async def http(dsn: str) -> AsyncIterator[HttpApplication]:
    async with application_on(settings_for(dsn)) as http:
        yield http


@pytest.fixture
async def url(http: HttpApplication) -> AsyncIterator[str]:
    async with served(http.app) as url:
        yield url
        http.streams.end()


def run_out(percent: int, *, run: int = 1, at: datetime = TIME) -> RunOut:
    return RunNotice.of(run_changed(percent, run=run), at).run


async def next_percent(stream: StreamClient) -> int:
    percent: int = json.loads((await stream.next_event("run")).data or "")["percent"]
    return percent


async def test_a_run_that_goes_on_arrives_as_the_contract_says(url: str, dispatcher: Dispatcher) -> None:
    async with stream_of(url) as stream:
        await stream.next()
        await dispatcher.dispatch([delivered(run_changed(60))])
        block = await stream.next_event("run")
    assert block.id is None
    assert json.loads(block.data or "") == {
        "list_id": 7,
        "run_id": "00000000-0000-0000-0000-000000000001",
        "trigger": "manual",
        "state": "running",
        "step": "scoring",
        "percent": 60,
        "updated": None,
        "removed": None,
        "total": None,
        "at": "2026-11-20T18:04:05Z",
    }


async def test_it_is_stored_nowhere_and_not_replayed(url: str, pool: Pool, dispatcher: Dispatcher) -> None:
    async with stream_of(url) as stream:
        await stream.next()
        await dispatcher.dispatch([delivered(run_changed(60))])
        await stream.next_event("run")
    assert await pool.fetchval("SELECT count(*) FROM messages") == 0
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 0
    async with stream_of(url, last_event_id=0) as stream:
        await dispatcher.dispatch([delivered(sync_started())])
        assert (await stream.next()).comment == "connected"
        assert (await stream.next()).event == "message"


async def test_each_stream_of_a_user_on_each_replica_gets_it_and_nobody_elses(dsn: str, dispatcher: Dispatcher) -> None:
    async with AsyncExitStack() as stack:
        streams = []
        for _ in range(2):
            http = await stack.enter_async_context(application_on(settings_for(dsn)))
            url = await stack.enter_async_context(served(http.app))
            stack.callback(http.streams.end)
            streams += [await stack.enter_async_context(stream_of(url)) for _ in range(2)]
            streams.append(await stack.enter_async_context(stream_of(url, user_id="bob")))
        for stream in streams:
            await stream.next()
        await dispatcher.dispatch([delivered(run_changed(60))])
        await dispatcher.dispatch([delivered(run_changed(10, user_id="bob", run=2))])
        assert [await next_percent(stream) for stream in streams] == [60, 60, 10] * 2


async def test_what_comes_late_or_again_is_not_told(url: str, dispatcher: Dispatcher) -> None:
    half = delivered(run_changed(50), time=TIME + SECOND)
    async with stream_of(url) as stream:
        await stream.next()
        await dispatcher.dispatch([half])
        assert await next_percent(stream) == 50
        for _ in range(10):
            await dispatcher.dispatch([half])
        await dispatcher.dispatch([delivered(run_changed(10), time=TIME)])
        await dispatcher.dispatch([delivered(run_changed(100, state="succeeded"), time=TIME + 2 * SECOND)])
        assert await next_percent(stream) == 100


async def test_a_slow_client_gets_the_newest_of_each_run_when_it_reads_again() -> None:
    client, streams = FakeClient(), Streams(limit=1)
    with streams.joined(client.stream()):
        client.is_slow = True
        for percent in range(100):
            streams.tell("ada", run_out(percent, at=TIME + percent * SECOND))
            streams.tell("ada", run_out(percent, run=2, at=TIME + percent * SECOND))
        assert client.blocks == [b": connected\nid: 0\n\n"]
        client.is_slow = False
        streams.tick()
    found = [block for block in client.blocks if b"event: run" in block]
    assert len(found) == 2
    assert all(b'"percent":99' in block and b"id: " not in block for block in found)


async def test_a_run_asks_the_database_for_nothing() -> None:
    client, streams = FakeClient(), Streams(limit=1)
    with streams.joined(client.stream()):
        assert await streams.due(10) == {"ada": 0}
        streams.tell("ada", run_out(60))
        assert b"event: run" in client.blocks[-1]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await streams.due(10)


async def test_a_user_without_a_stream_costs_nothing() -> None:
    streams = Streams(limit=1)
    streams.tell("ada", run_out(60))
    assert len(streams) == 0


def test_of_more_runs_than_are_kept_the_oldest_are_forgotten() -> None:
    progress = Progress()
    for number in range(1, KEPT_RUNS + 11):
        progress.add(run_out(1, run=number))
    assert [run.run_id.int for run in progress.take()] == [*range(11, KEPT_RUNS + 11)]
    assert progress.take() == []


def test_in_whatever_order_changes_come_the_newest_is_said() -> None:
    changes = [run_out(percent, at=TIME + percent * SECOND) for percent in (10, 50, 100)]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]):
        progress = Progress()
        for index in order:
            progress.add(changes[index])
        assert progress.take() == [changes[2]]


def test_the_largest_change_fits_into_a_notification() -> None:
    event = run_changed(
        100,
        user_id="\N{GRINNING FACE}" * 255,
        step="s" * 32,
        updated=10_000,
        removed=10_000,
        total=10_000,
        list_id=2**63 - 1,
    )
    assert len(RunNotice.of(event, TIME).model_dump_json().encode()) < 8000


async def test_a_payload_of_another_version_is_skipped(url: str, pool: Pool, dispatcher: Dispatcher) -> None:
    async with stream_of(url) as stream, Waker(pool, RUNS) as waker:
        await stream.next()
        waker.wake('{"user_id": "ada", "run": {}}')
        waker.wake("no JSON")
        await dispatcher.dispatch([delivered(run_changed(60))])
        assert await next_percent(stream) == 60


async def test_runs_are_told_again_after_the_loss_of_the_listening_connection(
    url: str, pool: Pool, dispatcher: Dispatcher
) -> None:
    seen: list[int] = []
    seconds = count(1)

    async def is_told() -> bool:
        await dispatcher.dispatch([delivered(run_changed(60), time=TIME + next(seconds) * SECOND)])
        return bool(seen)

    async def read(stream: StreamClient) -> None:
        seen.append(await next_percent(stream))

    async with stream_of(url) as stream:
        await stream.next()
        lost = await pool.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%runs%'"
        )
        assert lost == 1
        reading = asyncio.create_task(read(stream))
        assert await eventually(is_told, until=bool)
        await reading


def test_the_end_of_a_run_is_told_whole() -> None:
    event = run_changed(100, state="succeeded", step=None, updated=4, removed=4, total=50)
    run = RunNotice.of(event, TIME).run
    assert (run.state, run.step, run.percent) == ("succeeded", None, 100)
    assert (run.updated, run.removed, run.total) == (4, 4, 50)
