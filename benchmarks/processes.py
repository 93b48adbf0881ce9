"""Processes of ours for a benchmark, and what they use."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import psutil

from local_stack.footprint import cpu_s


@asynccontextmanager
async def running_process(*command: str, environment: Mapping[str, str]) -> AsyncIterator[int]:
    """Run `python -m COMMAND` while the block runs; give its process id.

    Args:
        environment: what it has beside ours.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def cpu_of(pid: int) -> float:
    """Return the seconds of processor time of a process and its descendants; of this process alone when it is ours."""
    process = psutil.Process(pid)
    return cpu_s([process] if pid == os.getpid() else [process, *process.children(recursive=True)])
