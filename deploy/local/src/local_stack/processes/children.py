"""Child processes that end when this process ends, even by SIGKILL."""

import asyncio
import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local_stack.processes.watchdog import Watchdog

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL_S = 0.02
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system, for programs that refuse to run as root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> "Account | None":
        """Return the account for PostgreSQL, or None when we are not root and need no other."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)
        raise RuntimeError("as root, the account postgres or nobody must exist: PostgreSQL does not run as root")


def spawn(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    piped: bool = False,
    folder: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own, so that the terminal's Ctrl-C does not reach it.

    Call it from the main thread: Linux ends the child when the thread that started it ends.

    Args:
        argv: the program and its arguments.
        environment: all of its variables; None: ours.
        log: file for both of its outputs, appended to; None: they are dropped.
        account: the account that runs it; None: ours.
        death_signal: the signal that it gets when this process ends.
        piped: its standard input and output are pipes; only its errors go to the log.
        folder: working folder; None: ours.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # the parent ended between fork and prctl
                os._exit(1)

    with log.open("ab") if log else open(os.devnull, "ab") as output:  # noqa: PTH123 - os.devnull is no Path
        child = subprocess.Popen(  # noqa: S603 - our own command lines
            list(argv),
            env=None if environment is None else dict(environment),
            cwd=folder,
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else output,
            stderr=output,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077,  # as root, a data folder is open to others: PostgreSQL's account passes through
            # Only calls into the C library loaded above: no import, no lock of ours.
            preexec_fn=tie_to_parent,  # noqa: PLW1509
        )
    if _libc is None:
        Watchdog.shared().watch(child.pid, death_signal)
    return child


async def until(condition: Callable[[], bool], within: timedelta, *, every_s: float = POLL_S) -> bool:
    """Wait until the condition holds; return whether it did within the time."""
    over = deadline(within)
    while not condition():
        if over():
            return False
        await asyncio.sleep(every_s)
    return True


def deadline(timeout: timedelta) -> Callable[[], bool]:
    """Return a function that says whether the timeout, counted from now, is over."""
    end_at = time.monotonic() + timeout.total_seconds()
    return lambda: time.monotonic() > end_at


async def pause() -> None:
    """Wait `POLL_S`, between two checks of something that happens soon."""
    await asyncio.sleep(POLL_S)


async def end(child: "subprocess.Popen[bytes]", *, grace: timedelta, first: signal.Signals = signal.SIGTERM) -> bool:
    """Send a signal, and SIGKILL when the grace is over. Return whether the child ended within the grace."""
    if child.poll() is None:
        child.send_signal(first)
    went = await until(lambda: child.poll() is not None, grace)
    if not went:
        child.kill()
        await until(lambda: child.poll() is not None, timedelta(seconds=5))
    Watchdog.forget(child.pid)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    return went


async def run_to_end(
    argv: Sequence[str],
    *,
    within: timedelta,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    account: Account | None = None,
    text: bytes | None = None,
    folder: Path | None = None,
) -> tuple[int, str]:
    """Run a short program and return its exit status and standard output (with `text`: on its standard input).

    A program that takes longer is killed; its status is then -9.
    """
    child = spawn(argv, environment=environment, log=log, account=account, piped=True, folder=folder)
    try:
        async with asyncio.timeout(within.total_seconds()):
            output, _ = await asyncio.to_thread(child.communicate, text)
        return child.returncode, output.decode(errors="replace")
    except TimeoutError:
        return -signal.SIGKILL, ""
    finally:
        if child.poll() is None:
            child.kill()
            await until(lambda: child.poll() is not None, timedelta(seconds=5))
