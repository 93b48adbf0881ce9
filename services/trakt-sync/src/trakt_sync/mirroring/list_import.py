"""An import: a list on Trakt that is read once, whole. What its reading means, and what a failure means."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from trakt_sync.errors import (
    AppRefusedError,
    ListGoneError,
    PrivateListError,
    RateLimitedError,
    RenewalRefusedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.mirroring.backoff import delay
from trakt_sync.mirroring.job import NO_ACCOUNT_CHANGE, AccountChange
from trakt_sync.mirroring.remote import FoundList, ReadList
from watchbuddy_contracts import ReadFailureReason, TraktListRead, TraktListReadFailed, to_items

MAX_ENTRIES: Final = 10_000
"""More than a list of ours can hold. Trakt itself allows 5,000."""
READ_WITHIN: Final = timedelta(days=1)
"""A user who asked for a list does not expect it later."""


@dataclass(frozen=True, slots=True)
class ListImport:
    """A list on Trakt that is to be read.

    Args:
        trakt_list: its number or slug.
        owner: the slug of the Trakt user; `me`: the account's own.
        attempts: failures so far.
        is_notified: the user knows that it waits for Trakt.
    """

    import_id: UUID
    user_id: str
    trakt_list: str
    owner: str
    requested_at: datetime
    attempts: int = 0
    is_notified: bool = False
    trace_context: str | None = None


@dataclass(frozen=True, slots=True)
class ImportStep:
    """What is recorded after a try.

    Args:
        due_at: the next try; None: the import is done.
    """

    event: TraktListRead | TraktListReadFailed | None = None
    due_at: datetime | None = None
    attempts: int = 0
    account: AccountChange = NO_ACCOUNT_CHANGE


def read(job: ListImport, found: FoundList, content: ReadList) -> ImportStep:
    """Return the step after the list was read, whole."""
    event = TraktListRead(
        user_id=job.user_id,
        import_id=job.import_id,
        trakt_list_id=found.trakt_list_id,
        name=found.name,
        description=found.description,
        url=found.url,
        items=to_items(content.titles),
        item_count=content.entry_count,
        foreign=content.foreign,
    )
    return ImportStep(event)


def refused(job: ListImport, reason: ReadFailureReason, detail: str | None = None) -> ImportStep:
    """Return the step that ends the import without a list."""
    return ImportStep(failure(job, reason, detail=detail))


def failed(job: ListImport, error: TraktError, now: datetime, jitter: float) -> ImportStep:
    """Return the step after a failed request. 401 and 403 need a further request: see `reconciler/importer.py`.

    Args:
        jitter: 0 to 1.
    """
    wait = error.retry_after or timedelta(0)
    step = _meaning(job, error, now, max(delay(job.attempts + 1, jitter), wait))
    if not wait or step.account.blocked_until is not None:
        return step
    return replace(step, account=AccountChange(now + wait, "rate_limited"))


def _meaning(job: ListImport, error: TraktError, now: datetime, wait: timedelta) -> ImportStep:
    match error:
        case ListGoneError():
            return refused(job, "not_found")
        case PrivateListError():
            return refused(job, "private")
        case TraktUnavailableError() | TraktUnreachableError() | RenewalRefusedError():
            return _retried(job, now, wait)
        case RateLimitedError(retry_after=retry_after):
            wait = retry_after or wait
            step = _retried(job, now, wait, is_news=False)
            return replace(step, account=AccountChange(now + wait, "rate_limited"))
        case AppRefusedError():
            return ImportStep(due_at=now, attempts=job.attempts)  # the breaker waits for all
        case _:
            return refused(job, "rejected", error.detail)


def postponed(job: ListImport, account: AccountChange, now: datetime) -> ImportStep:
    """Return the step after the account's tokens were looked at: the list is tried again as soon as the account may."""
    if account.needs_reauthorization:
        return ImportStep(failure(job, "auth"), account=account)
    return ImportStep(due_at=now, attempts=job.attempts, account=account)


def failure(
    job: ListImport, reason: ReadFailureReason, *, detail: str | None = None, retry_at: datetime | None = None
) -> TraktListReadFailed:
    """Return the event that says why the list was not read."""
    return TraktListReadFailed(
        user_id=job.user_id,
        import_id=job.import_id,
        trakt_list=job.trakt_list,
        owner=job.owner,
        reason=reason,
        detail=detail,
        retry_at=retry_at,
    )


def is_over(job: ListImport, now: datetime) -> bool:
    """Return whether the list was tried for long enough."""
    return now >= job.requested_at + READ_WITHIN


def _retried(job: ListImport, now: datetime, wait: timedelta, *, is_news: bool = True) -> ImportStep:
    if is_over(job, now + wait):
        return refused(job, "network")
    until = now + wait
    event = failure(job, "network", retry_at=until) if is_news and not job.is_notified else None
    return ImportStep(event, until, job.attempts + 1)
