import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from starlette.responses import PlainTextResponse, Response

from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Waker
from chassis.sealing import Sealer
from chassis.testing import eventually
from notifier.channels.requests import ChannelIn
from notifier.channels.use_cases import Channels
from notifier.dispatch import CHANNEL
from notifier.testing import ENCRYPTION_KEY, KEY
from notifier.testing_channels import LOOPBACK, RULES, Got, receiver
from notifier.testing_channels import tell as tell_user

SECRET = "s3cr3t"


class Process:
    """A process of `deliver`, and what it logs."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)

    async def has_started(self) -> bool:
        return "http_listening" in self.log.read_text()


@asynccontextmanager
async def deliver(dsn: str, log: Path) -> AsyncIterator[Process]:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH", "TMPDIR"}}
    settings = {
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "CHANNEL_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "CHANNEL_NETWORKS": LOOPBACK,
        "LOG_LEVEL": "DEBUG",
    }
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notifier", "deliver", env=environment | settings, stdout=file, stderr=file
        )
    one = Process(process, log)
    try:
        await eventually(one.has_started, within=timedelta(seconds=30))
        yield one
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 20)


@pytest.fixture
async def channels(pool: Pool) -> Channels:
    return Channels(pool, Sealer([ENCRYPTION_KEY]), RULES, lambda _user: None, lambda: datetime.now(UTC))


async def add(channels: Channels, address: str, *, kind: str = "webhook", name: str = "Script") -> str | None:
    given = {"name": name, "kind": kind, "address": address, "severities": ["info"]}
    _, secret = await channels.add("ada", ChannelIn.model_validate(given))
    return secret


async def tell(pool: Pool, waker: Waker, text: str) -> None:
    await tell_user(pool, datetime.now(UTC), text, severity="info")
    waker.wake("ada")


async def test_two_processes_deliver_each_message_once(
    dsn: str, pool: Pool, channels: Channels, tmp_path: Path
) -> None:
    async with receiver() as there, Waker(pool, CHANNEL) as waker:
        for number in range(3):
            await add(channels, f"{there.url}/{number}", name=str(number))
        async with deliver(dsn, tmp_path / "a"), deliver(dsn, tmp_path / "b"):
            for number in range(10):
                await tell(pool, waker, f"message-{number};")
                await asyncio.sleep(0.05)  # the pace at which they come: both processes are woken again and again
            await eventually(lambda: _left(pool), until=lambda left: left == 0)
    for channel in range(3):
        bodies = b"".join(got.body for got in there.got if got.path == f"/{channel}").decode()
        assert [bodies.count(f"message-{number};") for number in range(10)] == [1] * 10
    ids = [got.headers["webhook-id"] for got in there.got]
    assert len(set(ids)) == len(ids)


async def test_a_process_killed_between_sending_and_recording_sends_again_with_the_same_id(
    dsn: str, pool: Pool, channels: Channels, tmp_path: Path
) -> None:
    running: list[Process] = []

    def die(_got: Got) -> Response:
        if running:
            running.pop().kill()
        return PlainTextResponse("taken")

    async with receiver(die) as there, Waker(pool, CHANNEL) as waker:
        await add(channels, there.url)
        async with deliver(dsn, tmp_path / "a") as first:
            running.append(first)
            await tell(pool, waker, "Synced")
            assert await asyncio.wait_for(first.process.wait(), 10) == -signal.SIGKILL
        assert await pool.fetchval("SELECT state FROM deliveries") == "pending"
        await pool.execute("UPDATE channels SET leased_until = now()")  # as a minute later
        async with deliver(dsn, tmp_path / "b"):
            await eventually(lambda: _left(pool), until=lambda left: left == 0)
    once, again = there.got
    assert once.headers["webhook-id"] == again.headers["webhook-id"]
    assert once.body == again.body
    assert await pool.fetchval("SELECT attempts FROM deliveries") == 2


async def test_secrets_are_in_no_log_and_apprise_is_loaded_when_it_is_needed(
    dsn: str, pool: Pool, channels: Channels, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    async with (
        receiver(lambda _got: PlainTextResponse(f"no {SECRET}", 500)) as there,
        Waker(pool, CHANNEL) as waker,
        deliver(dsn, log) as running,
    ):
        process = psutil.Process(running.process.pid)
        assert process.children(recursive=True) == []
        address = f"json://ada:{SECRET}@{there.host}/{SECRET}?+X-Token={SECRET}"
        await add(channels, address, kind="apprise")
        secret = await add(channels, f"{there.url}/{SECRET}")
        await add(channels, f"http://127.0.0.1:1/{SECRET}")
        await add(channels, f"tgram://{SECRET}", kind="apprise")
        await tell(pool, waker, "Synced")
        await eventually(lambda: _attempted(pool), until=lambda count: count == 4)
        (child,) = process.children()
        assert SECRET not in " ".join(child.cmdline())
        assert ENCRYPTION_KEY not in str(child.environ())
    text = log.read_text()
    assert text.count("delivery_failed") >= 4
    for hidden in (SECRET, secret or "", ENCRYPTION_KEY, KEY):
        assert hidden not in text
    assert not child.is_running()


async def _left(pool: Pool) -> int:
    waiting = "SELECT count(*) FROM deliveries WHERE state <> 'sent'"
    unread = "SELECT count(*) FROM channels WHERE handed_over < (SELECT coalesce(max(id), 0) FROM messages)"
    return int(await pool.fetchval(f"SELECT ({waiting}) + ({unread})"))


async def _attempted(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM deliveries WHERE failure IS NOT NULL"))
