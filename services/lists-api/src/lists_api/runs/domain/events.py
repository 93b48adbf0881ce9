"""The events of a run, beside those that carry the list's state."""

from typing import Any, Literal
from uuid import UUID

from lists_api.runs.domain.run import DONE, Demand, Lease, Step
from watchbuddy_contracts import ListRunChanged, ListRunHeld, ListSyncFailed, ListSyncUnchanged, RunState


def _about(lease: Lease, demand: Demand) -> dict[str, Any]:
    """Return the fields that every event of a run has."""
    return {
        "list_id": lease.list_id,
        "user_id": lease.user_id,
        "version": lease.version,
        "title": lease.title,
        "run_id": lease.run_id,
        "trigger": demand.trigger,
    }


def run_changed(
    lease: Lease, demand: Demand, state: RunState, step: Step | None, percent: int = DONE, **counts: int
) -> ListRunChanged:
    """Return what open screens are told of a run. The counts are those of the event."""
    return ListRunChanged(**_about(lease, demand), state=state, step=step, percent=percent, **counts)


def run_queued(run_id: UUID, demand: Demand, *, list_id: int, user_id: str, version: int, title: str) -> ListRunChanged:
    """Return what open screens are told of a run that waits."""
    return ListRunChanged(
        list_id=list_id,
        user_id=user_id,
        version=version,
        title=title,
        run_id=run_id,
        trigger=demand.trigger,
        state="queued",
        percent=0,
    )


def run_held(lease: Lease, demand: Demand, *, would_add: int, would_remove: int, total: int) -> ListRunHeld:
    """Return the event of a run that waits for the list's owner."""
    return ListRunHeld(**_about(lease, demand), would_add=would_add, would_remove=would_remove, total=total)


def run_failed(lease: Lease, demand: Demand, reason: Literal["no_candidates", "error"]) -> ListSyncFailed:
    """Return the event of a run without a result."""
    return ListSyncFailed(**_about(lease, demand), reason=reason)


def run_unchanged(lease: Lease, demand: Demand, reason: Literal["same", "not_due"]) -> ListSyncUnchanged:
    """Return what a user is told whose run left the list as it was."""
    return ListSyncUnchanged(**_about(lease, demand), reason=reason)
