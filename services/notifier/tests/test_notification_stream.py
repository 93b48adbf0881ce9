import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import httpx
import pytest

from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Listener, Waker
from chassis.testing import eventually, served
from notifier import store
from notifier.app import HttpApplication
from notifier.dispatch import CHANNEL, Dispatcher
from notifier.listening import listen
from notifier.streams import Streams
from notifier.subscribers import GROUP
from notifier.testing import (
    FakeClient,
    StreamEvent,
    application_on,
    bearer,
    delivered,
    settings_for,
    stream_of,
    sync_started,
)


@pytest.fixture
async def http(dsn: str) -> AsyncIterator[HttpApplication]:
    async with application_on(settings_for(dsn)) as http:
        yield http


@pytest.fixture
async def url(http: HttpApplication) -> AsyncIterator[str]:
    async with served(http.app) as url:
        yield url
        http.streams.end()


async def tell(dispatcher: Dispatcher, *titles: str, user_id: str = "ada") -> None:
    for title in titles:
        await dispatcher.dispatch([delivered(sync_started(user_id=user_id, title=title))])


def title_of(block: StreamEvent) -> str:
    text: str = json.loads(block.data or "")["text"]
    return text.removeprefix("Syncing '").removesuffix("'...")


async def test_a_new_message_arrives_as_the_contract_says(url: str, pool: Pool, dispatcher: Dispatcher) -> None:
    async with stream_of(url) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["cache-control"] == "no-cache"
        await tell(dispatcher, "Heists")
        block = await stream.next_message()
    message_id = await store.newest_of(pool, "ada")
    assert (block.event, block.id) == ("message", str(message_id))
    assert json.loads(block.data or "") == {
        "id": message_id,
        "kind": "list_sync_started",
        "text": "Syncing 'Heists'...",
        "severity": "info",
        "list_id": 7,
        "list_title": "Heists",
        "link": {"to": "list", "list_id": 7, "title_states": [], "run_id": None, "channel_id": None},
        "created_at": "2026-11-20T18:04:05Z",
        "read": False,
    }


async def test_a_first_connect_gets_only_what_comes_after_it(url: str, dispatcher: Dispatcher) -> None:
    await tell(dispatcher, "before")
    async with stream_of(url) as stream:
        await tell(dispatcher, "after")
        assert title_of(await stream.next_message()) == "after"


async def test_a_client_that_lost_its_connection_before_any_message_knows_where_it_stood(
    url: str, pool: Pool, dispatcher: Dispatcher
) -> None:
    await tell(dispatcher, "before")
    async with stream_of(url) as stream:
        first = await stream.next()
    assert (first.id, first.data) == (str(await store.newest_of(pool, "ada")), None)
    await tell(dispatcher, "meanwhile")
    async with stream_of(url, last_event_id=int(first.id or "")) as stream:
        assert title_of(await stream.next_message()) == "meanwhile"


async def test_a_client_that_has_no_message_yet_is_replayed_its_first_one(url: str, dispatcher: Dispatcher) -> None:
    async with stream_of(url) as stream:
        assert (await stream.next()).id == "0"
    await tell(dispatcher, "the first")
    async with stream_of(url, last_event_id=0) as stream:
        assert title_of(await stream.next_message()) == "the first"


async def test_the_last_event_id_replays_exactly_the_gap_and_then_goes_on(url: str, dispatcher: Dispatcher) -> None:
    gap = [f"in the gap {number}" for number in range(250)]  # more than two batches
    async with stream_of(url) as stream:
        await tell(dispatcher, "seen")
        last = await stream.next_message()
    await tell(dispatcher, *gap)
    await tell(dispatcher, "Bob's", user_id="bob")
    async with stream_of(url, last_event_id=int(last.id or "")) as stream:
        await tell(dispatcher, "live")
        blocks = [await stream.next_message() for _ in range(251)]
    assert [title_of(block) for block in blocks] == [*gap, "live"]
    ids = [int(block.id or "") for block in blocks]
    assert ids == sorted(set(ids))


async def test_nobody_gets_another_users_messages(url: str, dispatcher: Dispatcher) -> None:
    async with stream_of(url, user_id="ada", last_event_id=0) as ada, stream_of(url, user_id="bob") as bob:
        await tell(dispatcher, "Bob's", user_id="bob")
        assert title_of(await bob.next_message()) == "Bob's"
        await tell(dispatcher, "Ada's", user_id="ada")
        assert title_of(await ada.next_message()) == "Ada's"


async def test_each_stream_of_a_user_on_each_replica_gets_the_message(dsn: str, dispatcher: Dispatcher) -> None:
    async with AsyncExitStack() as stack:
        streams = []
        for _ in range(2):
            http = await stack.enter_async_context(application_on(settings_for(dsn)))
            url = await stack.enter_async_context(served(http.app))
            stack.callback(http.streams.end)
            streams += [await stack.enter_async_context(stream_of(url)) for _ in range(2)]
        await tell(dispatcher, "for all")
        assert [title_of(await stream.next_message()) for stream in streams] == ["for all"] * 4


