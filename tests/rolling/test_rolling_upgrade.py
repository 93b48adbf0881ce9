"""A rolling upgrade under load, and back: old and new processes side by side lose nothing, and do nothing twice.

`make rolling FROM=<commit>` runs it: it makes the environment of the version before, and names its Python.
"""

import asyncio
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the modules of the integration tests are the package `integration`

from integration.collector import Collector
from integration.description import SIMULATOR
from integration.load import assert_all_arrived_once, load, make_lists, patient_users
from integration.parts import Parts, choose
from integration.system import RunningSystem
from local_stack.processes.service import ServiceProcess
from local_stack.testing import upgrade_order

BEFORE = os.environ["ROLLING_BEFORE"]
"""The Python of the version before."""
OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
SIDE_BY_SIDE_S = 2.0
STOPPED_WITHIN_S = 15.0


class Balancer:
    """What stands before replicas: each connection goes to the next of them."""

    def __init__(self, port: int) -> None:
        self.backends: list[int] = []
        self._port = port
        self._turn = itertools.count()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._pass, "127.0.0.1", self._port)
        try:
            yield
        finally:
            server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = self.backends[next(self._turn) % len(self.backends)]
        with suppress(OSError):
            back_reader, back_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pump(reader, back_writer), _pump(back_reader, writer))
        writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wb-rolling-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another account
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def parts(folder: Path) -> Parts:
    return choose(folder)


async def test_old_and_new_side_by_side_lose_nothing(
    folder: Path, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "otlp")  # both versions know it; `/metrics` came after 02d38c6
    assert parts.kafka.part.kind != "embedded", "two processes of one consumer group need a real Kafka"
    try:
        await asyncio.gather(parts.kafka.part.start(), parts.postgres.part.start())
        async with Collector() as collector:
            system = RunningSystem(parts, folder, collector)
            try:
                await _there_and_back(system)
            finally:
                await system.stop()
    finally:
        await asyncio.gather(parts.kafka.part.stop(), parts.postgres.part.stop())


async def _there_and_back(system: RunningSystem) -> None:
    balancers = {name: Balancer(_port(system.processes[name])) for name in upgrade_order(OPERATIONS)}
    for name in set(system.processes) - {SIMULATOR}:
        system.processes[name] = system.another(name, python=BEFORE)
    for name, balancer in balancers.items():
        balancer.backends = [_port(system.processes[name])]
    async with balancers["lists-api"].running(), balancers["trakt-sync"].running(), balancers["notifier"].running():
        await system.start()
        users = await patient_users(system)
        wanted = await make_lists(users)
        is_over = asyncio.Event()
        loading = asyncio.create_task(load(wanted, users, is_over.is_set))
        status, said = await system.once("chassis.topics", like="lists-api relay")
        assert status == 0, said
        order = upgrade_order(OPERATIONS)
        for version, python, services in (("new", sys.executable, order), ("old", BEFORE, order[::-1])):
            for name in (name for service in services for name in _processes_of(service, system)):
                took = await _replace(system, name, python, balancers.get(name))
                print(f"{name}: {version} beside the other, which stopped within {took:.1f} s", flush=True)  # noqa: T201
                assert took <= STOPPED_WITHIN_S, name
                assert not loading.done(), "users work all the time"
        is_over.set()
        await assert_all_arrived_once(system, users, wanted, await loading)
        versions = sum([one.version for user in users for one in await user.lists()])
        print(f"{versions} versions of {len(wanted)} lists, nothing lost, nothing twice", flush=True)  # noqa: T201


def _processes_of(service: str, system: RunningSystem) -> list[str]:
    return sorted(name for name in system.processes if name.split()[0] == service)


async def _replace(system: RunningSystem, name: str, python: str, balancer: Balancer | None) -> float:
    """Start a process beside the other one, let both work, stop the other; return how long that took, in seconds."""
    before = system.processes[name]
    after = system.another(name, python=python)
    await after.start()
    if balancer is not None:
        balancer.backends.append(_port(after))
    await asyncio.sleep(SIDE_BY_SIDE_S)  # both work: that is what is tested
    if balancer is not None:
        balancer.backends.remove(_port(before))
    system.processes[name] = after
    began = time.monotonic()
    await before.stop()
    assert before.exit_status() == 0, f"{name} ended with {before.exit_status()}"
    return time.monotonic() - began


def _port(process: ServiceProcess) -> int:
    port = urlsplit(process.health_url or "").port
    assert port is not None
    return port
