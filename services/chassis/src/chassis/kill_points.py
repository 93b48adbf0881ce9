"""The places between two effects, by name. A test kills the process at each: nothing may be lost or done twice.

Nothing happens there otherwise. What a test wants is read once, at the start of a process that has such places.
"""

import os
import signal
from collections.abc import Collection, Mapping
from typing import Final

KILL_AT: Final = "WATCHBUDDY_TEST_KILL_AT"
"""The variable that names a point and how often it is passed until the kill: `write_begun:2` is the second time."""
EVENTS_SENT: Final = "events_sent"
"""The relay's: Kafka has the events, and they are still in the outbox."""

_left: dict[str, int] = {}


def arm(points: Collection[str], environment: Mapping[str, str] = os.environ) -> None:
    """Take up what a test wants. Args: points: that the process has.

    Raises:
        ValueError: there is no such point.
    """
    if wanted := environment.get(KILL_AT):
        name, _, passes = wanted.partition(":")
        if name not in points:
            raise ValueError(f"{KILL_AT}: there is no point {name!r}")
        _left[name] = int(passes or 1)


def reached(point: str) -> None:
    """Kill the process if a test wants it here."""
    if _left and point in _left:
        _left[point] -= 1
        if _left[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
