"""How a list differs from its Trakt list."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trakt_sync.mirroring.desired import Mode
from trakt_sync.mirroring.ledger import SET_ASIDE, Entry, EntryState, is_ours, rows_in
from watchbuddy_contracts import Title, TitleKey

# Of several entries that may be one title, an unconfirmed one is confirmed first. A title that is there is not sent.
_PREFERENCE: Final[Mapping[EntryState, int]] = {
    "unconfirmed": 0,
    "mirrored": 1,
    "not_removed": 1,
    "not_found": 2,
    "rejected": 2,
    "taken_off": 2,
    "watched": 2,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What separates a list from its Trakt list.

    Args:
        missing: wanted and not confirmed to be there, by rank.
        extra: there, or possibly there, and not wanted or left out, and the list's mode lets them be removed.
        kept: there and wanted, by wanted rank.
        aside: entries of titles that are wanted and not sent for now, with the title as it is wanted.
        aside_in_vain: row ids of such entries whose title is not wanted any more.
        not_removed: there and not wanted, and Trakt does not take them off.
        borne: how many are there and not wanted, and stay.
        is_doubtful: some entry in `extra` may be a wanted title: under an id that we do not know of it, or over the
            limit only if it is not there.
        left_out: wanted, and over the account's limit; by rank.
        learned: row ids whose title is wanted under more ids than they hold.
        order: what is on the Trakt list when all is done, in the wanted order.
    """

    missing: tuple[Title, ...]
    extra: tuple[Entry, ...]
    kept: tuple[Entry, ...]
    aside: tuple[tuple[Title, Entry], ...]
    aside_in_vain: tuple[int, ...]
    not_removed: tuple[Entry, ...]
    borne: int
    is_doubtful: bool
    left_out: tuple[Title, ...]
    learned: tuple[tuple[int, Title], ...]
    order: tuple[Title, ...]

    def set_aside(self, state: EntryState) -> tuple[Title, ...]:
        """Return the wanted titles that are set aside for this reason."""
        return tuple(title for title, entry in self.aside if entry.state == state)


def diff(
    items: Iterable[Title],
    entries: tuple[Entry, ...],
    capacity: int | None = None,
    *,
    is_upper_bound: bool = False,
    mode: Mode = "mirror",
    is_left_as_found: bool = False,
) -> Difference:
    """Return what separates the wanted items from the ledger's entries.

    Args:
        items: by rank; a title that is there twice counts once.
        entries: in the order of the Trakt list.
        capacity: entries that the Trakt list may have by the account's limit; None: no limit met so far.
        is_upper_bound: the true capacity is smaller or equal.
        mode: see `Policies`.
        is_left_as_found: titles that somebody took off on Trakt stay off.
    """
    tried_again = () if is_left_as_found else ("taken_off",)
    matches = _match(items, entries, tried_again)
    wanted = [(item, entry) for item, entry in matches.pairs if entry is None or entry.state not in SET_ASIDE]
    others = [entry for position, entry in enumerate(entries) if position not in matches.claimed]
    borne = sum(1 for entry in others if entry.state not in SET_ASIDE and not _is_removable(entry, mode))
    room = None if capacity is None else max(0, capacity - borne)
    here, left_out = _cut(wanted, room, mode, is_upper_bound=is_upper_bound)
    given_up = {key for item, entry in left_out for key in (item if entry is None else entry.title).keys}
    unwanted = [
        entry
        for position, entry in enumerate(entries)
        if position not in matches.claimed or (given_up and not given_up.isdisjoint(entry.title.keys))
    ]
    extra = tuple(entry for entry in unwanted if _is_removable(entry, mode))
    return Difference(
        missing=tuple(item for item, entry in here if entry is None),
        extra=extra,
        kept=tuple(entry for _, entry in here if entry is not None),
        aside=tuple((item, entry) for item, entry in matches.pairs if entry is not None and entry.state in SET_ASIDE),
        aside_in_vain=rows_in(entry for entry in unwanted if entry.state in SET_ASIDE),
        not_removed=tuple(entry for entry in unwanted if entry.state == "not_removed"),
        borne=borne,
        is_doubtful=_may_have_a_place(extra, given_up) or _may_be_wanted(extra, (item for item, _ in wanted)),
        left_out=tuple(item for item, _ in left_out),
        learned=tuple(
            (entry.row_id, entry.title.merged(item))
            for item, entry in here
            if entry is not None and entry.row_id is not None and item != entry.title != entry.title.merged(item)
        ),
        order=tuple(item for item, _ in here),
    )


