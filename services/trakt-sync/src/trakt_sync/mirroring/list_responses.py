"""What Trakt's responses about the list itself mean: created, found again, updated, deleted, gone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from trakt_sync.mirroring.actions import DeleteTwin, UpdateList
from trakt_sync.mirroring.backoff import delay
from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.events import drift_found, list_created
from trakt_sync.mirroring.failures import give_up
from trakt_sync.mirroring.job import Change, Job, Next
from trakt_sync.mirroring.ledger import LedgerChange, set_aside
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Intent, TraktList
from trakt_sync.mirroring.remote import RemoteList, RemoteLists
from trakt_sync.mirroring.texts import is_same_text, names_the_list

NAMED_SINCE: Final = timedelta(days=1)
"""How much older than the intent a list may seem whose description names ours. Not any age: ids may begin anew after a
restore, and what an earlier installation left must not be adopted."""
LOOK_AGAIN_AFTER: Final = timedelta(seconds=1)


def created(job: Job, remote: RemoteList, *, now: datetime, policy: Policy) -> Change:
    """Return the change after the Trakt list was made. Details that Trakt made otherwise are sent again."""
    details = remote.details_like(job.desired.details)
    return _with_list(job, remote, details, is_adopted=False, now=now, policy=policy)


def found(job: Job, remote: RemoteLists, owned: Iterable[int], now: datetime, policy: Policy) -> Change:
    """Return the change after the account's lists were read for a creation without a response.

    After a refusal one reading precedes the next creation, for a list that is wanted. Of one that is not, this reading
    may be the last: it must not be old.

    Args:
        owned: Trakt lists that are, or were, another list's. They are not ours to adopt.
        now: when the reading began.
    """
    progress = job.progress.reopened()
    intent = progress.intent
    if intent is None:
        return Change(progress, next=Next(now))
    taken = {*owned, *job.progress.former_ids}
    begun_at = intent.at + ((remote.answered_at or now) - now)  # by Trakt's clock, which dates the lists
    ours = [
        candidate
        for candidate in remote.lists
        if candidate.trakt_list_id not in taken and is_of(intent, candidate, job.list_id, begun_at, policy)
    ]
    if ours:
        oldest = min(ours, key=lambda candidate: (candidate.created_at, candidate.trakt_list_id))
        details = oldest.details_like(Details(intent.name, intent.description))
        return _with_list(replace(job, progress=progress), oldest, details, is_adopted=True, now=now, policy=policy)
    since = intent.unanswered_since or now  # not the intent's time: the request itself may have taken as long
    settled_at = since + max(policy.create_settle, policy.stale_window)
    tried_again_at = now if intent.is_refused and job.desired.is_present else settled_at
    looked_for = replace(intent, unanswered_since=since, is_settled=remote.is_complete and now >= settled_at)
    if remote.is_complete and now >= tried_again_at:
        return Change(progress.with_creation_given_up(looked_for))
    return Change(replace(progress, intent=looked_for), next=Next(max(tried_again_at, now + LOOK_AGAIN_AFTER)))


def refused(before: Job, begun: Job) -> Job:
    """Return the job whose creation was refused. Trakt may have made the list: it is looked at before the next one."""
    intent = begun.progress.intent
    if intent is None:
        return before
    return replace(before, progress=replace(before.progress, intent=replace(intent, is_refused=True)))


def there(job: Job, remote: RemoteList, now: datetime, policy: Policy) -> Change:
    """Return the change after the list was found of which it was not known that it is there.

    One that we began to delete is believed to be there once no read of Trakt can be older than that.
    """
    trakt_list, drift = job.progress.trakt_list, job.progress.drift
    if trakt_list is None:
        return Change(job.progress, next=Next(now))
    settled_at = (trakt_list.written_at or now) + policy.stale_window
    if drift.is_taken_down and now < settled_at:
        return Change(job.progress, next=Next(settled_at))
    found = replace(trakt_list, is_doubted=False, slug=remote.slug)
    return Change(replace(job.progress, trakt_list=found, drift=replace(drift, is_taken_down=False)), next=Next(now))


def missed(job: Job, lists: RemoteLists, now: datetime, policy: Policy, *, jitter: float) -> Change:
    """Return the change after the list was not found. It is gone only when no read of Trakt can be that old."""
    trakt_list = job.progress.trakt_list
    if trakt_list is None:
        return Change(job.progress, next=Next(now))
    is_shown = any(one.trakt_list_id == trakt_list.trakt_list_id for one in lists.lists)
    certain_from = trakt_list.certain_from(policy) or now
    if lists.is_complete and not is_shown and now >= certain_from:
        return gone(job)
    incident = replace(job.progress.incident, attempts=job.progress.incident.attempts + 1)
    doubted = replace(job.progress, trakt_list=replace(trakt_list, is_doubted=True), incident=incident)
    look_at = now + delay(incident.attempts, jitter)
    return Change(doubted, next=Next(look_at if is_shown or now >= certain_from else min(look_at, certain_from)))


def twin_deleted(job: Job, action: DeleteTwin) -> Change:
    """Return the change after a second list is gone."""
    drift = job.progress.drift
    twins = tuple(one for one in drift.twins if one != action.trakt_list_id)
    former = (*job.progress.former_ids, action.trakt_list_id)
    return Change(replace(job.progress, drift=replace(drift, twins=twins), former_ids=former, pending=None))


def updated(job: Job, action: UpdateList) -> Change:
    """Return the change after the details were sent. What was sent is believed: Trakt's own spelling would loop."""
    tally = job.progress.tally
    trakt_list = job.progress.trakt_list
    is_renamed = "name" in action.changes and not job.progress.drift.has_other_details
    progress = replace(
        job.progress,
        trakt_list=None if trakt_list is None else replace(trakt_list, details=job.desired.details),
        tally=replace(tally, is_renamed=tally.is_renamed or is_renamed),
        pending=None,
    )
    if not progress.drift.has_other_details:
        return Change(progress)
    progress = replace(progress, drift=replace(progress.drift, has_other_details=False))
    return Change(progress, events=(drift_found(job, "list_renamed", "repaired"),))


