"""The decisions of a run, without a database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lists_api.catalogue.domain.filters import Filters
from lists_api.lists.domain.filling import Filling, Sort
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.schedule import Schedule
from lists_api.runs.domain.fill import Ranked, fill, without_watched
from lists_api.runs.domain.mode import mode_of
from lists_api.runs.domain.outcome import Findings, Guard, Situation, outcome_of
from lists_api.runs.domain.run import Demand, Lease
from lists_api.runs.domain.timing import next_run_at, retry_at
from watchbuddy_contracts import Title, keys_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = Lease(UUID(int=1), UUID(int=2), 7, "ada", 1, "Best", 1, Demand("auto"))
IDS = st.integers(1, 30)
TITLES = st.builds(lambda kind, tmdb, imdb: Title(kind, None, tmdb, f"tt{imdb:07}" if imdb else None),
                   st.sampled_from(["movie", "show"]), IDS, st.none() | IDS)  # fmt: skip


def movie(tmdb: int) -> Title:
    return Title("movie", None, tmdb, None)


def ranked(titles: Sequence[Title]) -> list[Ranked]:
    return [
        Ranked(title, 1000 - rank, "why", str(title.tmdb), (title.tmdb or 0) * 31 % 7, (title.tmdb or 0) % 5)
        for rank, title in enumerate(titles)
    ]


def media_list(
    items: Sequence[Title] = (), pins: Sequence[Title] = (), out: Sequence[Title] = (), **filling: object
) -> MediaList:
    own = Filling(**{"item_limit": 5, **filling})  # type: ignore[arg-type]
    properties = ListProperties("Best", "custom", filling=own)
    return MediaList(7, "ada", 1, properties, tuple(items), frozenset(pins), tuple(out))


def distinct(titles: Sequence[Title]) -> list[Title]:
    seen: set[object] = set()
    found = []
    for title in titles:
        if seen.isdisjoint(title.keys):
            seen.update(title.keys)
            found.append(title)
    return found


@st.composite
def lists(draw: st.DrawFn) -> MediaList:
    items = distinct(draw(st.lists(TITLES, max_size=8)))
    pins = [title for title in items if draw(st.booleans())]
    return media_list(
        items,
        pins,
        draw(st.lists(TITLES, max_size=3)),
        item_limit=draw(st.integers(1, 8)),
        sort=draw(st.sampled_from(["rank", "rating", "year", "title", "added"])),
        exclude_watched=draw(st.booleans()),
    )


@given(lists(), st.lists(TITLES, max_size=12), st.lists(TITLES, max_size=3))
def test_a_filled_list_keeps_its_rules(current: MediaList, found: list[Title], seen: list[Title]) -> None:
    filling = current.properties.filling
    assert filling is not None
    watched = keys_of(seen)
    wanted = fill(current, ranked(found), watched, year=2026).wanted
    keys = [key for title in wanted.items for key in title.keys]
    assert len(keys) == len(set(keys)), "a title is on a list once"
    pins = [title for title in current.items if title in current.pins]
    if filling.exclude_watched:
        pins = [title for title in pins if watched.isdisjoint(title.keys)]
        assert watched.isdisjoint(keys)
    assert list(wanted.items[: len(pins)]) == pins
    assert wanted.pins == set(pins)
    assert len(wanted.items) <= max(filling.item_limit, len(pins))
    assert keys_of(wanted.items[len(pins) :]).isdisjoint(keys_of(current.exclusions))


@given(lists(), st.lists(TITLES, max_size=12), st.lists(TITLES, max_size=3))
@example(
    media_list([Title("show", None, 2, "tt1")], out=[Title("show", None, 1, "tt1")]), [Title("show", None, 2)], []
)  # a title that leaves by an id which the found one does not have
def test_filling_a_filled_list_again_changes_nothing(current: MediaList, found: list[Title], seen: list[Title]) -> None:
    watched = keys_of(seen)
    once = fill(current, ranked(found), watched, year=2026).wanted
    assert fill(once, ranked(found), watched, year=2026).wanted == once


def test_each_sort_has_its_order() -> None:
    current = media_list([movie(4), movie(2)])
    found = ranked([movie(one) for one in (1, 2, 3, 4)])
    orders: dict[Sort, list[int | None]] = {
        "rank": [1, 2, 3, 4],
        "rating": [2, 4, 1, 3],
        "year": [4, 3, 2, 1],
        "title": [1, 2, 3, 4],
        "added": [4, 2, 1, 3],
    }
    for sort, expected in orders.items():
        filling = current.properties.filling
        assert filling is not None
        sorted_list = replace(current, properties=replace(current.properties, filling=replace(filling, sort=sort)))
        wanted = fill(sorted_list, found, frozenset(), year=2026).wanted
        assert [title.tmdb for title in wanted.items] == expected, sort


def test_a_title_that_is_there_keeps_the_ids_that_it_has() -> None:
    current = media_list([movie(1)])
    found = ranked([Title("movie", 5, 1, "tt0000001")])
    assert fill(current, found, frozenset(), year=2026).wanted == current


def test_filters_that_want_unseen_titles_let_pinned_ones_stay() -> None:
    current = media_list([movie(1), movie(2)], pins=[movie(1)], filters=Filters(watched="not_watched"))
    after = without_watched(current, keys_of([movie(1), movie(2)]))
    assert after.items == (movie(1),)


@pytest.mark.parametrize(
    ("demand", "schedule", "expected"),
    [
        (Demand("auto", is_due=True), Schedule(), "full"),
        (Demand("manual", force_full=True), Schedule(last_sync_at=NOW, last_full_sync_at=NOW), "full"),
        (Demand("auto", is_due=True), Schedule(last_sync_at=NOW, last_full_sync_at=NOW - 7 * 24 * HOUR), "full"),
        (Demand("auto", is_due=True), Schedule(last_sync_at=NOW, last_full_sync_at=NOW), "incremental"),
        (Demand("manual"), Schedule(last_sync_at=NOW - 24 * HOUR, last_full_sync_at=NOW), "incremental"),
        (Demand("manual"), Schedule(next_sync_at=NOW, last_sync_at=NOW, last_full_sync_at=NOW), "incremental"),
        (Demand("manual"), Schedule(last_sync_at=NOW - HOUR, last_full_sync_at=NOW), "skip"),
        (Demand("watched_only"), Schedule(), "watched_only"),
    ],
    ids=["first", "forced", "old", "due", "late", "next time", "too early", "watched only"],
)
def test_l8_the_mode_of_a_run(demand: Demand, schedule: Schedule, expected: str) -> None:
    assert mode_of(media_list(), schedule, demand, now=NOW) == expected


@given(st.integers(1, 2**62), st.integers(1, 720))
def test_a_run_comes_within_the_last_tenth_of_its_interval(list_id: int, hours: int) -> None:
    wait = next_run_at(list_id, NOW, hours) - NOW
    assert hours * HOUR * 0.9 <= wait <= hours * HOUR
    assert next_run_at(list_id, NOW, hours) == NOW + wait


@given(st.integers(1, 10_000), st.integers(1, 720))
def test_waits_after_failures_grow_to_the_interval(failures: int, hours: int) -> None:
    waits = [retry_at(one, NOW, hours) - NOW for one in (failures, failures + 1)]
    assert timedelta(minutes=1) <= waits[0] <= waits[1] <= hours * HOUR
    assert retry_at(9, NOW, hours) - NOW == hours * HOUR


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100), st.sampled_from(["auto", "manual"]))
def test_only_an_automatic_run_of_a_long_list_is_held(size: int, gone: int, percent: int, trigger: str) -> None:
    items = [movie(one) for one in range(1, size + 1)]
    current = media_list(items, item_limit=60)
    found = ranked([*items[gone:], *(movie(one) for one in range(101, 130))])
    schedule = Schedule(last_sync_at=NOW, last_full_sync_at=NOW)
    situation = Situation(current, schedule, Demand(trigger))  # type: ignore[arg-type]
    ended = outcome_of(LEASE, situation, Findings("full", tuple(found)), Guard(percent, 20), now=NOW)
    removed = min(gone, size)
    is_held = trigger == "auto" and size >= 20 and removed * 100 > size * percent
    assert (ended.state == "held") == is_held
    assert (ended.change is None) or not is_held
