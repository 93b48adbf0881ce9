"""A process that ends the children when their parent has ended, for systems whose kernel cannot (all but Linux).

It reads from a pipe that only the parent writes to. The pipe closes when the parent ends.
"""

import contextlib
import os
import signal
import subprocess
import sys
from typing import ClassVar

NO_SIGNAL = 0


class Watchdog:
    _shared: ClassVar["Watchdog | None"] = None

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local_stack.processes.watchdog"], stdin=subprocess.PIPE, start_new_session=True
        )

    @classmethod
    def shared(cls) -> "Watchdog":
        """Return the one watchdog of this process, started when first needed."""
        if cls._shared is None:
            cls._shared = cls()
        return cls._shared

    def watch(self, pid: int, death_signal: int) -> None:
        if self._process.stdin is None:
            raise RuntimeError("the watchdog is closed")
        self._process.stdin.write(f"{pid} {death_signal}\n".encode())
        self._process.stdin.flush()

    @classmethod
    def forget(cls, pid: int) -> None:
        """Forget a child that ended: another process may get its id."""
        if cls._shared is not None:
            cls._shared.watch(pid, NO_SIGNAL)

    def close(self) -> None:
        """End the watchdog; the children go on."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: dict[int, int] = {}
    for line in sys.stdin:
        pid, death_signal = line.split()
        children[int(pid)] = int(death_signal)
        if int(death_signal) == NO_SIGNAL:
            del children[int(pid)]
    for child, death_signal_number in children.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, death_signal_number)


if __name__ == "__main__":
    main()
