"""How a step ends: with the next action's time, or with the result that the user hears of. Pure: the time is given."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts import Event, TraktListDeleted, TraktListSynced
from trakt_sync.mirror import NO_CHANGE, AccountChange, Job, LedgerChange, Progress, with_ledger
from trakt_sync.plan import ReadRemote, difference, plan


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to wait for what.

    Args:
        stale_window: for so long after a write Trakt's reads may be old.
        create_settle: for so long a list that was created may be missing from the account's lists.
        clock_skew: by so much Trakt's clock may be behind ours.
        not_found_retry: after so long Trakt may have learned a title.
        limit_retry: after so long an account's limits may have changed.
    """

    stale_window: timedelta = timedelta(minutes=5)
    create_settle: timedelta = timedelta(minutes=2)
    clock_skew: timedelta = timedelta(minutes=2)
    not_found_retry: timedelta = timedelta(days=30)
    limit_retry: timedelta = timedelta(days=1)


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
    """Return the step with what comes next: the result when nothing is left to do, else when to go on."""
    after = with_ledger(job, step.change, step.progress)
    actions = plan(after.desired, after.known)
    progress = replace(step.progress, attempts=0, parked_for=None)
    if not actions:
        if not job.desired.is_present:
            ended = deleted(after)
            return replace(ended, events=(*step.events, *ended.events))
        return _converged(after, replace(step, progress=progress), now, policy)
    due_at = now
    if isinstance(actions[0], ReadRemote) and progress.read_after is not None:
        due_at = max(now, progress.read_after)
    return replace(step, progress=replace(progress, remaining=len(actions), due_at=due_at))


def _converged(after: Job, step: Step, now: datetime, policy: Policy) -> Step:
    progress = step.progress
    diff = difference(after.desired, after.known)
    change = replace(step.change, learn=diff.learned) if step.change.replace is None else step.change
    clean = _clean(progress, after.version)
    waits = [policy.not_found_retry] * bool(diff.not_found) + [policy.limit_retry] * bool(diff.left_out)
    clean = replace(
        clean,
        due_at=now + min(waits) if waits else None,
        capacity=progress.capacity,
        is_probing=False,
        limited_at=progress.limited_at,
    )
    is_changed = progress.added or progress.removed or progress.is_renamed
    is_news = after.version > progress.applied_version or is_changed or progress.told is not None
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

    The list is made anew. Of one that is to be deleted there is nothing where we can look, and no more is said of it.
    """
    before = job.progress
    progress = Progress(former_ids=without_list(before).former_ids, result=before.result, due_at=now)
    if not job.desired.is_present:
        return deleted(replace(job, progress=progress))
    return Step(progress, LedgerChange(replace=()))


def untrusted(progress: Progress, now: datetime, policy: Policy) -> Progress:
    """Return the progress when the ledger cannot be believed: Trakt is read once its answers cannot be stale."""
    return replace(progress, is_trusted=False, read_after=now + policy.stale_window)
