"""What an answer of Trakt means for a list: its new progress, the ledger's change, the events. Pure: the time is given."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from contracts import TraktDriftFound, TraktListCreated
from trakt_sync.ledger import Entry, Title, index_of, mirrored
from trakt_sync.mirror import (
    Intent,
    ItemsAnswer,
    Job,
    LedgerChange,
    Limits,
    Pending,
    Progress,
    RemoteItems,
    RemoteList,
    RemoteLists,
)
from trakt_sync.plan import (
    AddItems,
    CreateList,
    DeleteList,
    ReadRemote,
    RemoveItems,
    ReorderItems,
    UpdateList,
    Write,
)
from trakt_sync.steps import Policy, Step, finished, untrusted, without_list
from trakt_sync.texts import is_same_text


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
            row_ids = tuple(entry.row_id for entry in entries if entry.row_id is not None)
            return replace(progress, pending=Pending("remove", row_ids=row_ids))
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
        return Step(progress, LedgerChange(doubt=pending.row_ids))
    index = index_of(job.entries)
    drop = _rows(job.entries, pending.titles, {"not_found", "unsure"})
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
    ours = [
        candidate
        for candidate in remote.lists
        if candidate.trakt_list_id not in taken
        and candidate.created_at >= intent.at - policy.clock_skew
        and is_same_text(candidate.details.name, intent.name)
        and is_same_text(candidate.details.description, intent.description)
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


def updated(job: Job, action: UpdateList, now: datetime, policy: Policy) -> Step:
    """Return the step after the details were sent. What was sent is believed, or Trakt's own spelling would loop."""
    progress = replace(
        job.progress,
        details=job.desired.details,
        is_renamed=job.progress.is_renamed or "name" in action.changes,
        pending=None,
    )
    return finished(job, Step(progress), now, policy)


def added(job: Job, action: AddItems, answer: ItemsAnswer, now: datetime, policy: Policy) -> Step:
    """Return the step after a chunk was added. What Trakt says was there already counts as done."""
    unknown = {key for title in answer.not_found for key in title.keys}
    new = tuple(Entry(title, "mirrored" if unknown.isdisjoint(title.keys) else "not_found") for title in action.titles)
    change = LedgerChange(append=new, drop=_rows(job.entries, action.titles, {"not_found", "unsure"}))
    count = sum(1 for _ in mirrored(new))
    progress = replace(job.progress, added=job.progress.added + count, pending=None)
    return _counted(job, progress, change, answer, now, policy)


def removed(job: Job, action: RemoveItems, answer: ItemsAnswer, now: datetime, policy: Policy) -> Step:
    """Return the step after a chunk was removed. What was not there any more counts as done."""
    change = LedgerChange(drop=tuple(entry.row_id for entry in action.entries if entry.row_id is not None))
    count = sum(1 for _ in mirrored(action.entries))
    progress = replace(job.progress, removed=job.progress.removed + count, pending=None)
    return _counted(job, progress, change, answer, now, policy)


def reordered(job: Job, action: ReorderItems, skipped: tuple[int, ...], now: datetime, policy: Policy) -> Step:
    """Return the step after the order was sent. Places that Trakt skipped are not there: the ledger is wrong."""
    placed = places_of(job.entries, action.order)
    rest = [place for place in range(len(job.entries)) if place not in set(placed)]
    change = LedgerChange(replace=tuple(job.entries[place] for place in (*placed, *rest)))
    progress = replace(job.progress, pending=None)
    if skipped or len(placed) != len(action.order):
        progress = untrusted(progress, now, policy)
    return finished(job, Step(progress, change), now, policy)


def places_of(entries: tuple[Entry, ...], order: Iterable[Title]) -> list[int]:
    """Return the titles' places in the ledger; a title that is not there has none."""
    index = index_of(entries)
    return [
        next(index[key] for key in title.keys if key in index) for title in order if any(k in index for k in title.keys)
    ]


