"""`--profile`: where each process of the system spends its time while a benchmark measures.

py-spy looks at each process a hundred times a second, from outside. A function's own share is how often it was at work
itself; its whole share, how often it or what it called was.
"""

import asyncio
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

SAMPLES_A_SECOND: Final = 100
TOP: Final = 12
WRITTEN_WITHIN_S: Final = 20


@dataclass(frozen=True, slots=True)
class Shares:
    """What part of its samples (0..1) each function of a process was at work, as `name (file)`."""

    samples: int
    own: Mapping[str, float]
    whole: Mapping[str, float]


_IS_ON: Final = ContextVar("profiles are made", default=False)


@contextmanager
def profiling() -> Iterator[None]:
    """Have profiles made in the block: `--profile`."""
    token = _IS_ON.set(True)
    try:
        yield
    finally:
        _IS_ON.reset(token)


def shares_of(lines: Iterable[str]) -> Shares:
    """Return the shares of a profile in py-spy's raw format: `outer (file:line);inner (file:line) count`."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = [_without_line(frame) for frame in stack.split(";") if not frame.startswith(("process ", "thread "))]
        if not frames:
            continue
        own[frames[-1]] += int(count)
        for frame in set(frames):
            whole[frame] += int(count)
    total = max(own.total(), 1)
    return Shares(
        own.total(),
        {name: count / total for name, count in own.most_common()},
        {name: count / total for name, count in whole.most_common()},
    )


@asynccontextmanager
async def profiled(pids: Mapping[str, int]) -> AsyncIterator[None]:
    """Profile the processes during the block, and print what they did; without `--profile`, do nothing.

    Args:
        pids: the processes by name. Those that are not Python have no profile.
    """
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if not _IS_ON.get() or spy is None:
        if _IS_ON.get():
            print("py-spy is not installed: no profile")
        yield
        return
    with tempfile.TemporaryDirectory(prefix="watchbuddy-profile-") as name:
        spies = {
            part: await asyncio.create_subprocess_exec(
                *(spy, "record", "--pid", str(pid), "--format", "raw", "--rate", str(SAMPLES_A_SECOND)),
                *("--output", str(Path(name) / str(pid)), "--duration", "unlimited", "--nonblocking"),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            for part, pid in pids.items()
        }
        try:
            yield
        finally:
            for process in spies.values():
                if process.returncode is None:
                    process.send_signal(signal.SIGINT)
            async with asyncio.timeout(WRITTEN_WITHIN_S):
                await asyncio.gather(*(process.wait() for process in spies.values()))
        for part, pid in pids.items():
            file = Path(name) / str(pid)
            if file.exists():
                _show(part, shares_of(file.read_text().splitlines()))
            else:
                print(f"{part}: no profile (not Python, or py-spy may not look at it)")


def _show(part: str, shares: Shares) -> None:
    table = Table("own", "function", "with what it calls", "function", title=f"{part}: {shares.samples} samples")
    for (own, own_share), (whole, whole_share) in zip(
        list(shares.own.items())[:TOP], list(shares.whole.items())[:TOP], strict=False
    ):
        table.add_row(f"{own_share:.0%}", own, f"{whole_share:.0%}", whole)
    Console(width=140).print(table)


def _without_line(frame: str) -> str:
    name, _, place = frame.partition(" (")
    file = place.rstrip(")").rpartition(":")[0] or place.rstrip(")")
    return f"{name} ({'/'.join(Path(file).parts[-2:])})" if place else name
