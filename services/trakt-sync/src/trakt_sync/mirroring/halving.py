"""What becomes of a request that Trakt refuses for one of its titles: halves, until the title is alone.

One title that makes Trakt answer 400 or 500 must not keep the others from the list. It is set aside and named.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from trakt_sync.errors import RejectedError, TraktError
from trakt_sync.mirroring.actions import AddItems, RemoveItems
from trakt_sync.mirroring.failures import MIN_ATTEMPTS_TO_NOTIFY, failed
from trakt_sync.mirroring.job import Change, Job, Next
from trakt_sync.mirroring.ledger import Entry, LedgerChange, mirrored, rows_in, rows_of
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Refused
from trakt_sync.mirroring.write_ahead import doubted

MAX_ALONE: Final = 3
"""Titles in a row that were refused alone, after which it is not for the titles."""


def halved(
    before: Job,
    begun: Job,
    action: AddItems | RemoveItems,
    error: TraktError,
    now: datetime,
    *,
    jitter: float,
    policy: Policy,
) -> Change:
    """Return the change after a part of the list was refused, or failed, as `failures.failed`.

    Several titles that are refused are halved at once; those that fail some times in a row are, too, in growing waits.
    A title alone is set aside only when others of the list were taken. Else it may be the list that is refused.
    """
    sent = len(action.titles) if isinstance(action, AddItems) else len(action.entries)
    refused, attempts = before.progress.refused, before.progress.incident.attempts + 1
    is_lasting = attempts >= MIN_ATTEMPTS_TO_NOTIFY
    if sent > 1 and isinstance(error, RejectedError):
        change = doubted(Change(before.progress, next=Next(now)), begun, action, now)
        return _with(change, _sought(refused, action, sent), attempts=attempts - 1)
    change = failed(before, begun, error, now, jitter=jitter, policy=policy)
    if isinstance(error, RejectedError):
        change = doubted(change, begun, action, now)
    if sent > 1 and is_lasting:
        return _with(change, _sought(refused, action, sent), attempts=attempts)
    if sent > 1:
        return change
    title = action.titles[0] if isinstance(action, AddItems) else action.entries[0].title
    tries = refused.tries + 1 if refused.suspect == title else 1
    if tries < MIN_ATTEMPTS_TO_NOTIFY or refused.alone >= MAX_ALONE or not _has_taken_others(before):
        return _with(change, replace(refused, suspect=title, tries=tries), attempts=attempts)
    change = Change(before.progress, _set_aside(before, action), next=Next(now))
    return _with(change, Refused(alone=refused.alone + 1), attempts=0)


def _sought(refused: Refused, action: AddItems | RemoveItems, sent: int) -> Refused:
    if isinstance(action, AddItems):
        return replace(refused, additions=sent, removals=0)
    return replace(refused, additions=0, removals=sent)


def _has_taken_others(job: Job) -> bool:
    return any(True for _ in mirrored(job.entries))


def _with(change: Change, refused: Refused, *, attempts: int) -> Change:
    trakt_list = change.progress.trakt_list
    if trakt_list is None:
        raise AssertionError("items are sent to a list")
    incident = replace(change.progress.incident, attempts=attempts)
    progress = replace(change.progress, trakt_list=replace(trakt_list, refused=refused), incident=incident)
    return replace(change, progress=progress)


def _set_aside(before: Job, action: AddItems | RemoveItems) -> LedgerChange:
    if isinstance(action, AddItems):
        rejected = tuple(Entry(title, "rejected") for title in action.titles)
        return LedgerChange(append=rejected, drop=rows_of(before.entries, action.titles))
    stuck = tuple(entry._replace(state="not_removed", row_id=None) for entry in action.entries)
    return LedgerChange(append=stuck, drop=rows_in(action.entries))
