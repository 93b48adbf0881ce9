"""What a reading of Trakt means: the items of a list, and the account's limits after a refusal."""

from dataclasses import replace
from datetime import datetime

from trakt_sync.mirroring.actions import AddItems, ReadItems
from trakt_sync.mirroring.job import Change, Job
from trakt_sync.mirroring.ledger import SET_ASIDE, LedgerChange, mirrored, set_aside
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Limit, Staleness
from trakt_sync.mirroring.recognition import recognise
from trakt_sync.mirroring.remote import AccountLimits, RemoteItems
from trakt_sync.mirroring.write_ahead import unconfirmed


def read(job: Job, action: ReadItems, remote: RemoteItems, now: datetime, policy: Policy) -> Change:
    """Return the change after the Trakt list's items were read. A reading that settles nothing changes no entry."""
    known = tuple(entry for entry in job.entries if entry.state not in SET_ASIDE)
    seen = recognise(known, remote.entries)
    is_other = action.is_for_ids and (len(remote.entries) != len(known) or bool(seen.strangers))
    if not remote.is_complete or seen.is_ambiguous or is_other:
        return _settled_nothing(job, action, now, policy)
    before = job.progress
    is_order_owed = before.staleness is not None and before.staleness.is_order_owed
    progress = replace(
        before,
        trakt_list=None
        if before.trakt_list is None
        else replace(before.trakt_list, foreign_count=remote.foreign_count),
        staleness=Staleness(None, before.reads + 1, is_order_owed),  # until the list is found to be as it should
        pending=None,
    )
    return Change(progress, LedgerChange(replace=(*seen.entries, *set_aside(job.entries))))


def _settled_nothing(job: Job, action: ReadItems, now: datetime, policy: Policy) -> Change:
    progress = job.progress
    written_at = None if progress.trakt_list is None else progress.trakt_list.written_at
    fresh_at = now if written_at is None else written_at + policy.stale_window
    if action.is_for_ids and fresh_at > now:  # nothing is wrong with the list: the answer is old
        staleness = replace(progress.staleness or Staleness(None), read_after=fresh_at)
        return Change(replace(progress, staleness=staleness))
    return Change(progress.stale(now, policy, reads=progress.reads + 1))


def limited(
    before: Job, begun: Job, action: AddItems, limits: AccountLimits, shown: int | None, now: datetime, policy: Policy
) -> Change:
    """Return the change after Trakt refused items for a limit.

    The limit of a list is published. Another one over all lists of an account is not. When the first cannot be the
    reason, the capacity is found by halves.

    Args:
        before: the job before the addition was begun.
        begun: the job with the pending addition.
        shown: the list's size as Trakt shows it after the refusal. Another one than ours means that a part was added
            all the same.
    """
    there = sum(1 for _ in mirrored(before.entries)) + before.progress.foreign_count
    change = Change(before.progress) if shown in (None, there) else unconfirmed(begun, now, policy)
    tried = there + len(action.titles)
    is_list_limit = limits.items is not None and tried > limits.items
    capacity = limits.items if is_list_limit and limits.items is not None else tried - 1
    limit = Limit(max(0, capacity - before.progress.foreign_count), is_upper_bound=not is_list_limit, met_at=now)
    return replace(change, progress=replace(change.progress, limit=limit))
