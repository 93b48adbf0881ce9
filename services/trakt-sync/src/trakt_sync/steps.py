"""How a step ends: with the next action's time, or with the result that the user hears of. Pure: the time is given."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from trakt_sync.ledger import Entry
from trakt_sync.mirror import NO_CHANGE, AccountChange, Job, LedgerChange, Progress, with_ledger
from trakt_sync.plan import Action, ReadRemote, difference, plan
from watchbuddy_contracts import Event, TraktListDeleted, TraktListSynced


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to wait for what.

    Args:
        stale_window: for so long after a write Trakt's reads may be old.
        create_settle: for so long a list that was created may be missing from the account's lists.
        clock_skew: by so much a list may seem older than its creation's intent: Trakt's clock is known to the second
            only where it tells it.
        not_found_retry: after so long Trakt may have learned a title.
        limit_retry: after so long an account's limits may have changed.
    """

    stale_window: timedelta = timedelta(minutes=5)
    create_settle: timedelta = timedelta(minutes=2)
    clock_skew: timedelta = timedelta(minutes=2)
    not_found_retry: timedelta = timedelta(days=30)
    limit_retry: timedelta = timedelta(days=1)


LONGEST_WAIT: Final = 8
"""Doublings of the stale window between vain readings: from five minutes to about a day."""
PATIENT_READS: Final = 3
"""Vain readings before a list is told to be done though its order could not be looked at."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is recorded after an action, in one transaction.

    Args:
        has_result: the last event ends the work on the version; it is kept for sending it again.
    """

    progress: Progress
    change: LedgerChange = NO_CHANGE
    events: tuple[Event, ...] = ()
    has_result: bool = False
    account: AccountChange | None = None


def finished(job: Job, step: Step, now: datetime, policy: Policy) -> Step:
    """Return the step with what comes next: the result when nothing is left to do, else when to go on.

    A ledger in doubt does not hold the result back: every write was answered, and reading it again is a repair that
    comes later and is told when it changes something.
    """
    after = with_ledger(job, step.change, step.progress)
    actions = plan(after.desired, after.known)
    progress = replace(step.progress, attempts=0, parked_for=None)
    if not actions and not job.desired.is_present:
        ended = deleted(after)
        return replace(ended, events=(*step.events, *ended.events))
    if not actions or _is_repair(actions, job, progress):
        return _converged(after, replace(step, progress=progress), len(actions), now, policy)
    due_at = now
    if isinstance(actions[0], ReadRemote) and progress.read_after is not None:
        due_at = max(now, progress.read_after)
    return replace(step, progress=replace(progress, remaining=len(actions), due_at=due_at))


def _is_repair(actions: tuple[Action, ...], job: Job, progress: Progress) -> bool:
    """Whether nothing is left but to read, and an order that is only owed or could not be looked at time and again."""
    is_reading = isinstance(actions[0], ReadRemote) and not actions[0].is_for_places
    is_owed = progress.is_order_owed and not job.desired.is_ordered
    return is_reading and (len(actions) == 1 or is_owed or progress.vain_reads >= PATIENT_READS)


def _converged(after: Job, step: Step, left: int, now: datetime, policy: Policy) -> Step:
    """Return the step with the version's result; `left` actions are a repair that comes later."""
    progress, known = step.progress, after.known
    diff = difference(after.desired, known)
    change = step.change
    if change.replace is None:
        change = replace(change, learn=(*change.learn, *diff.learned))
    again = [now + policy.not_found_retry] * bool(diff.not_found)
    again += [max(now, (progress.limited_at or now) + policy.limit_retry)] * bool(diff.left_out)
    again += [progress.read_after or now] * bool(left)
    clean = replace(
        _clean(progress, after.version),
        due_at=min(again, default=None),
        is_probing=known.is_probing,
        remaining=left or None,
        vain_reads=progress.vain_reads if left else 0,
        is_order_owed=known.is_first and bool(left),
    )
    is_news = after.version > progress.applied_version or progress.is_changed or progress.told is not None
    if not is_news or progress.trakt_list_id is None:
        return replace(step, progress=clean, change=change)
    event = TraktListSynced(
        user_id=after.user_id,
        list_id=after.list_id,
        version=after.version,
        title=after.desired.details.name,
        trakt_list_id=progress.trakt_list_id,
        added=progress.added,
        removed=progress.removed,
        unchanged=max(0, len(diff.kept) - progress.added),
        renamed=progress.is_renamed,
        not_found=tuple(title.to_item() for title in diff.not_found),
        left_out=tuple(title.to_item() for title in diff.left_out),
    )
    return replace(step, progress=clean, change=change, events=(*step.events, event), has_result=True)


