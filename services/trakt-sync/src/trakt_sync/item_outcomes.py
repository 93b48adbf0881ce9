"""What Trakt's answers about a list's items mean for ledger and progress. Pure: the time is given."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from trakt_sync.ledger import Entry, Key, Title, index_of, mirrored, recognise
from trakt_sync.mirror import ItemsAnswer, Job, LedgerChange, Limits, Progress, RemoteItems
from trakt_sync.outcomes import doubted, drift, rows_in, rows_of
from trakt_sync.plan import AddItems, ReadRemote, RemoveItems, ReorderItems, difference
from trakt_sync.steps import PATIENT_READS, Policy, Step, finished, untrusted
from watchbuddy_contracts import Event


def added(job: Job, action: AddItems, answer: ItemsAnswer, now: datetime, policy: Policy) -> Step:
    """Return the step after a chunk was added. What Trakt says was there already counts as done.

    It counts as added only where we may have added it ourselves by a sending whose answer was lost.
    """
    unknown = {key for title in answer.not_found for key in title.keys}
    new = tuple(Entry(title, "mirrored" if unknown.isdisjoint(title.keys) else "not_found") for title in action.titles)
    sent_again = rows_of(job.entries, action.titles, {"unsure"})
    by_others = max(0, answer.existing - len(sent_again))
    change = LedgerChange(append=new, drop=rows_of(job.entries, action.titles))
    count = max(0, sum(1 for _ in mirrored(new)) - by_others)
    progress = replace(job.progress, added=job.progress.added + count, pending=None)
    if answer.existing and not _stand_last(job.entries, action.titles, answer.existing, unknown):
        progress = untrusted(progress, now, policy)  # they stayed where they stood, which we do not know
    if by_others and (answer.item_count is None or answer.item_count < _size(job, change, progress)):
        # The titles are there under ids that we do not know them by: what was read and matched nothing may be them.
        extra = mirrored(difference(job.desired, job.known).extra)
        held = [row for row in extra if row.place_id is not None and row.row_id is not None]
        if progress.vain_reads >= PATIENT_READS:  # every reading shows the same, and so would the next
            settled = replace(progress, is_trusted=True, read_after=None)
            return finished(job, Step(settled, _under_our_ids(change, held, by_others)), now, policy)
        change = replace(change, drop=(*change.drop, *rows_in(held)))
    return _counted(job, progress, change, answer, now, policy)


def _under_our_ids(change: LedgerChange, held: list[Entry], by_others: int) -> LedgerChange:
    """Return the change of an addition, with the rows read under other ids taken for its titles.

    If all of them were there and they can be paired, the rows stay at their places under our ids, so that an order can be told of them.
    """
    titles = [entry.title for entry in mirrored(change.append)]
    is_paired = [row.title.media_type for row in held] == [title.media_type for title in titles]
    if is_paired and by_others == len(titles):
        others = tuple(entry for entry in change.append if entry.state != "mirrored")
        return replace(change, append=others, learn=tuple(zip(rows_in(held), titles, strict=True)))
    return replace(change, drop=(*change.drop, *rows_in(held)))


def _stand_last(entries: tuple[Entry, ...], titles: tuple[Title, ...], existing: int, unknown: set[Key]) -> bool:
    """Whether the titles that were there stand at the list's end, in the order in which they were sent again."""
    there = [entry for entry in entries if entry.state != "not_found"]
    tail = [entry.title for entry in takewhile(lambda entry: entry.state == "unsure", reversed(there))][::-1]
    is_same_order = tuple(tail) == titles[: len(tail)]
    return is_same_order and existing == sum(1 for title in tail if unknown.isdisjoint(title.keys))


def removed(job: Job, action: RemoveItems, answer: ItemsAnswer, now: datetime, policy: Policy) -> Step:
    """Return the step after a chunk was removed. What was not there any more counts as done.

    What is left to remove after a reading was put there by others, unless the reading was old and it is gone already.
    """
    change = LedgerChange(drop=rows_in(action.entries))
    count = sum(1 for _ in mirrored(action.entries))
    is_last = len(action.entries) == len(difference(job.desired, job.known).extra)
    is_repair = job.progress.is_trusted and job.progress.vain_reads > 0 and job.progress.applied_version > 0
    if is_repair:
        count = max(0, count - len(answer.not_found))
    progress = replace(job.progress, removed=job.progress.removed + count, pending=None)
    events = (drift(job, "items_edited", "repaired"),) if is_repair and is_last and progress.removed else ()
    return _counted(job, progress, change, answer, now, policy, events)


def reordered(job: Job, action: ReorderItems, skipped: tuple[int, ...], now: datetime, policy: Policy) -> Step:
    """Return the step after the order was sent. Places that Trakt skipped are not there: the ledger is wrong."""
    placed = places_of(job.entries, action.order)
    there = set(placed)
    rest = [place for place in range(len(job.entries)) if place not in there]
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
    """Return the step after the Trakt list's items were read. One that leaves doubts changes nothing."""
    known = tuple(entry for entry in job.entries if entry.state != "not_found")
    seen = recognise(known, remote.entries)
    is_other = action.is_for_places and (len(remote.entries) != len(known) or bool(seen.strangers))
    if not remote.is_complete or seen.is_ambiguous or is_other:
        return _read_in_vain(job, action, now, policy)
    progress = replace(
        job.progress,
        is_trusted=True,
        read_after=None,
        foreign_count=remote.foreign_count,
        pending=None,
        vain_reads=job.progress.vain_reads + 1,  # until the list is found to be as it should
    )
    unlisted = (entry for entry in job.entries if entry.state == "not_found")
    change = LedgerChange(replace=(*seen.entries, *unlisted))
    return finished(job, Step(progress, change), now, policy)


def _read_in_vain(job: Job, action: ReadRemote, now: datetime, policy: Policy) -> Step:
    progress = job.progress
    fresh_at = now if progress.written_at is None else progress.written_at + policy.stale_window
    if action.is_for_places and fresh_at > now:  # nothing wrong with the list: the answer is old
        progress = replace(progress, is_trusted=False, read_after=fresh_at)
    else:
        progress = replace(untrusted(progress, now, policy), vain_reads=progress.vain_reads + 1)
    return finished(job, Step(progress), now, policy)


def limited(
    before: Job, begun: Job, action: AddItems, limits: Limits, shown: int | None, now: datetime, policy: Policy
) -> Step:
    """Return the step after Trakt refused items for a limit.

    The limit per list is published; another one over all lists of an account is not. When the first cannot be the
    reason, what fits is found by halves. `shown` is the list's size as Trakt shows it after the refusal: another one
    than ours means that a part was added all the same.
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
    job: Job,
    progress: Progress,
    change: LedgerChange,
    answer: ItemsAnswer,
    now: datetime,
    policy: Policy,
    events: tuple[Event, ...] = (),
) -> Step:
    """Compare the list's size that the write's answer tells with the ledger's: the one check that costs no call."""
    is_sure = not any(entry.state == "unsure" for entry in change.apply_to(job.entries))
    is_off = is_sure and answer.item_count is not None and answer.item_count != _size(job, change, progress)
    if is_off or not progress.is_trusted:
        progress = untrusted(progress, now, policy)
    return finished(job, Step(progress, change, events), now, policy)


def _size(job: Job, change: LedgerChange, progress: Progress) -> int:
    """Return how many entries the Trakt list has by the ledger, after the change."""
    return sum(1 for _ in mirrored(change.apply_to(job.entries))) + progress.foreign_count
