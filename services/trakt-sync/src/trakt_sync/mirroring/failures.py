"""What a failed request means for a list and its account: the table of `docs/architecture.md`, row by row.

401 and 404 need a further request: see `reconciler/recover.py`.
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
from trakt_sync.mirroring.backoff import MAX_DELAY, MAX_REJECTED_DELAY, delay
from trakt_sync.mirroring.events import sync_failed
from trakt_sync.mirroring.job import AccountChange, Change, Job, Next
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Incident, Progress
from trakt_sync.mirroring.write_ahead import unconfirmed
from watchbuddy_contracts import FailureReason

LOCKED_FOR: Final = timedelta(hours=1)
MIN_ATTEMPTS_TO_NOTIFY: Final = 3
"""Failures in a row before the user hears of it, where no quick tries went before: a single 502 is no news."""
MIN_WAIT_TO_NOTIFY: Final = timedelta(seconds=30)
"""Shorter waits are Trakt's ordinary pacing and no news."""
TRANSIENT: Final = frozenset({"network", "rate_limited"})


def failed(  # noqa: PLR0911 - one a row of the table
    before: Job, begun: Job, error: TraktError, now: datetime, *, jitter: float, policy: Policy
) -> Change:
    """Return the change after a request failed.

    Args:
        before: the job before the action was begun, and the truth again when Trakt surely did nothing.
        begun: the job with the pending write or the intent.
        jitter: 0 to 1.
    """
    match error:
        case TraktUnavailableError():
            return _unavailable(before, begun, now, jitter, policy)
        case TraktUnreachableError():
            return _retried(before, Change(before.progress), "network", now, jitter=jitter, is_news=True)
        case RateLimitedError(retry_after=retry_after):
            return _rate_limited(before, now, retry_after or delay(before.progress.incident.attempts + 1, jitter))
        case AccountLockedError():
            until = now + LOCKED_FOR
            change = _blocked(before, "account_locked", until)
            return replace(change, account=AccountChange(until, "account_locked"))
        case LimitReachedError():
            return _blocked(before, "limit_reached", now + policy.limit_retry)
        case AppRefusedError():
            return Change(before.progress, next=Next(now))  # the breaker waits for all
        case _:
            return _rejected(before, now, jitter, error.detail)


def give_up(job: Job, detail: str) -> Change:
    """Return the change after which only a change by the user helps: the list rests until its next version."""
    incident = Incident(0, "rejected", job.version)
    progress = replace(job.progress, incident=incident, pending=None)
    result = sync_failed(job, "rejected", None, detail)
    return Change(progress, events=(result,), result=result, next=Next(None, "rejected"))


def _unavailable(before: Job, begun: Job, now: datetime, jitter: float, policy: Policy) -> Change:
    """Trakt may have carried the write out."""
    change = unconfirmed(begun, now, policy)
    return _retried(before, change, "network", now, jitter=jitter, is_news=_is_lasting(before))


def _rejected(before: Job, now: datetime, jitter: float, detail: str) -> Change:
    change = Change(before.progress)
    is_news = _is_lasting(before)
    return _retried(before, change, "rejected", now, jitter=jitter, is_news=is_news, detail=detail)


def _is_lasting(before: Job) -> bool:
    return before.progress.incident.attempts + 1 >= MIN_ATTEMPTS_TO_NOTIFY


def _retried(
    before: Job,
    change: Change,
    reason: FailureReason,
    now: datetime,
    *,
    jitter: float,
    is_news: bool,
    detail: str = "",
) -> Change:
    attempts = before.progress.incident.attempts + 1
    due_at = now + delay(attempts, jitter, MAX_REJECTED_DELAY if reason == "rejected" else MAX_DELAY)
    change = _failed_again(before, change, attempts)
    if is_news:
        change = _notified(before, change, reason, due_at, detail)
    return replace(change, next=Next(due_at, reason))


def _blocked(before: Job, reason: FailureReason, until: datetime) -> Change:
    """No retry helps for a long time."""
    change = _failed_again(before, Change(before.progress), before.progress.incident.attempts)
    return replace(_notified(before, change, reason, until), next=Next(until, reason))


def _rate_limited(before: Job, now: datetime, wait: timedelta) -> Change:
    until = now + wait
    attempts = before.progress.incident.attempts + 1
    change = _failed_again(before, Change(before.progress), attempts)
    if wait >= MIN_WAIT_TO_NOTIFY or attempts > MIN_ATTEMPTS_TO_NOTIFY:
        change = _notified(before, change, "rate_limited", until)
    return replace(change, next=Next(until, "rate_limited"), account=AccountChange(until, "rate_limited"))


def _failed_again(before: Job, change: Change, attempts: int) -> Change:
    incident = replace(change.progress.incident, attempts=attempts, version=before.version)
    return replace(change, progress=replace(change.progress, incident=incident))


def _notified(
    before: Job, change: Change, reason: FailureReason, retry_at: datetime | None, detail: str = ""
) -> Change:
    """Return the change with the user's notification, unless the incident was reported already.

    After another failure, a transient one is not reported as well. Nor is the failure of a repair before it changed
    anything: the version was reported as done, and still is.
    """
    progress: Progress = change.progress
    if progress.applied_version == before.version and progress.tally.is_empty:
        return change
    notified = progress.incident.notified
    if notified == reason or (notified is not None and reason in TRANSIENT):
        return change
    progress = replace(progress, incident=replace(progress.incident, notified=reason))
    return replace(change, progress=progress, events=(sync_failed(before, reason, retry_at, detail),))
