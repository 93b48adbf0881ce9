"""What we know to be on Trakt, and how it is compared with what is wanted. Pure.

Identity is the kind of title plus any shared id: a movie and a show with one number are two titles, and a title whose
set of ids changed is the same one as long as it shares an id.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from watchbuddy_contracts import Item, ItemIds, MediaType

Key = tuple[str, str, int | str]
EntryState = Literal["mirrored", "not_found", "unsure"]


# Tuples, not dataclasses: ten thousand are made for each look at a long list (0.3 µs each against 1.2 µs).
class Title(NamedTuple):
    """A movie or a show with the ids that are known of it; at least one."""

    media_type: MediaType
    trakt: int | None = None
    tmdb: int | None = None
    imdb: str | None = None

    @property
    def keys(self) -> list[Key]:
        """Whoever shares one of these is the same title."""
        kind = self.media_type
        keys: list[Key] = []
        if self.trakt is not None:
            keys.append((kind, "trakt", self.trakt))
        if self.tmdb is not None:
            keys.append((kind, "tmdb", self.tmdb))
        if self.imdb is not None:
            keys.append((kind, "imdb", self.imdb))
        return keys

    @property
    def ids(self) -> dict[str, int | str]:
        """The ids by name, as Trakt takes them."""
        return {name: value for _, name, value in self.keys}

    @property
    def label(self) -> str:
        """The first id, for people."""
        return str(self.keys[0][2])

    def contradicts(self, other: "Title") -> bool:
        """Whether both have an id of one kind, and not the same: then they are two titles, whatever else they share."""
        return any(
            mine is not None and theirs is not None and mine != theirs
            for mine, theirs in zip(self[1:], other[1:], strict=True)
        )

    def merged(self, other: "Title") -> "Title":
        """Return this title with the ids of `other` that it lacks."""
        return Title(
            self.media_type,
            other.trakt if self.trakt is None else self.trakt,
            other.tmdb if self.tmdb is None else self.tmdb,
            other.imdb if self.imdb is None else self.imdb,
        )

    def to_item(self) -> Item:
        """Return the title as events hold it."""
        return Item(media_type=self.media_type, ids=ItemIds(trakt=self.trakt, tmdb=self.tmdb, imdb=self.imdb))


class Entry(NamedTuple):
    """One row of the ledger.

    Args:
        title: with the ids that were sent and those learned since.
        state: on the Trakt list; not known to Trakt; or unsure, when a write's answer was lost: such a write is sent
            again if it is still wanted and undone if not, both harmless (Trakt's writes to items are idempotent).
        row_id: of the ledger's table; None: not saved yet.
        place_id: Trakt's id of the place in the list, needed for a reorder; None: not read yet.
    """

    title: Title
    state: EntryState = "mirrored"
    row_id: int | None = None
    place_id: int | None = None


# Of several entries that may be one title: a doubt is cleared first, and what is there is not sent again.
_SURENESS: Final[Mapping[EntryState, int]] = {"unsure": 0, "mirrored": 1, "not_found": 2}


@dataclass(frozen=True, slots=True)
class Difference:
    """What separates a list from its Trakt list.

    Args:
        missing: wanted and not (surely) there, by rank.
        extra: (possibly) there and not wanted, or left out.
        kept: there and wanted, by wanted rank.
        not_found: wanted, and Trakt does not know them.
        left_out: wanted, and over the account's limit; by rank.
        learned: rows whose title is wanted under more ids than they hold.
        order: what is on the Trakt list when all is done, in the wanted order.
    """

    missing: tuple[Title, ...]
    extra: tuple[Entry, ...]
    kept: tuple[Entry, ...]
    not_found: tuple[Title, ...]
    left_out: tuple[Title, ...]
    learned: tuple[tuple[int, Title], ...]
    order: tuple[Title, ...]


def compare(
    items: Iterable[Title], entries: tuple[Entry, ...], capacity: int | None = None, *, is_probing: bool = False
) -> Difference:
    """Return what separates the wanted items from the ledger's entries.

    Args:
        items: by rank; one that is there twice counts once.
        entries: in the order of the Trakt list.
        capacity: places that the account's limit leaves to this list; None: no limit met so far.
        is_probing: the capacity is an upper bound, the true one is smaller or equal.
    """
    matches = _match(items, entries)
    wanted = [(item, entry) for item, entry in matches.pairs if entry is None or entry.state != "not_found"]
    here, left_out = _cut(wanted, capacity, is_probing=is_probing)
    given_up = {key for item, entry in left_out for key in (item if entry is None else entry.title).keys}
    return Difference(
        missing=tuple(item for item, entry in here if entry is None),
        extra=tuple(
            entry
            for place, entry in enumerate(entries)
            if entry.state != "not_found"
            and (place not in matches.claimed or (given_up and not given_up.isdisjoint(entry.title.keys)))
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


def _cut(wanted: list[Pair], capacity: int | None, *, is_probing: bool) -> tuple[list[Pair], list[Pair]]:
    """Divide what is wanted into what fits and what is left out: the first by rank have the places.

    What is there gives way to a higher rank only when the new title will surely find the place: not while the true
    limit is still sought, and not on an account that is over its limit already and takes nothing at all.
    """
    if capacity is None:
        return wanted, []
    kept = sum(1 for _, entry in wanted if entry is not None)
    if not is_probing and kept <= capacity:
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
    """Each wanted title once, with its entry (None: to be added), and the places of all entries that are wanted."""

    pairs: list[Pair]
    claimed: set[int]


def _match(items: Iterable[Title], entries: tuple[Entry, ...]) -> _Matches:
    index = index_of(entries)
    claimed: set[int] = set()
    added: set[Key] = set()
    pairs: list[Pair] = []
    for item in items:
        keys = item.keys
        hits = {index[key] for key in keys if key in index}
        if hits & claimed or not added.isdisjoint(keys):
            continue  # the same title again
        if not hits:
            added.update(keys)
            pairs.append((item, None))
            continue
        entry = entries[min(hits, key=lambda hit: (_SURENESS[entries[hit].state], hit))]
        claimed |= {hit for hit in hits if not entry.title.contradicts(entries[hit].title)}
        # Ids that Trakt was not asked for yet may be known to it.
        is_new_try = entry.state == "not_found" and entry.title.merged(item) != entry.title
        pairs.append((item, None if is_new_try or entry.state == "unsure" else entry))
    return _Matches(pairs, claimed)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read of a Trakt list, beside what was known of it.

    Args:
        entries: as read, with the ids that we know them by.
        strangers: those that were not known.
        is_ambiguous: a stranger may be an entry that is known and missing: they have no id of one kind to compare.
    """

    entries: tuple[Entry, ...]
    strangers: tuple[Entry, ...]
    is_ambiguous: bool


def recognise(known: tuple[Entry, ...], shown: tuple[Entry, ...]) -> Recognised:
    """Find the known entries among those that Trakt shows, by a shared id or by the place's id.

    Trakt leaves out ids now and then (facts: trakt-api 13.8): an id under which we sent a title is not forgotten.
    """
    index = index_of(known)
    places = {entry.place_id: place for place, entry in enumerate(known) if entry.place_id is not None}
    found: set[int] = set()
    entries: list[Entry] = []
    strangers: list[Entry] = []
    for entry in shown:
        hits = {index[key] for key in entry.title.keys if key in index}
        if entry.place_id in places:
            hits.add(places[entry.place_id])
        same = [hit for hit in sorted(hits) if not entry.title.contradicts(known[hit].title)]
        title = entry.title
        for hit in same:
            title = title.merged(known[hit].title)
        found.update(same)
        entries.append(entry._replace(title=title))
        if not same:
            strangers.append(entry)
    missing = {_sort_of(entry.title) for place, entry in enumerate(known) if place not in found}
    new = {_sort_of(entry.title) for entry in strangers}
    is_ambiguous = any(
        kind == other and not any(both == (True, True) for both in zip(ids, other_ids, strict=True))
        for kind, ids in new
        for other, other_ids in missing
    )
    return Recognised(tuple(entries), tuple(strangers), is_ambiguous)


def _sort_of(title: Title) -> tuple[MediaType, tuple[bool, ...]]:
    """Return the kind of title, and which of its ids are known: trakt, tmdb, imdb."""
    return title.media_type, tuple(value is not None for value in title[1:])


def index_of(entries: Iterable[Entry]) -> Mapping[Key, int]:
    """Return each id's first place among the entries."""
    index: dict[Key, int] = {}
    for place, entry in enumerate(entries):
        for key in entry.title.keys:
            index.setdefault(key, place)
    return index


def mirrored(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries that are on the Trakt list, in its order."""
    return (entry for entry in entries if entry.state == "mirrored")
