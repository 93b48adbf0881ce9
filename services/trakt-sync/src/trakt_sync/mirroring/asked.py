"""What a list's owner ends by asking for it: all waits. What was set aside is forgotten when the list is loaded."""

from dataclasses import replace
from datetime import datetime

from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.policy import Policy


def asked(job: Job, now: datetime, policy: Policy) -> Job:
    """Return the job without what waits for a time, or for a change at Trakt."""
    progress = job.progress
    staleness, trakt_list = progress.staleness, progress.trakt_list
    if staleness is not None and staleness.read_after is not None:
        certain_from = None if trakt_list is None else trakt_list.certain_from(policy)
        read_after = min(staleness.read_after, max(now, certain_from or now))
        staleness = replace(staleness, read_after=read_after, reads=0)
    progress = replace(
        progress,
        applied_version=0 if progress.drift.is_detached else progress.applied_version,  # of a list that is not there
        limit=None,
        staleness=staleness,
        incident=replace(progress.incident, attempts=0),
        drift=replace(progress.drift, is_detached=False),
    )
    return replace(job, progress=progress)