async def test_a_client_that_leaves_with_messages_on_their_way_is_no_failure(
    url: str, http: HttpApplication, dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    async def count() -> int:
        return len(http.streams)

    async with stream_of(url) as stream:
        await stream.next()
        await tell(dispatcher, *(f"{number} {'x' * 100_000}" for number in range(50)))
    assert await eventually(count, until=lambda number: number == 0) == 0
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_stream_that_was_left_is_forgotten(url: str, http: HttpApplication) -> None:
    async def count() -> int:
        return len(http.streams)

    async with stream_of(url), stream_of(url, user_id="bob"):
        assert await count() == 2
    assert await eventually(count, until=lambda number: number == 0) == 0


async def test_a_silent_stream_sends_heartbeats_and_a_busy_one_messages(dsn: str, dispatcher: Dispatcher) -> None:
    heartbeat = timedelta(milliseconds=150)
    async with application_on(settings_for(dsn), heartbeat=heartbeat) as http, served(http.app) as url:
        async with stream_of(url) as stream:
            assert (await stream.next()).comment == "connected"
            assert [(await stream.next()).comment for _ in range(3)] == ["ping"] * 3
            await tell(dispatcher, "Heists")
            assert title_of(await stream.next_message()) == "Heists"
            assert (await stream.next()).comment == "ping"
        http.streams.end()


async def test_streams_end_at_shutdown_those_that_come_late_too(http: HttpApplication, dispatcher: Dispatcher) -> None:
    async with served(http.app) as url, stream_of(url) as stream:
        await tell(dispatcher, "the last")
        await stream.next_message()
        http.streams.end()
        with pytest.raises(EOFError):
            await stream.next()
        async with stream_of(url) as late:
            await late.next()
            with pytest.raises(EOFError):
                await late.next()


async def test_a_stream_ends_after_its_lifetime_and_the_next_one_misses_nothing(
    dsn: str, dispatcher: Dispatcher
) -> None:
    settings = settings_for(dsn, stream_lifetime=timedelta(seconds=1))
    async with application_on(settings) as http, served(http.app) as url:
        async with stream_of(url) as stream:
            first = await stream.next()
            with pytest.raises(EOFError):
                await stream.next_message()
        await tell(dispatcher, "between")
        async with stream_of(url, last_event_id=int(first.id or "")) as stream:
            assert title_of(await stream.next_message()) == "between"


async def test_a_message_whose_ring_was_lost_arrives_by_the_next_look(dsn: str, pool: Pool) -> None:
    streams = Streams(limit=1)
    async with Listener(dsn, "nobody wakes here") as listener:
        assert await listener.wait(timedelta(seconds=5)) == [""]
        listening = asyncio.create_task(listen(listener, pool, streams, look_every=timedelta(milliseconds=20)))
        with streams.joined(FakeClient().stream()):
            assert await streams.due(10) == {"ada": 0}
            unheard = Waker(pool, CHANNEL)  # it never runs
            await tell(Dispatcher(pool, unheard, unheard, group=GROUP), "unheard")
            async with asyncio.timeout(5):
                assert await streams.due(10) == {"ada": 0}
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_streams_are_not_woken_while_nothing_happens(dsn: str, pool: Pool, dispatcher: Dispatcher) -> None:
    streams = Streams(limit=1)
    await tell(dispatcher, "before")
    async with Listener(dsn, CHANNEL) as listener:
        listening = asyncio.create_task(listen(listener, pool, streams, look_every=timedelta(milliseconds=20)))
        with streams.joined(FakeClient().stream()), streams.joined(FakeClient().stream("bob")):
            with suppress(TimeoutError):  # the start wakes all: wakes may have been lost before it
                async with asyncio.timeout(0.3):
                    while True:
                        await streams.due(10)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await streams.due(10)
            await tell(dispatcher, "Ada's")
            async with asyncio.timeout(5):
                assert "ada" in await streams.due(10)  # the look may have woken bob too
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_stream_survives_the_loss_of_its_processs_listening_connection(
    url: str, pool: Pool, dispatcher: Dispatcher
) -> None:
    async with stream_of(url) as stream:
        await stream.next()
        lost = await pool.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%messages%'"
        )
        assert lost == 1
        await tell(dispatcher, "woken while nobody listened")
        assert title_of(await stream.next_message()) == "woken while nobody listened"


async def test_an_invalid_token_opens_no_stream(url: str, http: HttpApplication) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"Authorization": bearer()["Authorization"] + "x"}
        answer = await client.get(f"{url}/api/notifications/stream", headers=headers)
    assert answer.status_code == 401
    assert len(http.streams) == 0
