import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from chassis.postgres.database import create_pool
from chassis.postgres.wakeup import Waker
from chassis.testing import eventually
from local_stack.processes.ports import free_port
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.subscribers import GROUP
from notifier.testing import ENCRYPTION_KEY, KEY, delivered, stream_of, sync_started

ENVIRONMENT = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH", "TMPDIR"}}


GOOD = {
    "DATABASE_URL": "postgresql:///x",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "AUTH_LOCAL_KEY": KEY,
    "CHANNEL_ENCRYPTION_KEYS": ENCRYPTION_KEY,
}


async def start(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "notifier",
        *arguments,
        env=ENVIRONMENT | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(*arguments: str, **environment: str) -> tuple[int | None, str, str]:
    process = await start(*arguments, **environment)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def serving(dsn: str, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await start("serve", **GOOD | {"DATABASE_URL": dsn, "HTTP_PORT": str(port)})
    try:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def ready() -> bool:
                assert process.returncode is None
                try:
                    return (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(ready)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_help_names_the_commands() -> None:
    status, out, _ = await run("--help")
    assert status == 0
    for command in ("serve", "consume", "deliver", "migrate"):
        assert command in out


@pytest.mark.parametrize("arguments", [(), ("surf",), ("serve", "--fast")])
async def test_a_bad_command_exits_with_2_and_one_line(arguments: tuple[str, ...]) -> None:
    status, _, err = await run(*arguments)
    assert status == 2
    assert err.startswith("python -m notifier")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"AUTH_LOCAL_KEY": "short"}, "AUTH_LOCAL_KEY"),
        ({"STREAM_LIFETIME": "soon"}, "STREAM_LIFETIME"),
        ({"MESSAGE_RETENTION": "PT0S"}, "MESSAGE_RETENTION"),
        ({"INBOX_RETENTION": "-P1D"}, "INBOX_RETENTION"),
        ({"HTTP_PORT": "70000"}, "HTTP_PORT"),
        ({"CHANNEL_ENCRYPTION_KEYS": ""}, "CHANNEL_ENCRYPTION_KEYS"),
        ({"CHANNEL_ENCRYPTION_KEYS": "no key"}, "CHANNEL_ENCRYPTION_KEYS"),
        ({"CHANNEL_NETWORKS": "192.168.1.7/24"}, "CHANNEL_NETWORKS"),
    ],
)
async def test_bad_settings_end_serve_with_2_and_one_line(changed: dict[str, str], named: str) -> None:
    status, _, err = await run("serve", **GOOD | changed)
    assert status == 2
    assert len(err.splitlines()) == 1
    assert named in err


async def test_an_open_stream_does_not_hold_up_the_end_of_the_process(dsn: str) -> None:
    port = free_port()
    async with serving(dsn, port) as process, stream_of(f"http://127.0.0.1:{port}") as stream:
        async with await create_pool(dsn) as pool, Waker(pool, CHANNEL) as waker:
            await Dispatcher(pool, waker, Waker(pool, RUNS), group=GROUP).dispatch([delivered(sync_started())])
        assert "Heists" in str((await stream.next_message()).data)
        asked_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        with pytest.raises(EOFError):
            await stream.next()
        assert await asyncio.wait_for(process.wait(), 10) == 0
        assert time.monotonic() - asked_at < 3  # uvicorn would wait 5 s for it


async def test_migrate_can_be_run_again(dsn: str) -> None:
    for _ in range(2):
        status, _, err = await run("migrate", DATABASE_URL=dsn, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
        assert (status, "Traceback" in err) == (0, False)
