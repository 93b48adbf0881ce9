"""What to do next to make Trakt equal to what is wanted. Pure: no I/O, no clock.

The order is a promise: the list first, additions before removals (but where a full list must be given room), so that a
failure never leaves a list emptier than it was; what needs reading comes last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final, TypeAlias, TypeVar

from trakt_sync.ledger import Difference, Entry, Title, compare, mirrored
from watchbuddy_contracts import Privacy

T = TypeVar("T")
CHUNK: Final = 250
"""Items a call. Trakt publishes no maximum; 250 is its page size, and 1,000 items must go in five calls."""


@dataclass(frozen=True, slots=True)
class Details:
    """A Trakt list without its items, as Trakt names the fields."""

    name: str
    description: str
    privacy: Privacy = "private"
    display_numbers: bool = True
    allow_comments: bool = False

    def changes_from(self, known: "Details | None") -> dict[str, str | bool]:
        """Return the fields that differ from `known`; all of them for None."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if known is None or getattr(self, field.name) != getattr(known, field.name)
        }


@dataclass(frozen=True, slots=True)
class Desired:
    """What is wanted of one list.

    Args:
        is_present: False: nothing of it may be left on Trakt.
        is_ordered: whether a difference of order alone is sent. The first mirror is in order in any case.
    """

    is_present: bool
    details: Details
    items: tuple[Title, ...] = ()
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What we know to be on Trakt.

    Args:
        trakt_list_id: None: there is no Trakt list.
        details: None: not known, all fields are sent.
        entries: the ledger, in the order of the Trakt list.
        is_trusted: False: Trakt must be read before the ledger can be believed.
        has_open_intent: a creation was begun whose answer is missing.
        capacity: see `ledger.compare`.
        is_probing: the capacity is an upper bound, the true one is smaller or equal: additions go in halves.
        is_first: the Trakt list has never been equal to a version of the list, or its order is still owed.
    """

    trakt_list_id: int | None = None
    details: Details | None = None
    entries: tuple[Entry, ...] = ()
    is_trusted: bool = True
    has_open_intent: bool = False
    capacity: int | None = None
    is_probing: bool = False
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class FindList:
    """Look for the list of a creation whose answer is missing."""


@dataclass(frozen=True, slots=True)
class CreateList:
    details: Details


@dataclass(frozen=True, slots=True)
class UpdateList:
    changes: dict[str, str | bool]


@dataclass(frozen=True, slots=True)
class AddItems:
    """Add titles at the end; they stand in the order that Trakt gives them, movies before shows."""

    titles: tuple[Title, ...]


@dataclass(frozen=True, slots=True)
class RemoveItems:
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReorderItems:
    """Put the whole list in this order. It is sent when every entry's place id is known."""

    order: tuple[Title, ...]


@dataclass(frozen=True, slots=True)
class DeleteList:
    pass


@dataclass(frozen=True, slots=True)
class ReadRemote:
    """Read all items of the Trakt list.

    Args:
        is_for_places: only the place ids are missing; else the ledger cannot be believed and is made anew.
    """

    is_for_places: bool = False


Write: TypeAlias = CreateList | UpdateList | AddItems | RemoveItems | ReorderItems | DeleteList
Action: TypeAlias = FindList | Write | ReadRemote


def plan(desired: Desired, known: Known) -> tuple[Action, ...]:
    """Return the actions that make Trakt equal to `desired`, in order; none when it is so already.

    Only the first one is carried out before the next plan is made, so those behind it may be preliminary.
    """
    if known.has_open_intent:
        return (FindList(),)
    if not desired.is_present:
        return () if known.trakt_list_id is None else (DeleteList(),)
    return tuple(_present(desired, known))


def difference(desired: Desired, known: Known) -> Difference:
    """Return how the items differ. Without a Trakt list nothing is on it."""
    entries = known.entries
    if known.trakt_list_id is None:
        entries = tuple(entry for entry in entries if entry.state == "not_found")
    return compare(desired.items, entries, known.capacity, is_probing=known.is_probing)


