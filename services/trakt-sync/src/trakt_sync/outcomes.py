"""What an answer of Trakt means for a list: its new progress, the ledger's change, the events. Pure: the time is given.

What answers about the list's items mean stands in `item_outcomes.py`.
"""

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from trakt_sync.ledger import Entry, Title, index_of, mirrored
from trakt_sync.mirror import Intent, Job, LedgerChange, Pending, Progress, RemoteList, RemoteLists
from trakt_sync.plan import AddItems, CreateList, DeleteList, RemoveItems, ReorderItems, UpdateList, Write
from trakt_sync.steps import Policy, Step, finished, untrusted, without_list
from trakt_sync.texts import is_same_text, names_the_list
from watchbuddy_contracts import TraktDriftFound, TraktListCreated

NAMED_SINCE: Final = timedelta(days=1)
"""How much older than the intent a list may seem whose description names ours. Not any age: ids may begin anew after
a restore, and what an earlier installation left is not to be taken up."""


def begun(job: Job, action: Write, now: datetime) -> Progress:
    """Return the progress to save before the action is sent, so that no loss of its answer is forgotten."""
    progress = replace(job.progress, written_at=now)
    match action:
        case CreateList(details):
            return replace(progress, intent=Intent(now, details.name, details.description))
        case UpdateList():
            return replace(progress, pending=Pending("update"))
        case AddItems(titles):
            return replace(progress, pending=Pending("add", titles=titles))
        case RemoveItems(entries):
            return replace(progress, pending=Pending("remove", row_ids=rows_in(entries)))
        case ReorderItems():
            return replace(progress, pending=Pending("reorder"))
        case DeleteList():
            return replace(progress, pending=Pending("delete"))


def doubted(job: Job, now: datetime, policy: Policy) -> Step:
    """Return what a pending write leaves when its answer is lost: nothing is believed that it may have changed."""
    pending, intent = job.progress.pending, job.progress.intent
    if intent is not None and intent.doubted_at is None:
        intent = replace(intent, doubted_at=now)
    progress = replace(job.progress, pending=None, intent=intent)
    if pending is None or pending.kind == "delete":
        return Step(progress)
    if pending.kind == "update":
        return Step(replace(progress, details=None))
    if pending.kind == "reorder":
        return Step(untrusted(progress, now, policy))
    if pending.kind == "remove":
        # Counted here, where it is known that they were there: the sending that follows meets rows in doubt.
        row_ids = set(pending.row_ids)
        there = sum(1 for entry in mirrored(job.entries) if entry.row_id in row_ids)
        return Step(replace(progress, removed=progress.removed + there), LedgerChange(doubt=pending.row_ids))
    index = index_of(job.entries)
    drop = rows_of(job.entries, pending.titles, {"not_found", "unsure"})
    fresh = tuple(
        Entry(title, "unsure")
        for title in pending.titles
        if not any(key in index and job.entries[index[key]].state == "mirrored" for key in title.keys)
    )
    return Step(progress, LedgerChange(append=fresh, drop=drop))


def created(job: Job, remote: RemoteList, *, is_adopted: bool, now: datetime, policy: Policy) -> Step:
    """Return the step after the Trakt list came to be, or was found again."""
    intent = job.progress.intent
    details = job.desired.details
    if is_adopted and intent is not None:
        details = replace(
            remote.details,
            name=intent.name if is_same_text(intent.name, remote.details.name) else remote.details.name,
            description=intent.description,
        )
    progress = replace(
        job.progress,
        trakt_list_id=remote.trakt_list_id,
        slug=remote.slug,
        made_at=now,
        details=details,
        intent=None,
        pending=None,
        written_at=now,
        foreign_count=0,
    )
    if remote.item_count:
        progress = untrusted(progress, now, policy)
    event = TraktListCreated(
        user_id=job.user_id,
        list_id=job.list_id,
        version=job.version,
        title=job.desired.details.name,
        trakt_list_id=remote.trakt_list_id,
        slug=remote.slug,
        adopted=is_adopted,
    )
    change = LedgerChange(replace=tuple(entry for entry in job.entries if entry.state == "not_found"))
    return finished(job, Step(progress, change, (event,)), now, policy)


def found(job: Job, remote: RemoteLists, owned: Iterable[int], now: datetime, policy: Policy) -> Step:
    """Return the step after the account's lists were read for a creation without an answer.

    `owned` are Trakt lists that are, or were, another list's: they are not ours to adopt. `now` is when the reading
    began.
    """
    intent = job.progress.intent
    if intent is None:
        return Step(replace(job.progress, due_at=now))
    taken = {*owned, *job.progress.former_ids}
    begun_at = intent.at + ((remote.answered_at or now) - now)  # by Trakt's clock, which dates the lists
    ours = [
        candidate
        for candidate in remote.lists
        if candidate.trakt_list_id not in taken and _is_of(intent, candidate, job.list_id, begun_at, policy)
    ]
    if ours:
        oldest = min(ours, key=lambda candidate: (candidate.created_at, candidate.trakt_list_id))
        return created(job, oldest, is_adopted=True, now=now, policy=policy)
    doubted_at = intent.doubted_at or now  # not the intent's time: the call itself may have taken as long as the wait
    settled_at = doubted_at + policy.create_settle
    if remote.is_complete and now >= settled_at:
        return finished(job, Step(replace(job.progress, intent=None)), now, policy)
    again_at = max(settled_at, now + timedelta(seconds=1))
    return Step(replace(job.progress, intent=replace(intent, doubted_at=doubted_at), due_at=again_at))


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


def updated(job: Job, action: UpdateList, now: datetime, policy: Policy) -> Step:
    """Return the step after the details were sent. What was sent is believed, or Trakt's own spelling would loop."""
    progress = replace(
        job.progress,
        details=job.desired.details,
        is_renamed=job.progress.is_renamed or "name" in action.changes,
        pending=None,
    )
    return finished(job, Step(progress), now, policy)


def gone(job: Job, now: datetime, policy: Policy) -> Step:
    """Return the step after it is sure that the Trakt list was deleted by somebody else: it is made anew."""
    progress = replace(without_list(job.progress), recreated_version=job.version)
    event = drift(job, "list_deleted", "recreated")
    change = LedgerChange(replace=tuple(entry for entry in job.entries if entry.state == "not_found"))
    return finished(job, Step(progress, change, (event,)), now, policy)


def drift(
    job: Job, kind: Literal["list_deleted", "items_edited"], action: Literal["recreated", "repaired"]
) -> TraktDriftFound:
    """Return the event that tells of somebody else's change on Trakt, and what is made of it."""
    return TraktDriftFound(
        user_id=job.user_id,
        list_id=job.list_id,
        version=job.version,
        title=job.desired.details.name,
        kind=kind,
        action=action,
    )


def rows_in(entries: Iterable[Entry]) -> tuple[int, ...]:
    """Return the rows of those entries that are saved."""
    return tuple(entry.row_id for entry in entries if entry.row_id is not None)


def rows_of(
    entries: tuple[Entry, ...], titles: Iterable[Title], states: Container[str] | None = None
) -> tuple[int, ...]:
    """Return the rows that share an id with one of the titles, in one of the states (None: in any)."""
    keys = {key for title in titles for key in title.keys}
    return tuple(
        entry.row_id
        for entry in entries
        if entry.row_id is not None
        and (states is None or entry.state in states)
        and not keys.isdisjoint(entry.title.keys)
    )
