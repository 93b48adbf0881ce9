"""`make run` is stopped in the middle of work and started again: it goes on, on the broker that forgets too."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest_asyncio

from chassis.testing import eventually
from integration.catalogue import movies
from integration.users import User
from local_stack.processes import children
from trakt_simulator.testing import SimulatorAdmin

READY_WITHIN: Final = timedelta(seconds=90)
STOPPED_WITHIN: Final = timedelta(seconds=45)
# At Trakt's one write a second.
MIRRORED_WITHIN: Final = timedelta(seconds=60)
LISTS: Final = 4  # a free account has room for five
# What decides on parts and addresses must come from the stack alone.
OURS: Final = ("DATABASE_URL", "KAFKA_", "TRAKT_", "AUTH_", "OTEL_", "HTTP_", "XDG_STATE_HOME")


class LocalRun:
    """One run of the stack on a folder, as a child process of ours."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "said.txt"
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self.stack: Mapping[str, Any] = {}

    async def start(self) -> None:
        command = [sys.executable, "-m", "local_stack", "run", "--kafka", "embedded"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self._child = children.spawn(
            [*command, "--state-dir", str(self._folder / "state")],
            environment=environment,
            log=self.said,
            folder=self._folder,
        )
        await eventually(self._is_ready, within=READY_WITHIN)
        self.stack = json.loads((self._folder / ".local" / "stack.json").read_text())

    async def interrupt(self) -> int:
        """Do what Ctrl-C does; return the exit status."""
        assert self._child is not None
        self._child.send_signal(signal.SIGINT)
        status = await eventually(self._status, until=lambda seen: seen is not None, within=STOPPED_WITHIN)
        assert status is not None
        return status

    async def kill(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=timedelta(0), first=signal.SIGKILL)

    async def _is_ready(self) -> bool:
        assert self._child is not None
        said = self.said.read_text()
        assert self._child.poll() is None, said
        # Written when all are ready; the addresses are said after that.
        return (self._folder / ".local" / "stack.json").exists() and self.urls_are_said(said)

    def urls_are_said(self, said: str) -> bool:
        stack = json.loads((self._folder / ".local" / "stack.json").read_text())
        return str(stack["lists_api"]["url"]) in said

    async def _status(self) -> int | None:
        assert self._child is not None
        return self._child.poll()


@pytest_asyncio.fixture(loop_scope="session")
async def local_run(open_folder: Path) -> AsyncIterator[LocalRun]:
    folder = open_folder / "run"
    folder.mkdir(mode=0o755)
    run = LocalRun(folder)
    try:
        yield run
    finally:
        await run.kill()


@asynccontextmanager
async def user_of(stack: Mapping[str, Any]) -> AsyncIterator[User]:
    """Give the user whose account the stack connects."""
    headers = {"Authorization": f"Bearer {stack['demo']['token']}"}
    async with (
        httpx.AsyncClient(base_url=stack["lists_api"]["url"], headers=headers, timeout=30, trust_env=False) as lists,
        httpx.AsyncClient(base_url=stack["notifier"]["url"], headers=headers, timeout=30, trust_env=False) as notes,
        SimulatorAdmin(stack["trakt"]["api_url"]) as trakt,
    ):
        yield User(stack["demo"]["user"], lists=lists, notes=notes, trakt=trakt)


async def test_a_run_that_is_stopped_in_the_middle_goes_on_when_it_is_started_again(local_run: LocalRun) -> None:
    await local_run.start()
    async with user_of(local_run.stack) as user:
        made = [await user.create(f"List {number}", movies(number + 1)) for number in range(LISTS)]
        await user.mirrored(made[0].id)
        await user.add(made[0].id, movies(2, after=10))
        await user.change(made[1].id, title="List one")
        assert not all(one.is_mirrored() for one in await user.lists()), "it is in the middle"
    pids = [process["pid"] for process in local_run.stack["processes"] if process["pid"]]

    assert await local_run.interrupt() == 0, local_run.said.read_text()
    assert [pid for pid in pids if _is_alive(pid)] == []

    await local_run.start()
    async with user_of(local_run.stack) as user:
        await user.mirrored(within=MIRRORED_WITHIN)
        await user.told("Created list 'List 3' on Trakt")
        assert await user.differences() == []
        assert len(await user.on_trakt()) == LISTS
        created = Counter(text for text in await user.texts() if text.startswith("Created list"))
        assert sum(created.values()) == LISTS, created
        assert set(created.values()) == {1}, created
        assert [one.text for one in await user.messages() if one.severity == "warning"] == []
        assert 429 not in [one.status for one in await user.requests()]
        sums = [_counts(text) for text in await user.texts() if text.startswith("Synced to Trakt")]
        assert sum(added for added, _removed in sums) == sum(one.item_count for one in await user.lists())
    assert await local_run.interrupt() == 0, local_run.said.read_text()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _counts(text: str) -> tuple[int, int]:
    added, removed = text.removeprefix("Synced to Trakt: ").split()
    return int(added), -int(removed)
