"""Processes that start, fail, come back and end: on real child processes."""

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from chassis.testing import eventually
from local_stack.errors import PartFailedError
from local_stack.processes import children
from local_stack.processes.health import is_ready
from local_stack.processes.ports import free_port
from local_stack.processes.service import ProcessSpec, ServiceProcess
from local_stack.processes.supervisor import RESTART_DELAYS_S, Supervisor, restart_delay_s
from local_stack.system.temporary import sweep_temporary
from local_stack.testing import RecordingDisplay, is_running

HEALTHY = """
import http.server, os, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", flush=True)
time.sleep(600)  # a process that would not end
"""


def described(name: str, code: str, *arguments: str, health_port: int | None = None) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        command=(sys.executable, "-S", "-c", code, *arguments),
        environment={},
        health_url=f"http://127.0.0.1:{health_port}/health/ready" if health_port else None,
    )


def healthy(name: str, logs: Path) -> ServiceProcess:
    port = free_port()
    return ServiceProcess(described(name, HEALTHY, str(port), health_port=port), logs=logs)


@pytest.fixture
def display() -> RecordingDisplay:
    return RecordingDisplay()


@pytest.fixture
async def supervisor(display: RecordingDisplay) -> AsyncIterator[Supervisor]:
    watching = Supervisor(display, restart=True)
    yield watching
    await watching.kill()


async def test_parts_are_ready_when_they_answer(
    supervisor: Supervisor, display: RecordingDisplay, tmp_path: Path
) -> None:
    parts = [healthy("one", tmp_path), healthy("two", tmp_path)]
    await supervisor.start(*parts)
    assert sorted(display.became_ready) == ["one", "two"]
    for part in parts:
        assert part.health_url
        assert await is_ready(part.health_url)


async def test_a_child_that_fails_at_its_start_names_itself_and_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    failing = described("bad", "raise SystemExit('bad settings: DATABASE_URL')", health_port=free_port())
    with pytest.raises(PartFailedError, match="bad: ended with status 1") as failure:
        await supervisor.start(healthy("good", tmp_path), ServiceProcess(failing, logs=tmp_path))
    assert failure.value.tail() == "bad settings: DATABASE_URL"
    pids = [part.pid for part in supervisor.parts if part.pid]
    await supervisor.stop()
    assert not any(map(is_running, pids))


async def test_a_child_that_dies_is_started_again_and_said(
    supervisor: Supervisor, display: RecordingDisplay, tmp_path: Path
) -> None:
    part = healthy("mortal", tmp_path)
    await supervisor.start(part)
    first = part.pid
    assert first is not None
    watching = asyncio.create_task(supervisor.watch())
    os.kill(first, signal.SIGKILL)

    async def said() -> str:
        return "\n".join(display.lines)

    lines = await eventually(said, until=lambda text: "mortal is ready again" in text)
    watching.cancel()
    assert "mortal: ended by itself with status -9; starting it again in 0.5 s" in lines
    assert part.pid != first
    assert part.exit_status() is None


async def test_without_restarts_the_death_of_a_child_is_an_error(display: RecordingDisplay, tmp_path: Path) -> None:
    supervisor = Supervisor(display, restart=False)
    part = healthy("mortal", tmp_path)
    await supervisor.start(part)
    assert part.pid is not None
    os.kill(part.pid, signal.SIGKILL)
    with pytest.raises(PartFailedError, match="mortal: ended by itself with status -9"):
        await asyncio.wait_for(supervisor.watch(), timeout=10)


async def test_a_stopped_part_is_not_started_again(
    supervisor: Supervisor, display: RecordingDisplay, tmp_path: Path
) -> None:
    await supervisor.start(healthy("kept", tmp_path), healthy("stopped", tmp_path))
    watching = asyncio.create_task(supervisor.watch())
    await supervisor.stop(["stopped"])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(watching), timeout=1)
    watching.cancel()
    assert display.lines == []


