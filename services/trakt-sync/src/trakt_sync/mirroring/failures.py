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
    RenewalRefusedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.mirroring.backoff import MAX_REJECTED_DELAY, delay
from trakt_sync.mirroring.events import sync_failed
from trakt_sync.mirroring.job import AccountChange, Change, Job, Next
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Incident, Limit, Progress
from trakt_sync.mirroring.write_ahead import unconfirmed
from watchbuddy_contracts import FailureReason

LOCKED_FOR: Final = timedelta(hours=1)
MIN_ATTEMPTS_TO_NOTIFY: Final = 3
"""Failures in a row before the user hears of it, where no quick tries went before: a single 502 is no news."""
MIN_WAIT_TO_NOTIFY: Final = timedelta(seconds=30)
"""Shorter waits are Trakt's ordinary pacing and no news."""
NO_WAIT: Final = timedelta(0)
TRANSIENT: Final = frozenset({"network", "rate_limited"})


def failed(before: Job, begun: Job, error: TraktError, now: datetime, *, jitter: float, policy: Policy) -> Change:
    """Return the change after a request failed. Neither list nor account is looked at before Trakt said so.

    Args:
        before: the job before the action was begun, and the truth again when Trakt surely did nothing.
        begun: the job with the pending write or the intent.
        jitter: 0 to 1.
    """
    return not_before(_meaning(before, begun, error, now, jitter, policy), error, now)


def not_before(change: Change, error: TraktError, now: datetime) -> Change:
    """Return the change with the account's wait, where Trakt said how long to wait."""
    if not error.retry_after:
        return change
    until, account = now + error.retry_after, change.account
    if account.blocked_until is not None and account.blocked_until >= until:
        return change
    reason = account.reason or (change.next and change.next.waits_for) or "rate_limited"
    return replace(change, account=replace(account, blocked_until=until, reason=reason))


def _meaning(  # noqa: PLR0911 - one a row of the table
    before: Job, begun: Job, error: TraktError, now: datetime, jitter: float, policy: Policy
) -> Change:
    attempts, wait = before.progress.incident.attempts + 1, error.retry_after or NO_WAIT
    match error:
        case TraktUnavailableError():  # it may have carried the write out
            change, is_news = unconfirmed(begun, now), _is_lasting(attempts, wait)
            return _retried(before, change, "network", now + max(delay(attempts, jitter), wait), is_news=is_news)
        case TraktUnreachableError():
            return _retried(before, Change(before.progress), "network", now + delay(attempts, jitter), is_news=True)
        case RenewalRefusedError():
            change, is_news = Change(before.progress), _is_lasting(attempts, wait)
            return _retried(before, change, "network", now + max(delay(attempts, jitter), wait), is_news=is_news)
        case RateLimitedError():
            return _rate_limited(before, now, wait or delay(attempts, jitter))
        case AccountLockedError():
            until = now + max(LOCKED_FOR, wait)
            change = _blocked(before, "account_locked", until)
            return replace(change, account=AccountChange(until, "account_locked"))
        case LimitReachedError():
            no_place = Limit(0, is_upper_bound=False, met_at=now)
            before = replace(before, progress=replace(before.progress, limit=before.progress.limit or no_place))
            return _blocked(before, "limit_reached", now + max(policy.limit_retry, wait))
        case AppRefusedError():
            return Change(before.progress, next=Next(now))  # the breaker waits for all
        case _:
            due_at = now + max(delay(attempts, jitter, MAX_REJECTED_DELAY), wait)
            change, is_news = Change(before.progress), _is_lasting(attempts, wait)
            return _retried(before, change, "rejected", due_at, is_news=is_news, detail=error.detail)


def waiting_for_a_place(job: Job, now: datetime, policy: Policy) -> Change | None:
    """Return the change of a list that found no place on the account and still has none; None: it may be tried."""
    limit = job.progress.limit
    is_to_be_made = job.progress.trakt_list is None and job.desired.policies.target == "list"
    if limit is None or not is_to_be_made or not job.desired.is_present:
        return None
    until = max(now, limit.met_at + policy.limit_retry)
    return replace(_notified(job, Change(job.progress), "limit_reached", until), next=Next(until, "limit_reached"))


def give_up(job: Job, detail: str) -> Change:
    """Return the change after which only a change by the user helps: the list rests until its next version."""
    incident = Incident(0, "rejected", job.version)
    progress = replace(job.progress, incident=incident, pending=None)
    result = sync_failed(job, "rejected", None, detail)
    return Change(progress, events=(result,), result=result, next=Next(None, "rejected"))


def _is_lasting(attempts: int, wait: timedelta) -> bool:
    return attempts >= MIN_ATTEMPTS_TO_NOTIFY or wait >= MIN_WAIT_TO_NOTIFY


def _retried(
    before: Job, change: Change, reason: FailureReason, due_at: datetime, *, is_news: bool, detail: str = ""
) -> Change:
    change = _failed_again(before, change)
    if is_news:
        change = _notified(before, change, reason, due_at, detail)
    return replace(change, next=Next(due_at, reason))


def _blocked(before: Job, reason: FailureReason, until: datetime) -> Change:
    """No retry helps for a long time."""
    return replace(_notified(before, Change(before.progress), reason, until), next=Next(until, reason))


def _rate_limited(before: Job, now: datetime, wait: timedelta) -> Change:
    until = now + wait
    attempts = before.progress.incident.attempts + 1
    change = _failed_again(before, Change(before.progress))
    if wait >= MIN_WAIT_TO_NOTIFY or attempts > MIN_ATTEMPTS_TO_NOTIFY:
        change = _notified(before, change, "rate_limited", until)
    return replace(change, next=Next(until, "rate_limited"), account=AccountChange(until, "rate_limited"))


def _failed_again(before: Job, change: Change) -> Change:
    incident = before.progress.incident
    incident = replace(incident, attempts=incident.attempts + 1)
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
    if before.desired.is_leaving:  # what is left is told with the account's end
        return change
    notified = progress.incident.notified
    if notified == reason or (notified is not None and reason in TRANSIENT):
        return change
    progress = replace(progress, incident=replace(progress.incident, notified=reason))
    return replace(change, progress=progress, events=(sync_failed(before, reason, retry_at, detail),))
