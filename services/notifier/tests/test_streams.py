"""Many streams, slow clients, and connections that break at any time."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from starlette.types import Message

from chassis.postgres.database import Pool
from chassis.testing import eventually, served
from notifier.app import HttpApplication
from notifier.dispatch import Dispatcher
from notifier.streams import SLOTS, Stream, Streams
from notifier.testing import FakeClient, application_on, bearer, delivered, settings_for, stream_of, sync_started

TICK = timedelta(milliseconds=10)


@asynccontextmanager
async def running(
    dsn: str, *, patience: timedelta = timedelta(seconds=30), limit: int = 20
) -> AsyncIterator[tuple[str, HttpApplication]]:
    settings = settings_for(dsn, streams_per_user=limit)
    async with application_on(settings, heartbeat=TICK * SLOTS, patience=patience) as http, served(http.app) as url:
        try:
            yield url, http
        finally:
            http.streams.end()


def ids_in(text: bytes) -> list[int]:
    """Return the ids of the messages in what a client got, in the order of their arrival; half a message is none."""
    blocks = [block for block in text.decode().split("\n\n")[:-1] if "event: message" in block]
    return [int(line[4:]) for block in blocks for line in block.splitlines() if line.startswith("id: ")]


async def test_a_stream_that_is_cut_twenty_times_under_load_says_every_message_once(
    dsn: str, pool: Pool, dispatcher: Dispatcher
) -> None:
    dice = random.Random(11)  # noqa: S311 - a test's
    got: list[int] = []
    cuts = 0

    async def load() -> None:
        for number in range(400):
            users = ["ada", *["bob"] * dice.randrange(3)]
            await dispatcher.dispatch([delivered(sync_started(user_id, title=f"{number}")) for user_id in users])
            await asyncio.sleep(dice.random() * 0.01)  # the pace of the load

    async with AsyncExitStack() as stack:
        urls = [(await stack.enter_async_context(running(dsn)))[0] for _ in range(2)]  # two replicas
        loading = asyncio.create_task(load())
        last = 0
        while not loading.done() or cuts < 20 or last < await newest(pool):
            client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
            headers = bearer() | {"Last-Event-ID": str(last)}
            text = b""
            async with client.stream("GET", f"{dice.choice(urls)}/api/notifications/stream", headers=headers) as answer:
                try:
                    async with asyncio.timeout(0.02 + dice.random() * 0.2):
                        async for part in answer.aiter_raw():
                            text += part
                            if dice.random() < 0.05:  # in the middle of what is on its way
                                break
                except TimeoutError:
                    pass
            got += ids_in(text)
            last = max([last, *ids_in(text)])
            cuts += 1
        await loading
    assert cuts >= 20
    stored = [row["id"] for row in await pool.fetch("SELECT id FROM messages WHERE user_id = 'ada' ORDER BY id")]
    assert got == stored
    assert len(stored) == 400


async def newest(pool: Pool) -> int:
    found: int = await pool.fetchval("SELECT coalesce(max(id), 0) FROM messages WHERE user_id = 'ada'")
    return found


async def test_a_slow_client_is_cut_off_holds_up_nobody_and_goes_on_where_it_stood(
    dsn: str, pool: Pool, dispatcher: Dispatcher
) -> None:
    title = "x" * 100_000  # some of these fill every buffer between server and client
    async with running(dsn, patience=timedelta(seconds=1)) as (url, http):

        async def open_streams() -> int:
            return len(http.streams)

        with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)) as slow:
            request = f"GET /api/notifications/stream HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer()['Authorization']}"
            await asyncio.to_thread(slow.sendall, f"{request}\r\n\r\n".encode())
            assert await eventually(open_streams)
            async with stream_of(url) as reading:
                for number in range(120):
                    await dispatcher.dispatch([delivered(sync_started(title=f"{number} {title}"))])
                    await reading.next_message()
                assert await eventually(open_streams, until=lambda count: count == 1) == 1
                slow.settimeout(5)
                text = await asyncio.to_thread(read_all, slow)
        _, _, body = text.partition(b"\r\n\r\n")
        got = ids_in(dechunked(body))
        assert 0 < len(got) < 120
        async with stream_of(url, last_event_id=got[-1]) as resumed:
            got += [int((await resumed.next_message()).id or 0) for _ in range(120 - len(got))]
    stored = [row["id"] for row in await pool.fetch("SELECT id FROM messages ORDER BY id")]
    assert got == stored


def read_all(connection: socket.socket) -> bytes:
    """Return what is still there of a connection that was cut off."""
    text = b""
    try:
        while part := connection.recv(1 << 16):
            text += part
    except ConnectionResetError:
        pass
    return text


def dechunked(body: bytes) -> bytes:
    text = b""
    while b"\r\n" in body:
        size, _, body = body.partition(b"\r\n")
        chunk, body = body[: int(size, 16)], body[int(size, 16) + 2 :]
        text += chunk
    return text


async def test_a_user_has_so_many_streams_and_a_further_one_is_refused(dsn: str) -> None:
    async with running(dsn, limit=2) as (url, http), AsyncExitStack() as stack, httpx.AsyncClient() as client:

        async def places() -> int:
            return len(http.streams)

        held = [await stack.enter_async_context(stream_of(url)) for _ in range(2)]
        for stream in held:
            await stream.next()
        async with stream_of(url, user_id="bob") as bobs:
            await bobs.next()
        refused = await client.get(f"{url}/api/notifications/stream", headers=bearer())
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert refused.headers["content-type"] == "application/problem+json"
        assert (refused.json()["slug"], refused.json()["limit"]) == ("too-many-streams", 2)
        await stack.aclose()
        await eventually(places, until=lambda count: count == 0)
        async with stream_of(url) as again:
            assert (await again.next()).comment == "connected"


async def test_heartbeats_are_spread_and_each_stream_has_one_in_so_many_ticks() -> None:
    streams = Streams(limit=100)
    with ExitStack() as stack:
        clients = []
        for _ in range(SLOTS * 2):
            client = FakeClient()
            stack.enter_context(streams.joined(client.stream(lasts=1000)))
            clients.append(client)
            streams.tick()
        for client in clients:
            client.blocks.clear()
        for _ in range(SLOTS):
            before = sum(len(client.blocks) for client in clients)
            streams.tick()
            assert sum(len(client.blocks) for client in clients) - before == 2
        assert [client.blocks for client in clients] == [[b": ping\n\n"]] * len(clients)


async def test_a_slow_stream_gets_nothing_until_it_reads_again_and_is_cut_off_when_it_does_not() -> None:
    streams = Streams(limit=1, patience=timedelta(milliseconds=50))
    back, gone = FakeClient(), FakeClient()
    with streams.joined(back.stream("ada")), streams.joined(gone.stream("bob")):
        back.is_slow = gone.is_slow = True
        for _ in range(SLOTS):
            streams.tick()
        back.is_slow = False
        streams.tick()
        assert back.blocks == [b": connected\nid: 0\n\n", b": ping\n\n"]
        await asyncio.sleep(0.06)  # longer than its patience
        streams.tick()
        assert (back.is_aborted, gone.is_aborted) == (False, True)
        gone.is_slow = False  # nothing is written after the end
        for _ in range(SLOTS):
            streams.tick()
        assert gone.blocks == [b": connected\nid: 0\n\n"]


async def test_the_messages_of_many_users_are_asked_for_together_each_from_where_their_streams_stand() -> None:
    streams = Streams(limit=2)
    with (
        streams.joined(FakeClient().stream("ada", last=5)),
        streams.joined(FakeClient().stream("ada", last=3)),
        streams.joined(FakeClient().stream("bob", last=7)),
    ):
        assert await streams.due(10) == {"ada": 3, "bob": 7}
        streams.wake("eve")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):  # nothing is due
                await streams.due(10)


async def test_a_process_whose_streams_nothing_moves_any_more_is_not_ready(dsn: str) -> None:
    async with running(dsn) as (url, http), httpx.AsyncClient(trust_env=False) as client:

        async def state() -> str:
            answer: str = (await client.get(f"{url}/health/ready")).json()["checks"]["streams"]
            return answer

        async def defect(message: Message) -> None:
            if b"ping" in message["body"]:
                raise RuntimeError

        assert await state() == "ok"
        with http.streams.joined(Stream("ada", 0, asyncio.get_running_loop().time() + 60, defect, lambda: None)):
            assert "nothing moves the live streams" in await eventually(state, until=lambda text: text != "ok")


async def test_streams_outlive_a_postgres_that_is_away_for_a_moment(
    dsn: str, pool: Pool, dispatcher: Dispatcher
) -> None:
    async with running(dsn) as (url, _), stream_of(url) as stream:
        await stream.next()
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await dispatcher.dispatch([delivered(sync_started())])
        assert (await stream.next_message()).id == str(await newest(pool))
