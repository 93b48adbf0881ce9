"""What Trakt's responses to writes of items mean: added, removed, reordered."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from trakt_sync.mirroring.actions import AddItems, RemoveItems, ReorderItems
from trakt_sync.mirroring.advance import MAX_READS_BEFORE_RESULT
from trakt_sync.mirroring.job import Change, Job
from trakt_sync.mirroring.ledger import SET_ASIDE, Entry, LedgerChange, mirrored, positions_of, rows_in, rows_of
from trakt_sync.mirroring.plan import difference
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Progress, Refused, Staleness
from trakt_sync.mirroring.remote import ItemsResponse
from watchbuddy_contracts import Event, Title, TitleKey, keys_of


def added(job: Job, action: AddItems, response: ItemsResponse, now: datetime, policy: Policy) -> Change:
    """Return the change after a chunk was added. What Trakt says was there already is done as well.

    It counts as added only where an earlier request of ours, whose response was lost, may have added it.
    """
    unknown = keys_of(response.not_found)
    new = tuple(Entry(title, "mirrored" if unknown.isdisjoint(title.keys) else "not_found") for title in action.titles)
    sent_again = rows_of(job.entries, action.titles, {"unconfirmed"})
    by_others = max(0, response.existing - len(sent_again))
    ledger = LedgerChange(append=new, drop=rows_of(job.entries, action.titles))
    count = max(0, sum(1 for _ in mirrored(new)) - by_others)
    if sent_again and response.item_count is not None:  # one that was there may be a title of the same request
        grown = response.item_count - _size(job, LedgerChange(), job.progress)
        count = max(0, count - response.existing, min(count, grown))
    tally = replace(job.progress.tally, added=job.progress.tally.added + count)
    progress = replace(job.progress, tally=tally, pending=None)
    if by_others:  # which entries they are is read before anything is removed
        progress = _read_before_removals(progress)
    elif response.existing and not _stand_last(job.entries, action.titles, response.existing, unknown):
        progress = progress.stale(now, policy)  # they stayed at their positions, which we do not know
    progress = _refused_less(progress, additions=len(action.titles))
    if by_others and (response.item_count is None or response.item_count < _size(job, ledger, progress)):
        return _added_under_other_ids(job, progress, ledger, response, by_others, now, policy)
    return _counted(job, progress, ledger, response, now, policy)


def _added_under_other_ids(
    job: Job,
    progress: Progress,
    ledger: LedgerChange,
    response: ItemsResponse,
    by_others: int,
    now: datetime,
    policy: Policy,
) -> Change:
    """The titles are there under ids that we do not know them by. Rows that were read and match nothing may be them."""
    extra = mirrored(difference(job.desired, job.actual).extra)
    held = [row for row in extra if row.list_item_id is not None and row.row_id is not None]
    staleness = progress.staleness
    if staleness is not None and staleness.reads >= MAX_READS_BEFORE_RESULT:
        # Every reading shows the same, and so would the next.
        settled = replace(progress, staleness=replace(staleness, read_after=None, is_sameness_doubted=False))
        return Change(settled, _under_our_ids(ledger, held, by_others))
    # Not dropped: a row whose title is another one is ours as before, and its reading must not call it a stranger.
    ledger = replace(ledger, unconfirm=rows_in(held))
    return _counted(job, progress, ledger, response, now, policy)


def _under_our_ids(ledger: LedgerChange, held: list[Entry], by_others: int) -> LedgerChange:
    """Return the change of an addition, with the rows read under other ids taken for its titles.

    When all titles were there and the rows can be paired with them, the rows keep their positions under our ids. Then
    an order can be told of them.
    """
    titles = [entry.title for entry in mirrored(ledger.append)]
    is_paired = [row.title.media_type for row in held] == [title.media_type for title in titles]
    if is_paired and by_others == len(titles):
        others = tuple(entry for entry in ledger.append if entry.state != "mirrored")
        return replace(ledger, append=others, learn=tuple(zip(rows_in(held), titles, strict=True)))
    return replace(ledger, drop=(*ledger.drop, *rows_in(held)))


def _stand_last(entries: tuple[Entry, ...], titles: tuple[Title, ...], existing: int, unknown: set[TitleKey]) -> bool:
    """Whether the titles that were there stand at the list's end, in the order in which they were sent again."""
    there = [entry for entry in entries if entry.state not in SET_ASIDE]
    tail = [entry.title for entry in takewhile(lambda entry: entry.state == "unconfirmed", reversed(there))][::-1]
    is_same_order = tuple(tail) == titles[: len(tail)]
    return is_same_order and existing == sum(1 for title in tail if unknown.isdisjoint(title.keys))


