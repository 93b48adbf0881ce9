"""What a failed call means for a list and its account. Pure: the time and the jitter are given.

The table of `docs/architecture.md`, row by row; 401 and 404 need a further call and are decided in `reconcile.py`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from trakt_sync.errors import (
    AccountLockedError,
    AppRefusedError,
    LimitReachedError,
    RateLimitedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.mirror import AccountChange, Job, LedgerChange, Progress
from trakt_sync.outcomes import doubted
from trakt_sync.steps import Policy, Step
from watchbuddy_contracts import FailedOperation, FailureReason, TraktSyncFailed

FIRST_DELAY: Final = timedelta(milliseconds=500)
LONGEST_DELAY: Final = timedelta(minutes=5)
LONGEST_REST: Final = timedelta(days=1)
"""Between tries of what Trakt refuses for this list alone: an edge's page passes, and a release may mend the rest."""
LOCKED_FOR: Final = timedelta(hours=1)
PATIENT_ATTEMPTS: Final = 3
"""Failures in a row before the user hears of it, where no quick tries went before: a single 502 is no news."""
PATIENT_WAIT: Final = timedelta(seconds=30)
"""Waits up to this long are Trakt's ordinary pacing and no news."""
DETAIL_LENGTH: Final = 300
PASSING: Final = frozenset({"network", "rate_limited"})


def failed(  # noqa: PLR0911 - one a row of the table
    before: Job, begun: Job, error: TraktError, now: datetime, *, jitter: float, policy: Policy
) -> Step:
    """Return what is recorded after the call failed.

    `before` is the job before the action was begun, and the truth again when Trakt surely did nothing; `begun` has the
    pending write or the intent. The jitter is 0 to 1.
    """
    match error:
        case TraktUnavailableError():
            lost = doubted(begun, now, policy)
            is_news = before.progress.attempts + 1 >= PATIENT_ATTEMPTS
            return _parked(before, lost.progress, "network", now, jitter=jitter, is_news=is_news, change=lost.change)
        case TraktUnreachableError():
            return _parked(before, before.progress, "network", now, jitter=jitter, is_news=True)
        case RateLimitedError(retry_after=retry_after):
            return _rate_limited(before, now, retry_after or delay(before.progress.attempts + 1, jitter))
        case AccountLockedError():
            until = now + LOCKED_FOR
            step = _told(before, before.progress, "account_locked", until)
            progress = replace(step.progress, due_at=until, parked_for="account_locked")
            return replace(step, progress=progress, account=AccountChange(until, "account_locked"))
        case LimitReachedError():
            until = now + policy.limit_retry
            step = _told(before, before.progress, "limit_reached", until)
            return replace(step, progress=replace(step.progress, due_at=until, parked_for="limit_reached"))
        case AppRefusedError():
            return Step(replace(before.progress, due_at=now))  # the breaker waits for all
        case _:
            is_news = before.progress.attempts + 1 >= PATIENT_ATTEMPTS
            return _parked(
                before, before.progress, "rejected", now, jitter=jitter, is_news=is_news, detail=error.detail
            )


def put_to_rest(job: Job, detail: str) -> Step:
    """Return the step after which only a change by the user helps: the list rests until its next version."""
    progress = replace(
        job.progress, due_at=None, attempts=0, parked_for="rejected", told="rejected", pending=None, remaining=None
    )
    return Step(progress, events=(_event(job, "rejected", None, detail),), has_result=True)


def outage(job: Job) -> Step:
    """Return the step for a list that waits while Trakt is away: its user is told once."""
    step = _told(job, job.progress, "network", None)
    return replace(step, progress=replace(step.progress, parked_for="network"))


def delay(attempts: int, jitter: float, longest: timedelta = LONGEST_DELAY) -> timedelta:
    """Return the wait after so many failures in a row (>= 1): doubling from half a second to `longest`."""
    doublings: int = min(attempts - 1, 18)
    return min(longest, FIRST_DELAY * (1 << doublings)) * (0.5 + jitter / 2)


def _parked(
    before: Job,
    progress: Progress,
    reason: FailureReason,
    now: datetime,
    *,
    jitter: float,
    is_news: bool,
    change: LedgerChange | None = None,
    detail: str = "",
) -> Step:
    attempts = before.progress.attempts + 1
    due_at = now + delay(attempts, jitter, LONGEST_REST if reason == "rejected" else LONGEST_DELAY)
    step = _told(before, progress, reason, due_at, detail) if is_news else Step(progress)
    parked = replace(step.progress, due_at=due_at, attempts=attempts, parked_for=reason)
    return Step(parked, change or step.change, step.events)


def _rate_limited(job: Job, now: datetime, wait: timedelta) -> Step:
    until = now + wait
    attempts = job.progress.attempts + 1
    is_news = wait >= PATIENT_WAIT or attempts > PATIENT_ATTEMPTS
    step = _told(job, job.progress, "rate_limited", until) if is_news else Step(job.progress)
    progress = replace(step.progress, due_at=until, attempts=attempts, parked_for="rate_limited")
    return replace(step, progress=progress, account=AccountChange(until, "rate_limited"))


def _told(job: Job, progress: Progress, reason: FailureReason, retry_at: datetime | None, detail: str = "") -> Step:
    """Tell the user, unless this incident was told already; what passes by itself is no news after anything else.

    Nor is the failure of a repair before it changed anything: the version was told to be done, and still is.
    """
    if progress.applied_version == job.version and not progress.is_changed:
        return Step(progress)
    if progress.told == reason or (progress.told is not None and reason in PASSING):
        return Step(progress)
    return Step(replace(progress, told=reason), events=(_event(job, reason, retry_at, detail),))


def _event(job: Job, reason: FailureReason, retry_at: datetime | None, detail: str) -> TraktSyncFailed:
    return TraktSyncFailed(
        user_id=job.user_id,
        list_id=job.list_id,
        version=job.version,
        title=job.desired.details.name,
        operation=operation_of(job),
        reason=reason,
        retry_at=retry_at,
        detail=detail[:DETAIL_LENGTH] or None,
    )


def operation_of(job: Job) -> FailedOperation:
    """Return what was being done, as the user sees it."""
    if not job.desired.is_present:
        return "delete"
    return "create" if job.progress.trakt_list_id is None else "sync"
