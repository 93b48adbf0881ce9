"""A sync run as it stands in the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from watchbuddy_contracts import RunState, Trigger

Step = Literal["candidates", "scoring", "saving"]
PERCENT: Final[Mapping[Step, int]] = {"candidates": 10, "scoring": 50, "saving": 80}
"""How far a run is when a step begins."""
DONE: Final = 100
UNFINISHED: Final[frozenset[RunState]] = frozenset({"queued", "running"})


@dataclass(frozen=True, slots=True)
class Run:
    """A sync run as the list's owner reads it.

    Args:
        step: what it is doing; None: it waits, or has ended.
        percent: 0 while it waits, 100 when it has ended.
        is_full: it ranks everything anew; False: it keeps the titles that still fit; None: not decided yet, or it
            had nothing to rank.
        version: the list's version that the run left; None: it changed nothing.
        updated, removed, total: counts of the titles that came and left, and of those on the list afterwards; None:
            it has not ended. Of a held run, what it would do.
        error: why it failed or was cancelled, in words for people; None: it was not.
    """

    run_id: UUID
    list_id: int
    state: RunState
    trigger: Trigger
    step: Step | None
    percent: int
    is_full: bool | None
    version: int | None
    updated: int | None
    removed: int | None
    total: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of a run. Whoever joins a run before it ends may ask for more.

    Args:
        force_full: rank everything anew in any case.
        is_due: the schedule has asked for it.
    """

    trigger: Trigger
    force_full: bool = False
    is_due: bool = False

    @property
    def is_by_user(self) -> bool:
        return self.trigger != "auto"


@dataclass(frozen=True, slots=True)
class Lease:
    """A run in the hands of a worker.

    Args:
        lease: names the claim. Who has another one, or a run that has ended, has lost it.
        attempts: claims of the run, this one included.
        version, title: of the list, when the run was claimed.
    """

    run_id: UUID
    lease: UUID
    list_id: int
    user_id: str
    version: int
    title: str
    attempts: int
    demand: Demand
