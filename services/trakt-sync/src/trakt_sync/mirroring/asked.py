"""What a list's owner ends by asking for it: waits, and what was set aside."""

from dataclasses import replace
from datetime import datetime

from trakt_sync.mirroring.job import Change, Job, Next
from trakt_sync.mirroring.ledger import LedgerChange, rows_in, set_aside
from trakt_sync.mirroring.policy import Policy


def asked(job: Job, now: datetime, policy: Policy) -> Change:
    """Return the change after which everything is tried again that waits for a time, or for a change at Trakt."""
    progress = job.progress
    staleness, trakt_list = progress.staleness, progress.trakt_list
    if staleness is not None and staleness.read_after is not None:
        certain_from = None if trakt_list is None else trakt_list.certain_from(policy)
        read_after = min(staleness.read_after, max(now, certain_from or now))
        staleness = replace(staleness, read_after=read_after, reads=0)
    progress = replace(
        progress,
        limit=None,
        staleness=staleness,
        incident=replace(progress.incident, attempts=0),
        drift=replace(progress.drift, is_detached=False),
    )
    return Change(progress, LedgerChange(drop=rows_in(set_aside(job.entries))), next=Next(now))
