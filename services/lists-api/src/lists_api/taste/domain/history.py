"""What an event of trakt-sync changes in a user's watched history, in whatever order the events come.

A title is in the history once; one shared id makes two titles the same. Of two events that speak of a title, the later
one counts. A full event speaks of every title.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchbuddy_contracts import Title, TitleKey, TraktWatchedChanged, keys_of


@dataclass(frozen=True, slots=True)
class Watched:
    """A title that its user has watched.

    Args:
        last_watched_at: None: Trakt does not say.
        reported_at: time of the event that said so.
        row: id of its row; None: it is not stored.
    """

    title: Title
    last_watched_at: datetime | None
    plays: int
    reported_at: datetime
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A title that an event took out of the history. An earlier event does not put it back."""

    title: Title
    reported_at: datetime
    row: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """What is to be stored.

    Args:
        deleted: rows of watched titles. forgotten: rows of titles that were taken out.
    """

    deleted: tuple[int, ...] = ()
    inserted: tuple[Watched, ...] = ()
    forgotten: tuple[int, ...] = ()
    remembered: tuple[Unwatched, ...] = ()


def reported(event: TraktWatchedChanged, at: datetime) -> tuple[list[Watched], list[Title]]:
    """Return the titles that the event of that time calls watched, and those that it takes out."""
    watched = [Watched(Title.of(item), item.last_watched_at, item.plays, at) for item in event.watched]
    return watched, [Title.of(item) for item in event.unwatched]


def changed(
    known: Iterable[Watched],
    taken_out: Sequence[Unwatched],
    watched: Sequence[Watched],
    unwatched: Sequence[Title],
    *,
    at: datetime,
    is_full: bool,
) -> HistoryChange:
    """Return what an event of that time changes.

    Args:
        known: the stored titles; of an event that is not full, those that share an id with its titles are enough.
        watched, unwatched: what the event says.
    """
    history = _History(known)
    later = keys_of(one.title for one in taken_out if one.reported_at > at)
    if is_full:
        history.keep_only(keys_of(one.title for one in watched), before=at)
    for one in watched:
        if later.isdisjoint(one.title.keys):
            history.put(one)
    for title in unwatched:
        history.remove(title, at)
    said = keys_of([*(one.title for one in watched), *unwatched])
    forgotten = (
        one.row
        for one in taken_out
        if one.row is not None and one.reported_at <= at and (is_full or not said.isdisjoint(one.title.keys))
    )
    return HistoryChange(
        tuple(history.deleted),
        tuple(one for one in history.entries.values() if one.row is None),
        tuple(forgotten),
        tuple(Unwatched(title, at) for title in unwatched),
    )


class _History:
    """The titles with an index of their keys."""

    def __init__(self, known: Iterable[Watched]) -> None:
        self.entries: dict[int, Watched] = {}
        self.deleted: list[int] = []
        self._index: dict[TitleKey, int] = {}
        self._numbers = 0
        for one in known:
            self._add(one)

    def put(self, new: Watched) -> None:
        """Take a title in, with the ids that were known of it; what a later event said of it stays."""
        numbers = self._same_as(new.title)
        same = [self.entries[number] for number in numbers]
        if any(one.reported_at > new.reported_at for one in same):
            return
        title = new.title
        for one in same:
            title = title.merged(one.title)
        merged = replace(new, title=title)
        if len(same) == 1 and replace(merged, reported_at=same[0].reported_at, row=same[0].row) == same[0]:
            return  # nothing to write: a full event repeats thousands
        for number in numbers:
            self._drop(number)
        self._add(merged)

    def remove(self, title: Title, at: datetime) -> None:
        """Take a title out, unless a later event put it in."""
        for number in self._same_as(title):
            if self.entries[number].reported_at <= at:
                self._drop(number)

    def keep_only(self, keys: set[TitleKey], *, before: datetime) -> None:
        """Take out what an earlier event put in, except titles with these keys."""
        for number, one in list(self.entries.items()):
            if one.reported_at < before and keys.isdisjoint(one.title.keys):
                self._drop(number)

    def _same_as(self, title: Title) -> list[int]:
        return sorted({self._index[key] for key in title.keys if key in self._index})

    def _add(self, one: Watched) -> None:
        self._numbers += 1
        self.entries[self._numbers] = one
        self._index.update(dict.fromkeys(one.title.keys, self._numbers))

    def _drop(self, number: int) -> None:
        one = self.entries.pop(number)
        for key in one.title.keys:
            if self._index.get(key) == number:
                del self._index[key]
        if one.row is not None:
            self.deleted.append(one.row)