def _present(desired: Desired, known: Known) -> Iterator[Action]:
    if known.trakt_list_id is None:
        yield CreateList(desired.details)
    elif changes := desired.details.changes_from(known.details):
        yield UpdateList(changes)
    diff = difference(desired, known)
    is_ordered = desired.is_ordered or known.is_first
    additions, is_in_order = _additions(diff, known, is_ordered=is_ordered)
    crowded = _crowded(diff, known)
    yield from (RemoveItems(entries) for entries in _chunks(diff.extra[:crowded], CHUNK))
    yield from additions
    yield from (RemoveItems(entries) for entries in _chunks(diff.extra[crowded:], CHUNK))
    is_out_of_order = is_ordered and not is_in_order
    if not known.is_trusted:
        yield ReadRemote()  # an order can only be told of places that are surely there
    elif is_out_of_order and any(entry.place_id is None for entry in diff.kept):
        yield ReadRemote(is_for_places=True)
    if is_out_of_order:
        yield ReorderItems(diff.order)


def _crowded(diff: Difference, known: Known) -> int:
    """Return how many removals come before the additions: as many as places must be freed, for a full list takes nothing.

    No more: an addition may find that its title is there under the ids of an entry that seemed to be extra.
    """
    if known.capacity is None:
        return 0
    return min(len(diff.extra), max(0, len(diff.missing) + len(diff.kept) + len(diff.extra) - known.capacity))


def _additions(diff: Difference, known: Known, *, is_ordered: bool) -> tuple[list[AddItems], bool]:
    """Return the calls that add what is missing, and whether the list is in the wanted order after them.

    A call's movies come before its shows, whatever their order was: the body has a list for each. So an order is kept
    either by cutting calls where a movie follows a show, or by a reorder at the end: what takes fewer requests.
    """
    size = _addition_size(diff, known)
    full = [_as_trakt_places(titles) for titles in _chunks(diff.missing, size)]
    if not is_ordered or _is_in_order(diff, known, full):
        return [AddItems(titles) for titles in full], True
    cut = list(_cut_where_a_movie_follows_a_show(diff.missing, size))
    reorder = 1 + -(-len(diff.order) // CHUNK)  # and a page of place ids for each chunk
    if _is_in_order(diff, known, cut) and len(cut) <= len(full) + reorder:
        return [AddItems(titles) for titles in cut], True
    return [AddItems(titles) for titles in full], False


def _is_in_order(diff: Difference, known: Known, additions: Sequence[tuple[Title, ...]]) -> bool:
    """Whether the list is in the wanted order once the additions stand at its end."""
    kept = {entry: place for place, entry in enumerate(mirrored(known.entries))}
    places = [kept[entry] for entry in diff.kept]
    if any(first > second for first, second in pairwise(places)):
        return False
    return diff.order[len(diff.kept) :] == tuple(title for titles in additions for title in titles)


def _as_trakt_places(titles: tuple[Title, ...]) -> tuple[Title, ...]:
    return tuple(sorted(titles, key=lambda title: title.media_type))  # "movie" < "show"; stable


def _cut_where_a_movie_follows_a_show(titles: Sequence[Title], size: int) -> Iterator[tuple[Title, ...]]:
    start = 0
    for place in range(1, len(titles) + 1):
        is_end = place == len(titles)
        if (
            is_end
            or place - start == size
            or (titles[place - 1].media_type, titles[place].media_type) == ("show", "movie")
        ):
            yield tuple(titles[start:place])
            start = place


def _addition_size(diff: Difference, known: Known) -> int:
    if not known.is_probing or known.capacity is None:
        return CHUNK
    return max(1, min(CHUNK, (len(diff.missing) + 1) // 2))


def _chunks(values: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    for start in range(0, len(values), size):
        yield tuple(values[start : start + size])
