"""Which of the entries that Trakt shows are those of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass

from trakt_sync.mirroring.ledger import Entry, positions_of
from watchbuddy_contracts import MediaType, Title


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was read of a Trakt list, compared with the ledger.

    Args:
        entries: as read, with the ids that the ledger knows them by.
        known: the ledger's entries with the ids that were read of them. Two that are one entry on Trakt are one.
        strangers: those that the ledger does not know.
        missing: entries of the ledger that Trakt does not show.
        is_ambiguous: a stranger may be an entry of the ledger: the two have no id of one kind to compare.
    """

    entries: tuple[Entry, ...]
    known: tuple[Entry, ...]
    strangers: tuple[Entry, ...]
    missing: tuple[Entry, ...]
    is_ambiguous: bool


def recognise(known: tuple[Entry, ...], shown: tuple[Entry, ...]) -> Recognition:
    """Find the ledger's entries among those that Trakt shows, by a shared id or by the list item's id.

    Trakt leaves out ids now and then (facts: trakt-api 13.8). An id under which we sent a title is not forgotten.
    """
    positions = positions_of(known)
    by_list_item = {entry.list_item_id: position for position, entry in enumerate(known) if entry.list_item_id}
    read: dict[int, Entry] = {}
    entries: list[Entry] = []
    strangers: list[Entry] = []
    for entry in shown:
        hits = {positions[key] for key in entry.title.keys if key in positions}
        if entry.list_item_id in by_list_item:
            hits.add(by_list_item[entry.list_item_id])
        same = [hit for hit in sorted(hits) if not entry.title.contradicts(known[hit].title)]
        title = entry.title
        for hit in same:
            title = title.merged(known[hit].title)
        one = entry._replace(title=title, is_by_others=all(known[hit].is_by_others for hit in same))
        read.update((hit, one) for hit in same)
        entries.append(one)
        if not same:
            strangers.append(one)
    unseen = tuple(entry for position, entry in enumerate(known) if position not in read)
    missing = {_ids_known_of(entry.title) for entry in unseen}
    new = {_ids_known_of(entry.title) for entry in strangers}
    is_ambiguous = any(
        kind == other and not any(both == (True, True) for both in zip(ids, other_ids, strict=True))
        for kind, ids in new
        for other, other_ids in missing
    )
    return Recognition(tuple(entries), _with_ids(known, read), tuple(strangers), unseen, is_ambiguous)


def _with_ids(known: tuple[Entry, ...], read: Mapping[int, Entry]) -> tuple[Entry, ...]:
    """Return the ledger's entries in their order, with the ids that were read. The first of two that are one stays."""
    here: dict[int | None, None] = {}
    entries = []
    for position, entry in enumerate(known):
        one = read.get(position)
        if one is None:
            entries.append(entry)
        elif one.list_item_id not in here:
            here[one.list_item_id] = None
            entries.append(entry._replace(title=one.title, state="mirrored", list_item_id=one.list_item_id))
    return tuple(entries)


def _ids_known_of(title: Title) -> tuple[MediaType, tuple[bool, ...]]:
    """Return the media type, and which ids are known: trakt, tmdb, imdb."""
    return title.media_type, tuple(value is not None for value in title[1:])