def _clean(progress: Progress, version: int) -> Progress:
    return replace(
        progress,
        applied_version=version,
        pending=None,
        remaining=None,
        due_at=None,
        attempts=0,
        parked_for=None,
        told=None,
        added=0,
        removed=0,
        is_renamed=False,
        recreated_version=None,
    )


def without_list(progress: Progress) -> Progress:
    """Return the progress when there is no Trakt list any more."""
    former = () if progress.trakt_list_id is None else (progress.trakt_list_id,)
    return replace(
        progress,
        applied_version=0,
        trakt_list_id=None,
        slug=None,
        made_at=None,
        former_ids=(*progress.former_ids, *former),
        details=None,
        is_trusted=True,
        read_after=None,
        foreign_count=0,
        pending=None,
        capacity=None,
        is_probing=False,
        limited_at=None,
        vain_reads=0,
        is_order_owed=False,
    )


def without_old_limits(job: Job, now: datetime, policy: Policy) -> Job:
    """Return the job with limits forgotten that may have changed since."""
    limited_at = job.progress.limited_at
    if limited_at is None or now < limited_at + policy.limit_retry:
        return job
    return replace(job, progress=replace(job.progress, capacity=None, is_probing=False, limited_at=None))


def deleted(job: Job) -> Step:
    """Return the step after nothing of the list is left on Trakt."""
    event = TraktListDeleted(
        user_id=job.user_id,
        list_id=job.list_id,
        version=job.version,
        title=job.desired.details.name,
        trakt_list_id=job.progress.trakt_list_id,
    )
    progress = _clean(without_list(job.progress), job.version)
    return Step(progress, LedgerChange(replace=()), (event,), has_result=True)


def left_behind(job: Job, now: datetime) -> Step:
    """Return the step after the user connected another Trakt account: what was made on the one before is out of reach.

    The list is made anew. Of one that is to be deleted there is nothing where we can look, and no more is said of it,
    unless the user comes back (`taken_up`).
    """
    before = job.progress
    progress = Progress(former_ids=without_list(before).former_ids, result=before.result, due_at=now)
    if not job.desired.is_present:
        return deleted(replace(job, progress=progress))
    return Step(progress, LedgerChange(replace=()))


def taken_up(job: Job, trakt_list_id: int, entries: tuple[Entry, ...], now: datetime) -> Step:
    """Return the step after the user came back to a Trakt account where the list has been left with these entries.

    It may have changed since; and if the list was deleted meanwhile, the deletion is carried out now.
    """
    former_ids = tuple(former for former in job.progress.former_ids if former != trakt_list_id)
    progress = Progress(
        trakt_list_id=trakt_list_id, former_ids=former_ids, is_trusted=False, result=job.progress.result, due_at=now
    )
    return Step(progress, LedgerChange(replace=entries))


def untrusted(progress: Progress, now: datetime, policy: Policy) -> Progress:
    """Return the progress when the ledger cannot be believed: Trakt is read once its answers cannot be stale.

    A time that is set already stays, or edits in a row would put the reading off without end; one that is too early for
    the last of them costs another reading. After vain readings it is read again in growing waits: what Trakt shows is
    then not likely to get better soon.
    """
    read_at = now + policy.stale_window * (1 << min(progress.vain_reads, LONGEST_WAIT))
    if progress.read_after is not None and progress.read_after > now:
        read_at = progress.read_after
    return replace(progress, is_trusted=False, read_after=read_at)
