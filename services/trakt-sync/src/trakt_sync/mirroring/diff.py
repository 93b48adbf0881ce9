"""How a list differs from its Trakt list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from trakt_sync.mirroring.ledger import Entry, EntryState, positions_of
from watchbuddy_contracts import Title, TitleKey

# Of several entries that may be one title, an unconfirmed one is confirmed first. A title that is there is not sent.
_PREFERENCE: Final[Mapping[EntryState, int]] = {
    "unconfirmed": 0,
    "mirrored": 1,
    "not_removed": 1,
    "not_found": 2,
    "rejected": 2,
    "taken_off": 2,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What separates a list from its Trakt list.

    Args:
        missing: wanted and not confirmed to be there, by rank.
        extra: there, or possibly there, and not wanted or left out.
        kept: there and wanted, by wanted rank.
        not_found: wanted, and Trakt does not know them.
        left_out: wanted, and over the account's limit; by rank.
        learned: row ids whose title is wanted under more ids than they hold.
        order: what is on the Trakt list when all is done, in the wanted order.
    """

    missing: tuple[Title, ...]
    extra: tuple[Entry, ...]
    kept: tuple[Entry, ...]
    not_found: tuple[Title, ...]
    left_out: tuple[Title, ...]
    learned: tuple[tuple[int, Title], ...]
    order: tuple[Title, ...]


def diff(
    items: Iterable[Title], entries: tuple[Entry, ...], capacity: int | None = None, *, is_upper_bound: bool = False
) -> Difference:
    """Return what separates the wanted items from the ledger's entries.

    Args:
        items: by rank; a title that is there twice counts once.
        entries: in the order of the Trakt list.
        capacity: entries that the account's limit leaves to this list; None: no limit met so far.
        is_upper_bound: the true capacity is smaller or equal.
    """
    matches = _match(items, entries)
    wanted = [(item, entry) for item, entry in matches.pairs if entry is None or entry.state != "not_found"]
    here, left_out = _cut(wanted, capacity, is_upper_bound=is_upper_bound)
    given_up = {key for item, entry in left_out for key in (item if entry is None else entry.title).keys}
    return Difference(
        missing=tuple(item for item, entry in here if entry is None),
        extra=tuple(
            entry
            for position, entry in enumerate(entries)
            if entry.state != "not_found"
            and (position not in matches.claimed or (given_up and not given_up.isdisjoint(entry.title.keys)))
        ),
        kept=tuple(entry for _, entry in here if entry is not None),
        not_found=tuple(item for item, entry in matches.pairs if entry is not None and entry.state == "not_found"),
        left_out=tuple(item for item, _ in left_out),
        learned=tuple(
            (entry.row_id, entry.title.merged(item))
            for item, entry in here
            if entry is not None and entry.row_id is not None and entry.title.merged(item) != entry.title
        ),
        order=tuple(item for item, _ in here),
    )


Pair = tuple[Title, Entry | None]


def _cut(wanted: list[Pair], capacity: int | None, *, is_upper_bound: bool) -> tuple[list[Pair], list[Pair]]:
    """Divide what is wanted into what fits and what is left out. The first by rank have the places.

    An entry gives way to a title of a higher rank only when that title is sure to find the place. It is not sure while
    the true limit is still sought, nor on an account that is over its limit and takes nothing at all.
    """
    if capacity is None:
        return wanted, []
    kept = sum(1 for _, entry in wanted if entry is not None)
    if not is_upper_bound and kept <= capacity:
        return wanted[:capacity], wanted[capacity:]
    here: list[Pair] = []
    left_out: list[Pair] = []
    room = max(0, capacity - kept)
    for item, entry in wanted:
        fits = entry is not None or room > 0
        room -= entry is None
        (here if fits else left_out).append((item, entry))
    return here, left_out


@dataclass(frozen=True, slots=True)
class _Matches:
    """Each wanted title once, with its entry (None: to be added), and the positions of all entries that are wanted."""

    pairs: list[Pair]
    claimed: set[int]


def _match(items: Iterable[Title], entries: tuple[Entry, ...]) -> _Matches:
    positions = positions_of(entries)
    claimed: set[int] = set()
    added: set[TitleKey] = set()
    pairs: list[Pair] = []
    for item in items:
        keys = item.keys
        hits = {positions[key] for key in keys if key in positions}
        if hits & claimed or not added.isdisjoint(keys):
            continue  # the same title again
        if not hits:
            added.update(keys)
            pairs.append((item, None))
            continue
        entry = entries[min(hits, key=lambda hit: (_PREFERENCE[entries[hit].state], hit))]
        claimed |= {hit for hit in hits if not entry.title.contradicts(entries[hit].title)}
        # Trakt may know the title by an id that it was not asked for yet.
        is_new_try = entry.state == "not_found" and entry.title.merged(item) != entry.title
        pairs.append((item, None if is_new_try or entry.state == "unconfirmed" else entry))
    return _Matches(pairs, claimed)
