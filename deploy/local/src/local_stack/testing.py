"""For tests: whether a process runs, a described system, a display that keeps its lines."""

import re
from datetime import timedelta

import psutil

from local_stack.system.description import Keys, System
from local_stack.system.trakt import simulated


def is_running(pid: int) -> bool:
    """Return whether a process runs. One that ended, and that its parent has not collected yet, does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def a_system(keys: Keys | None = None, *, trakt_url: str = "http://127.0.0.1:8900") -> System:
    """Return the description of a system on a simulator. Nothing of it runs."""
    return System(
        kind="demo",
        lists_api_url="http://127.0.0.1:8001",
        notifier_url="http://127.0.0.1:8002",
        trakt_sync_url="http://127.0.0.1:8003",
        trakt=simulated(trakt_url),
        kafka_kind="embedded",
        bootstrap_servers="127.0.0.1:9092",
        postgres=dict.fromkeys(("lists_api", "trakt_sync", "notifier"), "postgresql://x"),
        keys=keys or Keys("k" * 40, "f" * 44),
        token="t",
    )


class RecordingDisplay:
    """Keeps what the screen would show."""

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


def upgrade_order(operations: str) -> list[str]:
    """Return the services in the order in which docs/operations.md has a new version of them come.

    Args:
        operations: the document's text.
    """
    procedure = operations.partition("\n### A new version comes\n")[2].partition("\n### ")[0]
    steps = [line for line in procedure.splitlines() if line[:1].isdigit()]
    return re.findall(r"`(lists-api|trakt-sync|notifier)`", "".join(steps))