def removed(job: Job, action: RemoveItems, response: ItemsResponse, now: datetime, policy: Policy) -> Change:
    """Return the change after a chunk was removed. What was not there any more is done as well.

    What is left to remove after a reading was put there by others, unless the reading was old and it is gone already.
    """
    stuck, doubted = _not_removed(job, action, response)
    gone = tuple(entry for entry in action.entries if entry not in (*stuck, *doubted))
    still_there = tuple(entry._replace(state="not_removed", row_id=None) for entry in stuck)
    ledger = LedgerChange(append=still_there, drop=rows_in((*gone, *stuck)), unconfirm=rows_in(doubted))
    count = sum(1 for _ in mirrored(gone))
    if response.done is not None:  # two titles may have been one entry
        count = min(count, response.done + len(response.not_found) - len(stuck) - len(doubted))
    before = job.progress
    is_repair = before.reads > 0 and not before.is_stale and before.applied_version > 0
    if is_repair and not (stuck or doubted):
        count = max(0, count - len(response.not_found))
    tally = replace(before.tally, removed=before.tally.removed + count)
    progress = _refused_less(replace(before, tally=tally, pending=None), removals=len(action.entries))
    if doubted:
        progress = _read_before_removals(progress)
    return _counted(job, progress, ledger, response, now, policy)


def _not_removed(job: Job, action: RemoveItems, response: ItemsResponse) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the entries that are still there, and those of which that is to be read: Trakt does not find them.

    It counts what is there all the same. A count that says neither is one of a list that somebody else changed.
    """
    if not response.not_found or response.item_count is None:
        return (), ()
    without_any = _size(job, LedgerChange(), job.progress) - len(action.entries)
    if response.item_count == without_any:
        return (), ()
    unknown = keys_of(response.not_found)
    entries = tuple(entry for entry in action.entries if not unknown.isdisjoint(entry.title.keys))
    are_known = response.item_count == without_any + len(response.not_found)
    return (entries, ()) if are_known or job.progress.reads >= MAX_READS_BEFORE_RESULT else ((), entries)


def _read_before_removals(progress: Progress) -> Progress:
    staleness = progress.staleness or Staleness(None)
    return replace(progress, staleness=replace(staleness, is_sameness_doubted=True))


def _refused_less(progress: Progress, *, additions: int = 0, removals: int = 0) -> Progress:
    """Return the progress after a part was taken of what had been refused: the title that is sought is in the rest."""
    trakt_list, refused = progress.trakt_list, progress.refused
    if trakt_list is None or refused == Refused():
        return progress
    left = Refused(max(0, refused.additions - additions), max(0, refused.removals - removals))
    return replace(progress, trakt_list=replace(trakt_list, refused=left))


def reordered(job: Job, action: ReorderItems, skipped: tuple[int, ...], now: datetime, policy: Policy) -> Change:
    """Return the change after the order was sent. List items that Trakt skipped are not there: the ledger is wrong."""
    placed = positions_in(job.entries, action.order)
    rest = sorted(set(range(len(job.entries))) - set(placed))
    ledger = LedgerChange(replace=tuple(job.entries[position] for position in (*placed, *rest)))
    progress = replace(job.progress, pending=None)
    if skipped or len(placed) != len(action.order):
        progress = progress.stale(now, policy)
    return Change(progress, ledger)


def positions_in(entries: tuple[Entry, ...], order: Iterable[Title]) -> list[int]:
    """Return the titles' positions in the ledger; a title that is not there has none."""
    positions = positions_of(entries)
    hits = (next((positions[key] for key in title.keys if key in positions), None) for title in order)
    return [position for position in hits if position is not None]


def _counted(
    job: Job,
    progress: Progress,
    ledger: LedgerChange,
    response: ItemsResponse,
    now: datetime,
    policy: Policy,
    events: tuple[Event, ...] = (),
) -> Change:
    """Compare the list's size that the response tells with the ledger's: the one check that costs no request."""
    is_confirmed = not any(entry.state == "unconfirmed" for entry in ledger.apply_to(job.entries))
    is_off = is_confirmed and response.item_count not in (None, _size(job, ledger, progress))
    if is_off or progress.is_stale:
        progress = progress.stale(now, policy)
    return Change(progress, ledger, events)


def _size(job: Job, ledger: LedgerChange, progress: Progress) -> int:
    """Return how many entries the Trakt list has by the ledger, after the change."""
    return sum(1 for _ in mirrored(ledger.apply_to(job.entries))) + progress.foreign_count
