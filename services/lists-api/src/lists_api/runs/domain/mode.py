"""What kind of run a list needs."""

from datetime import datetime, timedelta
from typing import Literal

from lists_api.lists.domain.filling import Filling
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.schedule import Schedule
from lists_api.runs.domain.run import Demand
from lists_api.runs.domain.timing import next_run_at

Mode = Literal["full", "incremental", "watched_only", "skip"]
"""full: everything is ranked anew; incremental: titles that still fit stay, free places are filled; watched_only: what
was watched leaves; skip: the list stays as it is, and its schedule too."""


def mode_of(current: MediaList, schedule: Schedule, demand: Demand, *, now: datetime) -> Mode:
    """Return what a run does to the list as it is."""
    filling = current.properties.filling
    if filling is None or (filling.is_paused and not demand.is_by_user):  # it was paused while the run waited
        return "skip"
    if demand.trigger == "watched_only":
        return "watched_only"
    last_full = schedule.last_full_sync_at
    if demand.force_full or last_full is None or last_full + timedelta(days=filling.full_sync_days) <= now:
        return "full"
    if demand.is_due or _is_due(current.list_id, filling, schedule, now):
        return "incremental"
    return "skip"


def _is_due(list_id: int, filling: Filling, schedule: Schedule, now: datetime) -> bool:
    if schedule.next_sync_at is not None and schedule.next_sync_at <= now:
        return True
    # A paused list has no next time, and neither has one whose time was taken by the run that waits.
    last = schedule.last_sync_at
    return last is None or next_run_at(list_id, last, filling.sync_interval_hours) <= now
