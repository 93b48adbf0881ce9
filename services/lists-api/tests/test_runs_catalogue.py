"""Runs on the shipped titles, in this process and in processes that are killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from operator import le
from typing import Any

import asyncpg
import pytest

from chassis.testing import eventually
from lists_api.testing import Api, import_shipped_titles, running_api
from watchbuddy_contracts import ListSynced, TraktListSynced

DAY = timedelta(days=1)
NINETIES = {"genres": ["comedy"], "year_from": 1990, "year_to": 1999, "media_types": ["movie"]}
LISTS = 24
LEASE_S = 2
PATIENCE, OFTEN = timedelta(minutes=1), timedelta(milliseconds=20)
FILTERS: list[dict[str, Any]] = [
    {},
    NINETIES,
    {"discovery": "obscure"},
    {"discovery": "mainstream", "media_types": ["show"]},
    {"min_rating": 7.5, "languages": ["fr"]},
    {"last_years": 10, "genres": ["drama", "crime"], "genre_mode": "all"},
    {"watched": "not_watched", "rated": "not_disliked"},
    {"title_words": ["the"]},
]


@pytest.fixture(scope="module")
def shipped(make_database: Callable[..., str]) -> str:
    dsn = make_database("chassis", "lists_api")
    asyncio.run(import_shipped_titles(dsn))
    return dsn


@pytest.fixture
async def api(shipped: str) -> AsyncIterator[Api]:
    async with running_api(shipped) as running:
        await running.delete_everything()
        yield running


async def make(api: Api, **body: object) -> int:
    known = {"list_type": "smart", "filters": NINETIES, "allow_duplicate": True}
    response = await api.call("POST", "/api/lists", json=known | body)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


async def titles(api: Api, list_id: int) -> list[tuple[str, int, str]]:
    rows = await api.pool.fetch(
        "SELECT media_type, tmdb, imdb FROM list_item WHERE list_id = $1 ORDER BY position", list_id
    )
    return [tuple(row) for row in rows]


async def say(api: Api, table: str, title: tuple[str, int, str]) -> None:
    """Write a thumb down, or that the title was watched, by its IMDb id alone."""
    columns, values = {
        "rating": ("thumb, rated_at", "-1, now()"),
        "watched": ("plays", "1"),
    }[table]
    await api.pool.execute(
        f"INSERT INTO {table} (user_id, media_type, imdb, {columns}) VALUES ('ada', $1, $2, {values})",  # noqa: S608
        title[0],
        title[2],
    )


async def test_a_list_is_filled_with_the_best_and_says_why(api: Api) -> None:
    list_id = await make(api)
    await api.work_off()
    found = await titles(api, list_id)
    assert len(found) == 50
    known = await api.pool.fetch(
        "SELECT item.explanation, genres, year FROM list_item AS item JOIN catalogue_title USING (media_type, imdb)"
        " WHERE list_id = $1 ORDER BY position",
        list_id,
    )
    assert all("comedy" in row["genres"] and 1990 <= row["year"] <= 1999 and row["explanation"] for row in known)


async def ahead(api: Api, list_id: int, change: dict[str, Any]) -> tuple[list[int], list[int]]:
    """Return which titles would come and leave, by their TMDB ids."""
    answer = (await api.call("POST", f"/api/lists/{list_id}/preview", json=change)).json()
    for one in (answer["comes"], answer["leaves"]):
        assert one["total"] == len(one["titles"])
    comes, leaves = ([title["ids"]["tmdb"] for title in answer[name]["titles"]] for name in ("comes", "leaves"))
    return comes, leaves


@pytest.mark.parametrize(
    "change", [{"item_limit": 30}, {"item_limit": 10}, {"filters": {"genres": ["crime"]}}, {"exclude_watched": True}]
)
async def test_what_a_change_would_do_is_what_its_run_does(api: Api, change: dict[str, Any]) -> None:
    list_id = await make(api, list_type="custom", title="Laughs", item_limit=20)
    await api.work_off()
    pinned, watched, out, *_ = await titles(api, list_id)
    pin, keep_out = ({"items": [{"media_type": kind, "ids": {"imdb": imdb}}]} for kind, _, imdb in (pinned, out))
    await api.call("POST", f"/api/lists/{list_id}/items", json=pin)
    await api.call("DELETE", f"/api/lists/{list_id}/items", json=keep_out)
    await say(api, "watched", watched)
    await api.work_off()
    before = [tmdb for _, tmdb, _ in await titles(api, list_id)]
    events = await api.outbox()

    comes, leaves = await ahead(api, list_id, change)
    assert [tmdb for _, tmdb, _ in await titles(api, list_id)] == before
    assert await api.outbox() == events, "nothing is changed by looking"
    assert (await api.call("PATCH", f"/api/lists/{list_id}", json=change)).status_code == 200
    await api.call("POST", f"/api/lists/{list_id}/sync?force_full=true")
    await api.work_off()
    after = [tmdb for _, tmdb, _ in await titles(api, list_id)]
    assert comes == [tmdb for tmdb in after if tmdb not in before]
    assert leaves == [tmdb for tmdb in before if tmdb not in after]
    assert comes or leaves
    assert await ahead(api, list_id, {}) == ([], [])


async def test_looking_ahead_refuses_what_the_change_would_be_refused(api: Api) -> None:
    list_id = await make(api)
    await api.work_off()
    url = f"/api/lists/{list_id}/preview"
    assert (await api.call("POST", url, json={"item_limit": 60}, user="eve")).status_code == 404
    assert (await api.call("POST", url, json={"item_limit": 0})).status_code == 422
    assert await ahead(api, list_id, {"filters": {"title_words": ["no such word at all"]}}) == ([], [])
    manual = (await api.call("POST", "/api/lists", json={"title": "A", "list_type": "manual"})).json()["id"]
    assert await ahead(api, manual, {"title": "B"}) == ([], [])
    refused = await api.call("POST", f"/api/lists/{manual}/preview", json={"item_limit": 5})
    assert (refused.status_code, refused.json()["slug"]) == (422, "patch-refused")


@pytest.mark.parametrize("filters", FILTERS, ids=range(len(FILTERS)))
async def test_a_run_is_idempotent_full_and_incremental(api: Api, filters: dict[str, Any]) -> None:
    list_id = await make(api, filters=filters)
    await api.work_off()
    found = await titles(api, list_id)
    await api.receive(
        TraktListSynced(
            list_id=list_id, user_id="ada", version=2, title="A", trakt_list_id=list_id, added=1, removed=0, unchanged=0
        )
    )
    await api.call("POST", f"/api/lists/{list_id}/sync?force_full=true")
    await api.work_off()
    api.clock.advance(DAY)
    await api.work_off()
    runs = (await api.call("GET", f"/api/lists/{list_id}/runs")).json()["runs"]
    assert [(run["state"], run["is_full"], run["version"], run["removed"]) for run in runs] == [
        ("succeeded", False, None, 0),
        ("succeeded", True, None, 0),
        ("succeeded", True, 2, 0),
    ]
    assert await titles(api, list_id) == found
    assert (await api.call("GET", f"/api/lists/{list_id}")).json()["version"] == 2


async def test_a_title_rated_down_leaves_at_the_next_scheduled_run_and_nothing_else_changes(api: Api) -> None:
    list_id = await make(api)
    await api.work_off()
    before = await titles(api, list_id)
    await say(api, "rating", before[4])
    api.clock.advance(DAY)
    await api.work_off()
    after = await titles(api, list_id)
    assert set(before) - set(after) == {before[4]}
    assert len(after) == 50
    synced = [one.event for one in await api.outbox(list_id) if isinstance(one.event, ListSynced)][-1]
    assert (synced.updated, synced.removed, synced.total, synced.trigger) == (1, 1, 50, "auto")


@pytest.mark.parametrize("query", ["?watched_only=true", "?force_full=true"], ids=["watched only", "full"])
async def test_l22_a_title_watched_under_another_id_leaves(api: Api, query: str) -> None:
    list_id = await make(api, exclude_watched=True)
    await api.work_off()
    before = await titles(api, list_id)
    await say(api, "watched", before[7])
    await api.pool.execute("UPDATE list_item SET imdb = NULL WHERE list_id = $1", list_id)
    await api.call("POST", f"/api/lists/{list_id}/sync{query}")
    await api.work_off()
    after = {title[:2] for title in await titles(api, list_id)}
    assert {title[:2] for title in before} - after == {before[7][:2]}


@asynccontextmanager
async def worker_process(dsn: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m lists_api run`, killed at the end."""
    own = {
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP_SERVERS": "unused:9092",
        "LOG_LEVEL": "WARNING",
        "RUN_LEASE": f"PT{LEASE_S}S",
        "RUN_CONCURRENCY": "2",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "lists_api", "run", env={**os.environ, **own})
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_each_run_ends_once_however_its_workers_are_killed(api: Api, shipped: str) -> None:
    ids = [await make(api, filters=FILTERS[number % len(FILTERS)]) for number in range(LISTS)]

    async def ended() -> int:
        count: int = await api.pool.fetchval("SELECT count(*) FROM sync_run WHERE state = 'succeeded'")
        return count

    for some in (2, 10, LISTS):  # each time, both workers are killed in the middle of their runs
        async with worker_process(shipped), worker_process(shipped):
            await eventually(ended, until=partial(le, some), within=PATIENCE, every=OFTEN)
    rows = await api.pool.fetch("SELECT list_id, state, version FROM sync_run ORDER BY list_id")
    assert [tuple(row) for row in rows] == [(list_id, "succeeded", 2) for list_id in ids]
    synced = [one.event.list_id for one in await api.outbox() if isinstance(one.event, ListSynced)]
    assert sorted(synced) == ids
    counts = await api.pool.fetch(
        "SELECT list_id, item_count, (SELECT count(*) FROM list_item WHERE list_item.list_id = list.list_id) FROM list"
    )
    assert all(row[1] == row[2] > 0 for row in counts)


async def test_a_worker_that_sleeps_is_woken_by_a_request(api: Api, shipped: str) -> None:
    list_id = await make(api)
    async with worker_process(shipped):

        async def is_filled() -> bool:
            return bool(await titles(api, list_id))

        await eventually(is_filled, within=timedelta(seconds=30))
        url = (await api.call("POST", f"/api/lists/{list_id}/sync?force_full=true")).json()["status_url"]
        connection = await asyncpg.connect(shipped)
        try:
            await connection.execute("SELECT pg_notify('sync_run', '')")
        finally:
            await connection.close()

        async def has_ended() -> bool:
            return bool((await api.call("GET", url)).json()["finished_at"])

        await eventually(has_ended, within=timedelta(seconds=10))
