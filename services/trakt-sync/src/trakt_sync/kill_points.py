"""The places between two effects, by name. A test kills the process at each: nothing may be lost or done twice.

Nothing happens there otherwise. What a test wants is read once, at the start of a process that has such places.
"""

import os
import signal
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

KILL_AT: Final = "WATCHBUDDY_TEST_KILL_AT"
"""The variable that names a point and how often it is passed until the kill: `write_begun:2` is the second time."""


class KillPoint(StrEnum):
    """Where a process may die. What was done before it stays, what comes after it was not done."""

    EVENTS_RECORDED = "events_recorded"
    """Before the offsets are committed: the events come again."""
    STATES_RECORDED = "states_recorded"
    """Before what else came with them: deletions, imports, a user's syncs."""

    READ_ANSWERED = "read_answered"
    """Before the record of what was read."""
    WRITE_PLANNED = "write_planned"
    WRITE_BEGUN = "write_begun"
    """Saved that it is sent, and not sent."""
    WRITE_ANSWERED = "write_answered"
    """Carried out, and not recorded."""
    RECORD_SAVED = "record_saved"
    """In the transaction that tells others too, after the step and before the user's other lists."""
    RECORD_TOLD = "record_told"
    """In it, before the end."""
    STEP_RECORDED = "step_recorded"
    """Before the relay is woken."""

    AUDIT_READ = "audit_read"
    AUDIT_RECORDED = "audit_recorded"

    IMPORT_READ = "import_read"
    IMPORT_RECORDED = "import_recorded"


_left: dict[KillPoint, int] = {}


def arm(environment: Mapping[str, str] = os.environ) -> None:
    """Take up what a test wants.

    Raises:
        ValueError: there is no such point.
    """
    if wanted := environment.get(KILL_AT):
        name, _, passes = wanted.partition(":")
        _left[KillPoint(name)] = int(passes or 1)


def reached(point: KillPoint) -> None:
    """Kill the process if a test wants it here."""
    if _left and point in _left:
        _left[point] -= 1
        if _left[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