Pair = tuple[Title, Entry | None]


def _is_removable(entry: Entry, mode: Mode) -> bool:
    if mode == "mirror":
        return entry.state in ("mirrored", "unconfirmed")
    return mode == "keep_extra" and is_ours(entry)


def _may_have_a_place(extra: Iterable[Entry], given_up: set[TitleKey]) -> bool:
    """Whether one of the entries is wanted, has no place if it is not there, and keeps its place if it is."""
    return any(entry.state == "unconfirmed" and not given_up.isdisjoint(entry.title.keys) for entry in extra)


def _may_be_wanted(extra: Iterable[Entry], wanted: Iterable[Title]) -> bool:
    """Whether one of the entries may be a wanted title: the two have no id of one kind to compare.

    Sameness is Trakt's. Of an entry that was read, all ids are known that Trakt knows. A title that is left out may be
    one too: where an account takes nothing, what is taken off does not come back.
    """
    unread = {_kinds_of(entry.title) for entry in extra if entry.list_item_id is None}
    if not unread:
        return False
    kinds = {_kinds_of(title) for title in wanted}
    return any(
        media_type == other and not any(both == (True, True) for both in zip(known, others_known, strict=True))
        for media_type, known in unread
        for other, others_known in kinds
    )


def _kinds_of(title: Title) -> tuple[str, tuple[bool, bool, bool]]:
    return title.media_type, (title.trakt is not None, title.tmdb is not None, title.imdb is not None)


def _cut(
    wanted: list[Pair], capacity: int | None, mode: Mode, *, is_upper_bound: bool
) -> tuple[list[Pair], list[Pair]]:
    """Divide what is wanted into what fits and what is left out. The first by rank have the places.

    An entry gives way to a title of a higher rank only when that title is sure to find the place. It is not sure while
    the true limit is still sought, nor on an account that is over its limit and takes nothing at all. One that may not
    be removed has its place.
    """
    if capacity is None:
        return wanted, []
    kept = sum(1 for _, entry in wanted if entry is not None)
    are_sure = not is_upper_bound and kept <= capacity
    held = [entry is not None and not (are_sure and _is_removable(entry, mode)) for _, entry in wanted]
    here: list[Pair] = []
    left_out: list[Pair] = []
    room = max(0, capacity - sum(held))
    for pair, is_held in zip(wanted, held, strict=True):
        fits = is_held or room > 0
        room -= not is_held
        (here if fits else left_out).append(pair)
    return here, left_out


@dataclass(frozen=True, slots=True)
class _Matches:
    """Each wanted title once, with its entry (None: to be added), and the positions of all entries that are wanted."""

    pairs: list[Pair]
    claimed: set[int]


def _match(items: Iterable[Title], entries: tuple[Entry, ...], tried_again: Collection[str]) -> _Matches:
    positions, further = _positions(entries)
    claimed: set[int] = set()
    wanted: set[TitleKey] = set()
    pairs: list[Pair] = []
    for item in items:
        keys = item.keys
        hits = {positions[key] for key in keys if key in positions}
        if further:
            hits.update(position for key in keys for position in further.get(key, ()))
        if hits & claimed or not wanted.isdisjoint(keys):
            continue  # the same title again
        wanted.update(keys)
        if not hits:
            pairs.append((item, None))
            continue
        if len(hits) == 1:  # as nearly always
            (position,) = hits
        else:
            position = min(hits, key=lambda hit: (_PREFERENCE[entries[hit].state], hit))
        entry = entries[position]
        claimed |= {hit for hit in hits if hit == position or not entry.title.contradicts(entries[hit].title)}
        # Trakt may know the title by an id that it was not asked for yet.
        is_new_try = entry.state in ("not_found", "rejected") and entry.title.merged(item) != entry.title
        is_new_try = is_new_try or entry.state in tried_again
        pairs.append((item, None if is_new_try or entry.state == "unconfirmed" else entry))
    return _Matches(pairs, claimed)


def _positions(entries: tuple[Entry, ...]) -> tuple[Mapping[TitleKey, int], Mapping[TitleKey, Sequence[int]]]:
    """Return each key's first position among the entries, and the further ones: two entries may be one title."""
    first: dict[TitleKey, int] = {}
    further: dict[TitleKey, list[int]] = {}
    for position, entry in enumerate(entries):
        for key in entry.title.keys:
            if first.setdefault(key, position) != position:
                further.setdefault(key, []).append(position)
    return first, further
