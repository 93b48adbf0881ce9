"""What a user has watched, as trakt-sync reports it: by any shared id, and in whatever order the events come."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from lists_api.taste.domain.history import Unwatched, Watched, changed, reported
from lists_api.testing import AT, Api, delivered
from watchbuddy_contracts import Item, ItemIds, MediaType, Title, TraktWatchedChanged, WatchedItem

DAY = timedelta(days=1)


def item(tmdb: int | None = None, media_type: MediaType = "movie", **ids: int | str) -> Item:
    return Item(media_type=media_type, ids=ItemIds.model_validate({"tmdb": tmdb} | ids))


def seen(one: Item, plays: int = 1, at: datetime = AT) -> WatchedItem:
    return WatchedItem(media_type=one.media_type, ids=one.ids, plays=plays, last_watched_at=at)


def event(
    *watched: Item, unwatched: Sequence[Item] = (), is_full: bool = False, user_id: str = "ada"
) -> TraktWatchedChanged:
    titles = tuple(one if isinstance(one, WatchedItem) else seen(one) for one in watched)
    return TraktWatchedChanged(user_id=user_id, watched=titles, unwatched=tuple(unwatched), is_full=is_full)


async def history(api: Api, user_id: str = "ada") -> set[tuple[str, int | None, int | None, str | None, int]]:
    rows = await api.pool.fetch("SELECT media_type, trakt, tmdb, imdb, plays FROM watched WHERE user_id = $1", user_id)
    return {(row[0], row[1], row[2], row[3], row[4]) for row in rows}


async def numbers(api: Api, user_id: str = "ada") -> set[int | None]:
    return {tmdb for _, _, tmdb, _, _ in await history(api, user_id)}


async def test_what_was_watched_is_kept_with_its_plays_and_time(api: Api) -> None:
    later = AT + DAY
    await api.receive(event(seen(item(949, imdb="tt0113277"), plays=3, at=later)))
    (row,) = await api.pool.fetch("SELECT * FROM watched")
    assert (row["user_id"], row["media_type"], row["tmdb"], row["imdb"]) == ("ada", "movie", 949, "tt0113277")
    assert (row["plays"], row["last_watched_at"]) == (3, later)
    await api.receive(event(seen(item(949), plays=4, at=later + DAY)), at=AT + DAY)
    assert await history(api) == {("movie", None, 949, "tt0113277", 4)}  # the id that was known stays


async def test_movie_five_is_not_show_five(api: Api) -> None:
    await api.receive(event(item(5), item(5, "show")))
    assert {row[0] for row in await history(api)} == {"movie", "show"}
    await api.receive(event(unwatched=[item(5)]), at=AT + DAY)
    assert {row[0] for row in await history(api)} == {"show"}


async def test_titles_that_turn_out_to_be_one_become_one(api: Api) -> None:
    await api.receive(event(item(949), item(imdb="tt0113277")))
    assert len(await history(api)) == 2
    await api.receive(event(seen(item(949, imdb="tt0113277"), plays=2)), at=AT + DAY)
    assert await history(api) == {("movie", None, 949, "tt0113277", 2)}


async def test_a_title_that_an_event_names_twice_is_kept_once(api: Api) -> None:
    await api.receive(event(item(949), item(949, imdb="tt0113277")))
    assert await history(api) == {("movie", None, 949, "tt0113277", 1)}


async def test_an_event_that_is_delivered_ten_times_counts_once(api: Api) -> None:
    first = delivered(event(item(1)), at=AT, event_id=uuid4())
    for _ in range(5):
        await api.trakt_events.record([first])
    await api.receive(event(unwatched=[item(1)]), at=AT + DAY)
    for _ in range(5):
        await api.trakt_events.record([first])
    assert await history(api) == set()


async def test_an_older_event_puts_nothing_back_and_takes_nothing_out(api: Api) -> None:
    await api.receive(event(unwatched=[item(1)]), at=AT + DAY)
    await api.receive(event(item(2)), at=AT + DAY)
    await api.receive(event(item(1), item(2), item(3), unwatched=[item(2)]), at=AT)
    assert await numbers(api) == {2, 3}
    await api.receive(event(item(1)), at=AT + 2 * DAY)
    assert await numbers(api) == {1, 2, 3}


async def test_a_full_history_takes_out_what_it_does_not_name(api: Api) -> None:
    await api.receive(event(item(1), item(2)), event(item(9), user_id="bob"))
    await api.receive(event(item(2), item(3), is_full=True), at=AT + DAY)
    assert (await numbers(api), await numbers(api, "bob")) == ({2, 3}, {9})
    await api.receive(event(item(1)), at=AT)  # older than the full one
    assert await numbers(api) == {2, 3}
    await api.receive(event(is_full=True), at=AT + 2 * DAY)
    assert await numbers(api) == set()


async def test_a_full_history_that_comes_late_leaves_what_is_newer(api: Api) -> None:
    await api.receive(event(item(4), unwatched=[item(2)]), at=AT + 2 * DAY)
    await api.receive(event(item(1), item(2), is_full=True), at=AT + DAY)
    assert await numbers(api) == {1, 4}


async def test_a_history_in_parts_of_one_time_is_whole_in_whatever_order_they_come(api: Api) -> None:
    for user, order in (("ada", (0, 1, 2)), ("bob", (2, 1, 0))):
        parts = [
            event(item(1), is_full=True, user_id=user),
            event(item(2), user_id=user),
            event(item(3), user_id=user),
        ]
        await api.receive(event(item(9), user_id=user))
        await api.receive(*(parts[index] for index in order), at=AT + DAY)
        assert await numbers(api, user) == {1, 2, 3}


async def test_a_full_history_that_changes_nothing_writes_nothing(api: Api) -> None:
    whole = event(*(item(number) for number in range(1, 301)), is_full=True)
    await api.receive(whole)
    before = await api.pool.fetch("SELECT watched_id, reported_at FROM watched ORDER BY watched_id")
    await api.receive(whole, at=AT + DAY)
    assert await api.pool.fetch("SELECT watched_id, reported_at FROM watched ORDER BY watched_id") == before


async def test_events_of_a_user_at_once_are_all_recorded(api: Api) -> None:
    events = [delivered(event(item(number), item(7)), at=AT + number * DAY) for number in range(10, 20)]
    await asyncio.gather(*(api.trakt_events.record([one]) for one in events))
    assert await numbers(api) == {7, *range(10, 20)}


async def test_twenty_thousand_titles_are_taken(api: Api) -> None:
    await api.receive(event(*(item(number) for number in range(1, 20_001)), is_full=True))
    await api.receive(event(item(20_001), unwatched=[item(1)]), at=AT + DAY)
    assert await api.pool.fetchval("SELECT count(*) FROM watched") == 20_000


async def test_what_events_took_out_is_remembered_once_and_forgotten_by_a_later_full_one(api: Api) -> None:
    for day in range(5):
        await api.receive(event(unwatched=[item(1)]), at=AT + day * DAY)
    assert await api.pool.fetchval("SELECT count(*) FROM unwatched") == 1
    await api.receive(event(is_full=True), at=AT + 9 * DAY)
    assert await api.pool.fetchval("SELECT count(*) FROM unwatched") == 0


@dataclass
class Store:
    """What the database holds, without one."""

    watched: dict[int, Watched] = field(default_factory=dict)
    unwatched: dict[int, Unwatched] = field(default_factory=dict)
    full_at: datetime | None = None
    rows: int = 0

    def receive(self, one: TraktWatchedChanged, at: datetime) -> None:
        if self.full_at is not None and at < self.full_at:
            return
        if one.is_full:
            self.full_at = at
        titles, gone = reported(one, at)
        change = changed(
            list(self.watched.values()), list(self.unwatched.values()), titles, gone, at=at, is_full=one.is_full
        )
        for row in change.deleted:
            del self.watched[row]
        for row in change.forgotten:
            del self.unwatched[row]
        for title in change.inserted:
            self.rows += 1
            self.watched[self.rows] = replace(title, row=self.rows)
        for taken in change.remembered:
            self.rows += 1
            self.unwatched[self.rows] = replace(taken, row=self.rows)

    @property
    def titles(self) -> set[tuple[Title, int]]:
        return {(one.title, one.plays) for one in self.watched.values()}


NUMBERS = st.sets(st.integers(1, 6), max_size=4)


@st.composite
def events_of_a_user(draw: st.DrawFn) -> list[tuple[TraktWatchedChanged, datetime]]:
    """Events of rising times, each with its own plays, so that it shows which one counted."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        watched, is_full = draw(NUMBERS), draw(st.booleans())
        unwatched = set() if is_full else draw(NUMBERS) - watched
        titles = [seen(item(tmdb), plays=number + 1) for tmdb in sorted(watched)]
        one = event(*titles, unwatched=[item(tmdb) for tmdb in sorted(unwatched)], is_full=is_full)
        made.append((one, AT + number * DAY))
    return made


@given(events_of_a_user(), st.randoms(use_true_random=False))
def test_events_in_any_order_and_again_end_in_the_same_history(
    events: list[tuple[TraktWatchedChanged, datetime]], random: Random
) -> None:
    in_order, shuffled = Store(), Store()
    for one, at in events:
        in_order.receive(one, at)
    mixed = [*events, *random.sample(events, len(events) // 2)]
    random.shuffle(mixed)
    for one, at in mixed:
        shuffled.receive(one, at)
    assert shuffled.titles == in_order.titles


@given(events_of_a_user())
def test_no_two_titles_of_a_history_share_an_id(events: list[tuple[TraktWatchedChanged, datetime]]) -> None:
    store = Store()
    for one, at in events:
        store.receive(one, at)
        keys = [key for watched in store.watched.values() for key in watched.title.keys]
        assert len(keys) == len(set(keys))
