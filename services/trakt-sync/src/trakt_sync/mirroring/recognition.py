"""Which of the entries that Trakt shows are those of the ledger."""

from dataclasses import dataclass

from trakt_sync.mirroring.ledger import Entry, positions_of
from watchbuddy_contracts import MediaType, Title


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was read of a Trakt list, compared with the ledger.

    Args:
        entries: as read, with the ids that the ledger knows them by.
        strangers: those that the ledger does not know.
        is_ambiguous: a stranger may be an entry of the ledger: the two have no id of one kind to compare.
    """

    entries: tuple[Entry, ...]
    strangers: tuple[Entry, ...]
    is_ambiguous: bool


def recognise(known: tuple[Entry, ...], shown: tuple[Entry, ...]) -> Recognition:
    """Find the ledger's entries among those that Trakt shows, by a shared id or by the list item's id.

    Trakt leaves out ids now and then (facts: trakt-api 13.8). An id under which we sent a title is not forgotten.
    """
    positions = positions_of(known)
    by_list_item = {entry.list_item_id: position for position, entry in enumerate(known) if entry.list_item_id}
    found: set[int] = set()
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
        found.update(same)
        entries.append(entry._replace(title=title))
        if not same:
            strangers.append(entry)
    missing = {_ids_known_of(entry.title) for position, entry in enumerate(known) if position not in found}
    new = {_ids_known_of(entry.title) for entry in strangers}
    is_ambiguous = any(
        kind == other and not any(both == (True, True) for both in zip(ids, other_ids, strict=True))
        for kind, ids in new
        for other, other_ids in missing
    )
    return Recognition(tuple(entries), tuple(strangers), is_ambiguous)


def _ids_known_of(title: Title) -> tuple[MediaType, tuple[bool, ...]]:
    """Return the media type, and which ids are known: trakt, tmdb, imdb."""
    return title.media_type, tuple(value is not None for value in title[1:])
