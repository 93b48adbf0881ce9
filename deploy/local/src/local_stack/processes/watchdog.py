"""Where the kernel cannot tie a child to its parent (not Linux): a process that ends the children when we die.

It holds the reading end of a pipe whose writing end only we hold; the pipe's end is our end.
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
        """The child ended: its id may soon be another's."""
        if cls._shared is not None:
            cls._shared.watch(pid, NO_SIGNAL)

    def close(self) -> None:
        """End it without ending the children."""
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
