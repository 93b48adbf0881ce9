"""The result events of a list."""

from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from trakt_sync.mirroring.diff import Difference
from trakt_sync.mirroring.job import Job
from watchbuddy_contracts import (
    FailedOperation,
    FailureReason,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktSynced,
    TraktSyncFailed,
    TraktWatchlistSynced,
    to_items,
)

DriftAction: TypeAlias = Literal["recreated", "detached", "repaired", "kept"]
SOURCE: Final = "/trakt-sync"
"""CloudEvents source of this service's events."""
MAX_DETAIL_LENGTH: Final = 300


def _about(job: Job) -> dict[str, Any]:
    """Return the fields that every event of a list has."""
    title = job.desired.details.name
    return {"user_id": job.user_id, "list_id": job.list_id, "version": job.version, "title": title}


def list_created(job: Job, trakt_list_id: int, slug: str, *, is_adopted: bool) -> TraktListCreated:
    return TraktListCreated(**_about(job), trakt_list_id=trakt_list_id, slug=slug, adopted=is_adopted)


def list_synced(job: Job, differs: Difference) -> TraktSynced:
    """Return the result of a version that Trakt equals."""
    tally = job.progress.tally
    fields = {
        **_about(job),
        "added": tally.added,
        "removed": tally.removed,
        "unchanged": max(0, len(differs.kept) - tally.added),
        "renamed": tally.is_renamed,
        "not_found": to_items(differs.set_aside("not_found")),
        "rejected": to_items(differs.set_aside("rejected")),
        "not_removed": to_items(entry.title for entry in differs.not_removed),
        "left_out": to_items(differs.left_out),
    }
    if job.is_on_watchlist:
        return TraktWatchlistSynced(**fields)
    return TraktListSynced(**fields, trakt_list_id=job.trakt_list_number)


def list_deleted(job: Job, trakt_list_id: int | None) -> TraktListDeleted:
    """Return the event of a list of which nothing is left. Args: job: as it was before."""
    stuck = [one for one in job.entries if job.is_on_watchlist and one.state == "not_removed" and not one.is_by_others]
    not_removed = to_items(entry.title for entry in stuck)
    return TraktListDeleted(**_about(job), trakt_list_id=trakt_list_id, not_removed=not_removed)


def drift_found(
    job: Job, kind: Literal["list_deleted", "list_renamed", "items_edited"], action: DriftAction, **details: object
) -> TraktDriftFound:
    """Return the event of somebody else's change on Trakt, and of what is made of it.

    Args:
        details: further fields of the event.
    """
    return TraktDriftFound.model_validate({**_about(job), "kind": kind, "action": action, **details})


def sync_failed(job: Job, reason: FailureReason, retry_at: datetime | None = None, detail: str = "") -> TraktSyncFailed:
    """Return the event of a failure.

    Args:
        retry_at: None: only the user can help, or nobody knows when.
        detail: Trakt's own words, for people.
    """
    operation = operation_of(is_present=job.desired.is_present, is_on_trakt=job.progress.trakt_list is not None)
    words = detail[:MAX_DETAIL_LENGTH] or None
    return TraktSyncFailed(**_about(job), operation=operation, reason=reason, retry_at=retry_at, detail=words)


def operation_of(*, is_present: bool, is_on_trakt: bool) -> FailedOperation:
    """Return what was being done, as the user sees it."""
    if not is_present:
        return "delete"
    return "sync" if is_on_trakt else "create"
