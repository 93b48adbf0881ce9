"""What comes next after a change: the next action's time, or the result that the user hears of."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from trakt_sync.mirroring.actions import Action, ReadItems
from trakt_sync.mirroring.diff import Difference
from trakt_sync.mirroring.events import drift_found, list_deleted, list_synced
from trakt_sync.mirroring.job import Change, Job, Next, Step
from trakt_sync.mirroring.ledger import LedgerChange
from trakt_sync.mirroring.plan import difference, planned
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Progress, Staleness
from watchbuddy_contracts import Event

MAX_READS_BEFORE_RESULT: Final = 3
"""Readings that settled nothing before a list is reported as done though its order could not be looked at."""


def advance(job: Job, change: Change, now: datetime, policy: Policy) -> Step:
    """Return what is recorded: the change, and what comes next.

    A stale ledger does not hold the result back. Every write was answered; reading the list again is a repair that
    comes later and is reported when it changes something.
    """
    if change.next is not None:
        return Step(change, replace(change.next, remaining=job.remaining))
    after = job.after(change)
    actual = after.actual
    found = planned(after.desired, actual)
    actions = found.actions
    if not actions and not job.desired.is_present:
        return _deleted(job, change)
    if not actions or _is_repair(actions, after):
        if after.progress.trakt_list is None:  # it was deleted by hand, and is to stay deleted
            return Step(_ended(change, change.progress.finished(after.version), change.ledger, None), Next())
        differs = found.differs or difference(after.desired, actual)
        return _synced(after, change, differs, len(actions), now, policy)
    due_at = now
    staleness = change.progress.staleness
    if isinstance(actions[0], ReadItems) and staleness is not None and staleness.read_after is not None:
        due_at = max(now, staleness.read_after)
    return Step(change, Next(due_at, remaining=len(actions)))


def _is_repair(actions: tuple[Action, ...], after: Job) -> bool:
    """Whether nothing is left but to read, or an order that is only owed or could not be looked at time and again."""
    staleness = after.progress.staleness
    is_reading = isinstance(actions[0], ReadItems) and not actions[0].is_for_ids
    if not is_reading or staleness is None:
        return False
    is_owed = staleness.is_order_owed and not after.desired.is_ordered
    is_given_up = staleness.reads >= MAX_READS_BEFORE_RESULT and after.desired.is_present
    return len(actions) == 1 or is_owed or is_given_up


def _deleted(job: Job, change: Change) -> Step:
    """Nothing of the list is left on Trakt. One that is wanted, and would be mirrored again, has no result."""
    if job.desired.is_leaving:
        former = change.progress.without_list().former_ids
        progress = Progress(former_ids=former, drift=change.progress.drift)
        return Step(replace(change, progress=progress, ledger=LedgerChange(replace=())), Next())
    event = list_deleted(job, job.progress.trakt_list_number)
    progress = Progress(
        applied_version=job.version, former_ids=change.progress.without_list().former_ids, drift=change.progress.drift
    )
    return Step(_ended(change, progress, LedgerChange(replace=()), event), Next())


def _synced(after: Job, change: Change, differs: Difference, left: int, now: datetime, policy: Policy) -> Step:
    """Trakt equals the version; `left` actions are a repair that comes later."""
    progress, actual, ledger = change.progress, after.actual, change.ledger
    if ledger.replace is None:
        drop = (*ledger.drop, *differs.aside_in_vain)
        ledger = replace(ledger, learn=(*ledger.learn, *differs.learned), drop=drop)
    repairs = _repairs(after)
    finished = replace(
        progress.finished(after.version),
        limit=None if progress.limit is None else replace(progress.limit, is_upper_bound=actual.is_upper_bound),
        staleness=_left_stale(progress.staleness, is_first=actual.is_first) if left else None,
    )
    again = []
    if differs.set_aside("not_found") or differs.not_removed:
        again.append((after.unknown_since or now) + policy.not_found_retry)
    if differs.set_aside("rejected"):
        again.append((after.rejected_since or now) + policy.rejected_retry)
    if differs.left_out:
        met_at = now if progress.limit is None else progress.limit.met_at
        again.append(max(now, met_at + policy.limit_retry))
    if left:
        again.append((finished.staleness and finished.staleness.read_after) or now)
    is_notified = progress.incident.notified is not None
    is_cut = progress.reads > 0 and bool(differs.left_out)  # what somebody took off found no place again
    is_news = after.version > progress.applied_version or not progress.tally.is_empty or is_notified or is_cut
    event = list_synced(after, differs) if is_news else None
    change = replace(change, events=(*change.events, *repairs))
    return Step(_ended(change, finished, ledger, event), Next(min(again, default=None), remaining=left or None))


def _repairs(after: Job) -> tuple[Event, ...]:
    """Return the event of what somebody had changed on Trakt, and was put right: the version had been equal before."""
    progress = after.progress
    is_repair = progress.reads > 0 and progress.applied_version == after.version
    if not is_repair or progress.tally.is_empty:
        return ()
    added, removed = progress.tally.added, progress.tally.removed
    return (drift_found(after, "items_edited", "repaired", added=added, removed=removed),)


def _ended(change: Change, progress: Progress, ledger: LedgerChange, result: Event | None) -> Change:
    events = change.events if result is None else (*change.events, result)
    return replace(change, progress=progress, ledger=ledger, events=events, result=result)


def _left_stale(staleness: Staleness | None, *, is_first: bool) -> Staleness | None:
    return None if staleness is None else replace(staleness, is_order_owed=is_first)
