"""What a user watched on Trakt: whether it is to be read, and what is told of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

from watchbuddy_contracts import Title, TraktWatchedChanged, WatchedItem, to_items

READ_WHOLE_AFTER: Final = timedelta(hours=20)
"""Within that time of a whole reading, only new plays are read. The whole shows what was taken back or dated back."""
MAX_COUNTED: Final = 10
"""Titles with new plays whose plays are counted one by one, a request each. The whole of 2,500 titles is as many."""
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
TITLES_AN_EVENT: Final = 2000
"""Some 300 kB."""


@dataclass(frozen=True, slots=True)
class Activities:
    """Trakt's stamps of when somebody last changed what they watched, as Trakt wrote them."""

    movies: str
    episodes: str


@dataclass(frozen=True, slots=True)
class WatchedTitle:
    """A movie, or a show of which an episode was watched."""

    title: Title
    last_watched_at: datetime
    plays: int = 1


@dataclass(frozen=True, slots=True)
class HistoryState:
    """How far an account's history was read.

    Args:
        seen: the stamps at the last reading.
        newest: when the newest play was that was read; None: there is none.
        whole_at: when the whole was read.
        whole_seen: the stamps then; None: not known.
    """

    seen: Activities
    newest: datetime | None
    whole_at: datetime
    whole_seen: Activities | None = None


def is_whole_due(state: HistoryState | None, seen: Activities, now: datetime) -> bool:
    """Tell whether the whole is to be read: new plays alone do not show what was taken back or dated back."""
    if state is None:
        return True
    return state.whole_seen != seen and (state.newest is None or now >= state.whole_at + READ_WHOLE_AFTER)


def after_whole(seen: Activities, titles: Iterable[WatchedTitle], now: datetime) -> HistoryState:
    """Return the state after the whole was read."""
    return HistoryState(seen, max((one.last_watched_at for one in titles), default=None), now, seen)


def after_new(state: HistoryState, seen: Activities, titles: Iterable[WatchedTitle]) -> HistoryState:
    """Return the state after the new plays were read."""
    newest = max((one.last_watched_at for one in titles), default=state.newest)
    return replace(state, seen=seen, newest=newest)


def next_look(user_id: str, now: datetime, every: timedelta) -> datetime:
    """Return when the history is looked at next, within `every`.

    Each user has a place of their own in that time, so that they do not all come at once, not after an outage either.
    """
    place = every * (crc32(user_id.encode()) / 2**32)
    return now + every - (now - EPOCH - place) % every


def are_countable(titles: Collection[WatchedTitle]) -> bool:
    """Tell whether the plays of titles with new ones are counted one by one. Else the whole is read, which has them."""
    return len(titles) <= MAX_COUNTED and all(one.title.trakt is not None for one in titles)


def merged(plays: Iterable[WatchedTitle]) -> tuple[WatchedTitle, ...]:
    """Return each title once, with its last play and how many of these plays it has: not all that there ever were."""
    titles: dict[Title, WatchedTitle] = {}
    for play in plays:
        known = titles.get(play.title)
        if known is None:
            titles[play.title] = play
        else:
            last = max(known.last_watched_at, play.last_watched_at)
            titles[play.title] = WatchedTitle(play.title, last, known.plays + play.plays)
    return tuple(titles.values())


def events(user_id: str, titles: tuple[WatchedTitle, ...], *, is_full: bool) -> list[TraktWatchedChanged]:
    """Return the events that tell of the titles: a full one first, and others of the same time that add to it."""
    found = []
    for start in range(0, len(titles), TITLES_AN_EVENT) or ([0] if is_full else []):
        part = titles[start : start + TITLES_AN_EVENT]
        items = to_items(one.title for one in part)
        watched = tuple(
            WatchedItem(
                media_type=item.media_type,
                ids=item.ids,
                last_watched_at=one.last_watched_at,
                plays=max(1, one.plays),
            )
            for item, one in zip(items, part, strict=True)
        )
        found.append(TraktWatchedChanged(user_id=user_id, watched=watched, is_full=is_full and start == 0))
    return found
