"""When a list is run next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from lists_api.lists.domain.media_list import MediaList

ListStatus = Literal["queued", "syncing", "complete", "no_candidates", "needs_approval", "error"]
"""How a list is filled. A manual list is always what its owner made of it: complete."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A list's runs.

    Args:
        next_sync_at: None: nothing runs it by itself.
        last_sync_at: when the last run ended; None: there was none.
        last_full_sync_at: when everything was ranked anew last; None: the next run ranks everything anew.
    """

    status: ListStatus = "complete"
    next_sync_at: datetime | None = None
    last_sync_at: datetime | None = None
    last_full_sync_at: datetime | None = None


def after_edit(before: MediaList | None, after: MediaList, schedule: Schedule, *, now: datetime) -> Schedule:
    """Return the schedule after an edit by hand. A list that selects other titles is run at once, and in full.

    Args:
        before: None: the list is new.
    """
    filling = after.properties.filling
    if filling is None or after.is_deleted:
        return replace(schedule, next_sync_at=None)
    old = None if before is None else before.properties.filling
    if old is None or before is None or not old.selects_as(filling):
        status: ListStatus = schedule.status if filling.is_paused else "queued"
        schedule = replace(schedule, status=status, next_sync_at=now, last_full_sync_at=None)
    elif before.exclusions != after.exclusions or _is_unpinned(before, after):
        schedule = replace(schedule, next_sync_at=now)
    elif old.is_paused or old.sync_interval_hours != filling.sync_interval_hours:
        due = (schedule.last_sync_at or now) + timedelta(hours=filling.sync_interval_hours)
        schedule = replace(schedule, next_sync_at=max(now, due))
    return replace(schedule, next_sync_at=None) if filling.is_paused else schedule


def _is_unpinned(before: MediaList, after: MediaList) -> bool:
    """Whether the list has fewer pins and the same titles. A version that is gone back to has others: they may stay."""
    return before.pins > after.pins and set(before.items) == set(after.items)
