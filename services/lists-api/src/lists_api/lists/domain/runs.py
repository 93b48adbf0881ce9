"""The run that made a version of a list."""

from dataclasses import dataclass
from uuid import UUID

from watchbuddy_contracts import Trigger


@dataclass(frozen=True, slots=True)
class SyncRun:
    """A sync run that left a new version.

    Args:
        version: the list's version that the run left.
        updated: count of titles that came. removed: of those that left. total: of those on the list afterwards.
    """

    run_id: UUID
    version: int
    trigger: Trigger
    updated: int
    removed: int
    total: int
