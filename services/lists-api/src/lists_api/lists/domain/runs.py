"""Sync runs of a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from watchbuddy_contracts import Trigger

RunState = Literal["succeeded"]
"""The run of a manual list succeeds in the transaction that starts it. Runs of smart lists will add their states."""


@dataclass(frozen=True, slots=True)
class SyncRun:
    """A sync run that ended well.

    Args:
        version: the list's version that the run left.
        updated: count of items that the run changed; 0 on a manual list, which only its owner fills.
        removed: count of items that the run took out; 0 on a manual list.
        total: count of items after the run.
    """

    run_id: UUID
    version: int
    trigger: Trigger
    updated: int
    removed: int
    total: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A sync run as the list's owner reads it.

    Args:
        finished_at: None while it runs.
    """

    list_id: int
    run: SyncRun
    state: RunState
    started_at: datetime
    finished_at: datetime | None
