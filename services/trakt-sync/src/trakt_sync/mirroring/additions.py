"""How missing titles are cut into requests, so that they come in the wanted order by the fewest requests.

A request's movies come before its shows, whatever their order was: the body has a list for each. So an order is kept
in one of two ways: the requests are cut where a movie follows a show, or a reorder comes at the end.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeVar

from trakt_sync.mirroring.actions import AddItems, RemoveItems
from trakt_sync.mirroring.actual import Actual
from trakt_sync.mirroring.diff import Difference
from trakt_sync.mirroring.ledger import Entry, mirrored
from watchbuddy_contracts import Title

T = TypeVar("T")
CHUNK: Final = 250
"""Items a request. Trakt publishes no maximum. 250 is its page size, and 1,000 items must go in five requests."""


def additions(differs: Difference, actual: Actual, *, is_ordered: bool) -> tuple[list[AddItems], bool]:
    """Return the requests that add what is missing, and whether the list is in the wanted order after them."""
    size = _request_size(differs, actual)
    full = [_in_trakts_order(titles) for titles in chunks(differs.missing, size)]
    if not is_ordered or _is_in_order(differs, actual, full):
        return [AddItems(titles) for titles in full], True
    cut = list(_cut_where_a_movie_follows_a_show(differs.missing, size))
    reorder = 1 + -(-len(differs.order) // CHUNK)  # and a page of list item ids for each chunk
    if _is_in_order(differs, actual, cut) and len(cut) <= len(full) + reorder:
        return [AddItems(titles) for titles in cut], True
    return [AddItems(titles) for titles in full], False


def removals(entries: Sequence[Entry], actual: Actual) -> Iterator[RemoveItems]:
    """Yield the requests that remove the entries."""
    size = _halved(actual.refused_removals) or CHUNK
    return (RemoveItems(chunk) for chunk in chunks(entries, size))


def chunks(values: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield the values in tuples of `size`; the last may be shorter."""
    for start in range(0, len(values), size):
        yield tuple(values[start : start + size])


def _halved(refused: int) -> int:
    """Return how many of the titles go together of which one makes Trakt refuse the whole request; 0: there is none."""
    return (refused + 1) // 2 if refused > 1 else refused


def _is_in_order(differs: Difference, actual: Actual, added: Sequence[tuple[Title, ...]]) -> bool:
    """Whether the list is in the wanted order once the additions stand at its end."""
    positions = {entry: position for position, entry in enumerate(mirrored(actual.entries))}
    kept = [positions[entry] for entry in differs.kept]
    if any(first > second for first, second in pairwise(kept)):
        return False
    return differs.order[len(kept) :] == tuple(title for titles in added for title in titles)


def _in_trakts_order(titles: tuple[Title, ...]) -> tuple[Title, ...]:
    return tuple(sorted(titles, key=lambda title: title.media_type))  # "movie" < "show"; stable


def _cut_where_a_movie_follows_a_show(titles: Sequence[Title], size: int) -> Iterator[tuple[Title, ...]]:
    start = 0
    for end in range(1, len(titles) + 1):
        is_last = end == len(titles)
        is_full = end - start == size
        if is_last or is_full or (titles[end - 1].media_type, titles[end].media_type) == ("show", "movie"):
            yield tuple(titles[start:end])
            start = end


def _request_size(differs: Difference, actual: Actual) -> int:
    """While the account's true limit is sought, or a title that Trakt refuses, additions go in halves."""
    if size := _halved(actual.refused_additions):
        return size
    if not actual.is_upper_bound or actual.capacity is None:
        return CHUNK
    return max(1, min(CHUNK, (len(differs.missing) + 1) // 2))