def read(job: Job, action: ReadRemote, remote: RemoteItems, now: datetime, policy: Policy) -> Step:
    """Return the step after the Trakt list's items were read. An incomplete read changes nothing."""
    unlisted = tuple(entry for entry in job.entries if entry.state == "not_found")
    if not remote.is_complete:
        return Step(_wait_for_read(job.progress, now, policy, is_for_places=action.is_for_places))
    if action.is_for_places:
        index = index_of(remote.entries)
        known = list(mirrored(job.entries))
        hits = {place for entry in known for key in entry.title.keys if (place := index.get(key)) is not None}
        if len(hits) != len(known) or len(remote.entries) != len(known):
            return Step(_wait_for_read(job.progress, now, policy, is_for_places=True))
    progress = replace(job.progress, is_trusted=True, read_after=None, foreign_count=remote.foreign_count, pending=None)
    return finished(job, Step(progress, LedgerChange(replace=(*remote.entries, *unlisted))), now, policy)


def gone(job: Job, now: datetime, policy: Policy) -> Step:
    """Return the step after it is sure that the Trakt list was deleted by somebody else: it is made anew."""
    progress = replace(
        without_list(job.progress),
        recreated_version=job.version,
    )
    event = TraktDriftFound(
        user_id=job.user_id,
        list_id=job.list_id,
        version=job.version,
        title=job.desired.details.name,
        kind="list_deleted",
        action="recreated",
    )
    change = LedgerChange(replace=tuple(entry for entry in job.entries if entry.state == "not_found"))
    return finished(job, Step(progress, change, (event,)), now, policy)


def limited(
    before: Job, begun: Job, action: AddItems, limits: Limits, shown: int | None, now: datetime, policy: Policy
) -> Step:
    """Return the step after Trakt refused items for a limit.

    The limit per list is published; another one over all lists of an account is not. When the
    first cannot be the reason, what fits is found by halves. `shown` is the list's size as Trakt shows it after the
    refusal: another one than ours means that a part was added all the same.
    """
    there = sum(1 for _ in mirrored(before.entries)) + before.progress.foreign_count
    step = Step(before.progress) if shown in (None, there) else doubted(begun, now, policy)
    tried = there + len(action.titles)
    is_list_limit = limits.items is not None and tried > limits.items
    places = limits.items if is_list_limit and limits.items is not None else tried - 1
    progress = replace(
        step.progress,
        capacity=max(0, places - before.progress.foreign_count),
        is_probing=not is_list_limit,
        limited_at=now,
    )
    return finished(before, replace(step, progress=progress), now, policy)


def _counted(
    job: Job, progress: Progress, change: LedgerChange, answer: ItemsAnswer, now: datetime, policy: Policy
) -> Step:
    """Compare the list's size that the write's answer tells with the ledger's: the one check that costs no call."""
    entries = change.apply_to(job.entries)
    is_sure = not any(entry.state == "unsure" for entry in entries)
    expected = sum(1 for _ in mirrored(entries)) + progress.foreign_count
    is_off = is_sure and answer.item_count is not None and answer.item_count != expected
    if is_off or not progress.is_trusted:
        progress = untrusted(progress, now, policy)
    return finished(job, Step(progress, change), now, policy)


def _wait_for_read(progress: Progress, now: datetime, policy: Policy, *, is_for_places: bool) -> Progress:
    fresh_at = now if progress.written_at is None else progress.written_at + policy.stale_window
    # Past the stale window an incomplete answer is Trakt's paging defect: the same wait again.
    again_at = fresh_at if is_for_places and fresh_at > now else now + policy.stale_window
    return replace(progress, is_trusted=False, read_after=again_at, due_at=again_at)


def _rows(entries: tuple[Entry, ...], titles: Iterable[Title], states: set[str]) -> tuple[int, ...]:
    """Return the rows in one of the states that share an id with one of the titles."""
    if not any(entry.state in states for entry in entries):
        return ()
    keys = {key for title in titles for key in title.keys}
    return tuple(
        entry.row_id
        for entry in entries
        if entry.state in states and entry.row_id is not None and not keys.isdisjoint(entry.title.keys)
    )