async def test_a_child_that_hangs_is_killed_and_started_again(display: RecordingDisplay, tmp_path: Path) -> None:
    supervisor = Supervisor(display, restart=True, liveness_every_s=0.1)
    part = healthy("hanging", tmp_path)
    part.spec = dataclasses.replace(part.spec, live_url=f"http://127.0.0.1:{free_port()}/health/live")
    await supervisor.start(part)
    watching = asyncio.create_task(supervisor.watch())

    async def said() -> str:
        return "\n".join(display.lines)

    lines = await eventually(said, until=lambda text: "hanging is ready again" in text)
    watching.cancel()
    await supervisor.kill()
    assert "hanging runs and does not answer" in lines
    assert "hanging: ended by itself with status -9" in lines


async def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = children.spawn(described("stubborn", STUBBORN).command, log=log)
    assert await children.until(lambda: log.read_text() == "stubborn\n", timedelta(seconds=5))
    assert not await children.end(child, grace=timedelta(seconds=0.5))
    assert child.returncode == -signal.SIGKILL


SUPERVISOR = """
import asyncio, pathlib, sys
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.postgres.server import PostgresServer
from local_stack.system.home import Home
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.processes.service import ProcessSpec, ServiceProcess
from local_stack.screen.progress import PlainDisplay
from local_stack.processes.supervisor import Supervisor

async def main():
    logs = pathlib.Path(sys.argv[1])
    with Home(None, logs) as home:
        stubborn = ProcessSpec("stubborn", (sys.executable, "-S", "-c", sys.argv[2]), {}, None)
        supervisor = Supervisor(PlainDisplay(), restart=True)
        await supervisor.start(
            PostgresServer(PostgresBinaries.embedded(home.data), home.data / "pg", log=home.logs / "pg.log"),
            EmbeddedKafka(log=home.logs / "kafka.log"),
            ServiceProcess(stubborn, logs=home.logs),
        )
        print("pids", *(part.pid for part in supervisor.parts), flush=True)
        await supervisor.watch()

asyncio.run(main())
"""


async def test_a_supervisor_killed_by_sigkill_leaves_no_process(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(  # noqa: S603, ASYNC220 - our own program; starting it takes a millisecond
        [sys.executable, "-c", SUPERVISOR, str(tmp_path), STUBBORN], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    lines = await asyncio.to_thread(lambda: list(iter_until_pids(supervisor)))
    pids = [int(pid) for pid in lines[-1].split()[1:]]
    assert len(pids) == 3
    assert all(map(is_running, pids))
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()

    async def still_running() -> list[int]:
        return [pid for pid in pids if is_running(pid)]

    await eventually(still_running, until=lambda left: not left)
    sweep_temporary()  # its data folder is left, for the next start to remove


def iter_until_pids(supervisor: "subprocess.Popen[str]") -> list[str]:
    lines = []
    for line in supervisor.stdout or ():
        lines.append(line)
        if line.startswith("pids"):
            break
    return lines


def test_where_the_kernel_does_not_tie_them_the_watchdog_ends_the_children() -> None:
    kept, ended = (subprocess.Popen(["sleep", "60"]) for _ in range(2))  # noqa: S607 - coreutils
    watchdog = subprocess.Popen(
        [sys.executable, "-m", "local_stack.processes.watchdog"], stdin=subprocess.PIPE, text=True
    )
    watchdog.communicate(f"{kept.pid} 15\n{ended.pid} 15\n{kept.pid} 0\n")  # its input ends, as when we die
    assert ended.wait(timeout=5) == -signal.SIGTERM
    assert kept.poll() is None
    kept.kill()
    kept.wait()


async def test_nobody_there_is_not_ready() -> None:
    assert not await is_ready(f"http://127.0.0.1:{free_port()}/health/ready")


def test_restart_delays_grow_and_then_stay() -> None:
    assert [restart_delay_s(failures) for failures in range(6)] == list(RESTART_DELAYS_S)
    assert restart_delay_s(1000) == RESTART_DELAYS_S[-1]