def deleted(job: Job) -> Change:
    """Return the change after nothing of the list is left on Trakt."""
    return Change(job.progress.without_list(), LedgerChange(replace=()))


def gone(job: Job) -> Change:
    """Return the change after somebody else deleted the Trakt list for sure. It is made anew, if it is wanted.

    One that was made anew and is gone again waits for a change by the user. One that we deleted ourselves, for a user
    who has come back since, is no news.
    """
    if not job.desired.is_present:
        return deleted(job)
    if job.progress.drift.is_taken_down:
        return Change(job.progress.without_list(), LedgerChange(replace=set_aside(job.entries)))
    if job.desired.policies.when_deleted == "detach":
        progress = job.progress.without_list()
        progress = replace(progress, drift=replace(progress.drift, is_detached=True))
        event = drift_found(job, "list_deleted", "detached")
        return Change(progress, LedgerChange(replace=()), (event,))
    if job.progress.recreated_version == job.version:
        return give_up(job, "the list was deleted on Trakt again")
    progress = replace(job.progress.without_list(), recreated_version=job.version)
    event = drift_found(job, "list_deleted", "recreated")
    return Change(progress, LedgerChange(replace=set_aside(job.entries)), (event,))


def _with_list(
    job: Job, remote: RemoteList, details: Details, *, is_adopted: bool, now: datetime, policy: Policy
) -> Change:
    trakt_list = TraktList(
        remote.trakt_list_id,
        remote.slug,
        made_at=now,
        details=details,
        written_at=now,
        proved_at=now,
        updated_at=remote.updated_at,
    )
    drift = replace(job.progress.drift, is_detached=False, left_version=None, is_taken_down=False)
    progress = replace(
        job.progress.succeeded(), trakt_list=trakt_list, intent=None, pending=None, limit=None, drift=drift
    )
    if remote.item_count:
        progress = progress.stale(now, policy)
    ledger = LedgerChange(replace=set_aside(job.entries))
    if job.desired.is_leaving:  # it is deleted next, and the account's end tells that
        return Change(progress, ledger)
    return Change(progress, ledger, (list_created(job, remote.trakt_list_id, remote.slug, is_adopted=is_adopted),))


def is_of(intent: Intent, candidate: RemoteList, list_id: int, begun_at: datetime, policy: Policy) -> bool:
    """Whether the creation made this list. Where the description says whose it is, the name may have been changed."""
    description = candidate.details.description
    if names_the_list(intent.description, list_id) and description == intent.description:
        return candidate.created_at >= begun_at - NAMED_SINCE
    return (
        candidate.created_at >= begun_at - policy.clock_skew
        and is_same_text(candidate.details.name, intent.name)
        and is_same_text(description, intent.description)
    )
