"""What Trakt's responses about the list itself mean: created, found again, updated, deleted, gone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from trakt_sync.mirroring.actions import UpdateList
from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.events import drift_found, list_created
from trakt_sync.mirroring.job import Change, Job, Next
from trakt_sync.mirroring.ledger import LedgerChange, not_found
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Intent, TraktList
from trakt_sync.mirroring.remote import RemoteList, RemoteLists
from trakt_sync.mirroring.texts import is_same_text, names_the_list

NAMED_SINCE: Final = timedelta(days=1)
"""How much older than the intent a list may seem whose description names ours. Not any age: ids may begin anew after a
restore, and what an earlier installation left must not be adopted."""
LOOK_AGAIN_AFTER: Final = timedelta(seconds=1)


def created(job: Job, remote: RemoteList, *, now: datetime, policy: Policy) -> Change:
    """Return the change after the Trakt list was made."""
    return _with_list(job, remote, job.desired.details, is_adopted=False, now=now, policy=policy)


def found(job: Job, remote: RemoteLists, owned: Iterable[int], now: datetime, policy: Policy) -> Change:
    """Return the change after the account's lists were read for a creation without a response.

    Args:
        owned: Trakt lists that are, or were, another list's. They are not ours to adopt.
        now: when the reading began.
    """
    intent = job.progress.intent
    if intent is None:
        return Change(job.progress, next=Next(now))
    taken = {*owned, *job.progress.former_ids}
    begun_at = intent.at + ((remote.answered_at or now) - now)  # by Trakt's clock, which dates the lists
    ours = [
        candidate
        for candidate in remote.lists
        if candidate.trakt_list_id not in taken and _is_of(intent, candidate, job.list_id, begun_at, policy)
    ]
    if ours:
        oldest = min(ours, key=lambda candidate: (candidate.created_at, candidate.trakt_list_id))
        return _with_list(job, oldest, _adopted_details(intent, oldest), is_adopted=True, now=now, policy=policy)
    since = intent.unanswered_since or now  # not the intent's time: the request itself may have taken as long
    settled_at = since + policy.create_settle
    if remote.is_complete and now >= settled_at:
        return Change(replace(job.progress, intent=None))
    unanswered = replace(job.progress, intent=replace(intent, unanswered_since=since))
    return Change(unanswered, next=Next(max(settled_at, now + LOOK_AGAIN_AFTER)))


def updated(job: Job, action: UpdateList) -> Change:
    """Return the change after the details were sent. What was sent is believed: Trakt's own spelling would loop."""
    tally = job.progress.tally
    trakt_list = job.progress.trakt_list
    progress = replace(
        job.progress,
        trakt_list=None if trakt_list is None else replace(trakt_list, details=job.desired.details),
        tally=replace(tally, is_renamed=tally.is_renamed or "name" in action.changes),
        pending=None,
    )
    return Change(progress)


def deleted(job: Job) -> Change:
    """Return the change after nothing of the list is left on Trakt."""
    return Change(job.progress.without_list(), LedgerChange(replace=()))


def gone(job: Job) -> Change:
    """Return the change after somebody else deleted the Trakt list for sure. It is made anew, if it is wanted."""
    if not job.desired.is_present:
        return deleted(job)
    progress = replace(job.progress.without_list(), recreated_version=job.version)
    event = drift_found(job, "list_deleted", "recreated")
    return Change(progress, LedgerChange(replace=not_found(job.entries)), (event,))


def _with_list(
    job: Job, remote: RemoteList, details: Details, *, is_adopted: bool, now: datetime, policy: Policy
) -> Change:
    trakt_list = TraktList(remote.trakt_list_id, remote.slug, made_at=now, details=details, written_at=now)
    progress = replace(job.progress, trakt_list=trakt_list, intent=None, pending=None)
    if remote.item_count:
        progress = progress.stale(now, policy)
    event = list_created(job, remote.trakt_list_id, remote.slug, is_adopted=is_adopted)
    return Change(progress, LedgerChange(replace=not_found(job.entries)), (event,))


def _adopted_details(intent: Intent, remote: RemoteList) -> Details:
    """Return the details as we sent them, where Trakt only spells them in its own way."""
    name = remote.details.name
    return replace(
        remote.details,
        name=intent.name if is_same_text(intent.name, name) else name,
        description=intent.description,
    )


def _is_of(intent: Intent, candidate: RemoteList, list_id: int, begun_at: datetime, policy: Policy) -> bool:
    """Whether the creation made this list. Where the description says whose it is, the name may have been changed."""
    description = candidate.details.description
    if names_the_list(intent.description, list_id) and description == intent.description:
        return candidate.created_at >= begun_at - NAMED_SINCE
    return (
        candidate.created_at >= begun_at - policy.clock_skew
        and is_same_text(candidate.details.name, intent.name)
        and is_same_text(description, intent.description)
    )
