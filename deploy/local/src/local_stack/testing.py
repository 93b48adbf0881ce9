"""For tests of the stack and on it: processes that still live, a display that remembers."""

import contextlib
import os
from datetime import timedelta
from pathlib import Path


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that ended and was not yet collected by its parent does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        os.kill(pid, 0)
        return True
    return False


class RecordingDisplay:
    """Remembers what would stand on the screen."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.started: list[str] = []
        self.became_ready: list[str] = []

    def starting(self, name: str) -> None:
        self.started.append(name)

    def ready(self, name: str, after: timedelta) -> None:  # noqa: ARG002 - the protocol's
        self.became_ready.append(name)

    def say(self, line: str) -> None:
        self.lines.append(line)
