"""Edits without a lock: what others write meanwhile is never lost, and the answer is the list as it is then."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from chassis.testing import eventually
from lists_api.testing import Api, movies, running_api, tmdb_ids
from watchbuddy_contracts import ListDeleted, TraktListSynced

FILTERS = {"genres": ["comedy"]}
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""


def items_path(made: dict[str, Any]) -> str:
    return f"/api/lists/{made['id']}/items"


async def overtaken(api: Api, list_id: int, sql: str, edit: Awaitable[httpx.Response]) -> httpx.Response:
    """Let an edit run into a transaction that has the list's row, and ends only when the edit waits for it."""
    async with api.pool.acquire() as connection, connection.transaction():
        await connection.execute(sql, list_id)
        waiting = asyncio.ensure_future(edit)
        await eventually(lambda: api.pool.fetchval(WAITING))
    return await waiting


async def test_of_many_parallel_edits_of_one_list_by_two_processes_none_is_lost(api: Api, dsn: str) -> None:
    made = await api.create(items=movies(*range(1, 21)))
    path = f"/api/lists/{made['id']}"
    async with running_api(dsn) as other:
        calls = []
        for number in range(1, 21):
            one, two = (api, other) if number % 2 else (other, api)
            calls += [
                one.call("POST", f"{path}/items", json={"items": movies(100 + number)}),
                two.call("DELETE", f"{path}/items", json={"items": movies(number)}),
                one.call("PATCH", path, json={"title": f"Title {number}"}),
            ]
        answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} == {200}
    versions = list(range(1, 62))
    assert sorted(answer.json()["version"] for answer in answers) == versions[1:]
    events = [stored.event for stored in await api.outbox(made["id"])]
    assert [event.version for event in events] == versions
    assert set(tmdb_ids(events[-1])) == set(range(101, 121))
    read = (await api.call("GET", f"{path}/versions")).json()["versions"]
    assert [one["version"] for one in read] == versions[:-21:-1]
    page = (await api.call("GET", items_path(made))).json()
    assert [one["ids"]["tmdb"] for one in page["items"]] == tmdb_ids(events[-1])


async def test_an_edit_keeps_what_was_written_of_its_list_without_a_version(api: Api) -> None:
    made = await api.create(list_type="custom", filters=FILTERS)
    answer = await overtaken(
        api,
        made["id"],
        "UPDATE list SET status = 'error', next_sync_at = '2027-01-01Z', run_revision = 7 WHERE list_id = $1",
        api.call("POST", items_path(made), json={"items": movies(1)}),
    )
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2-7"')
    read = (await api.call("GET", f"/api/lists/{made['id']}")).json()
    assert (read["status"], read["next_sync_at"], read["item_count"]) == ("error", "2027-01-01T00:00:00Z", 1)


async def test_an_edit_that_waited_for_a_lock_alone_is_saved_as_it_was_decided(api: Api) -> None:
    made = await api.create(items=movies(1))
    sql = "SELECT FROM list WHERE list_id = $1 FOR UPDATE"
    answer = await overtaken(api, made["id"], sql, api.call("PUT", items_path(made), json={"items": movies(2, 1)}))
    assert answer.json() == {"added": 1, "removed": 0, "skipped": 0, "version": 2}
    assert [stored.event.version for stored in await api.outbox(made["id"])] == [1, 2]


async def test_an_edit_of_a_list_that_others_left_at_another_version_keeps_to_if_match(api: Api) -> None:
    made = await api.create(items=movies(1))
    answer = await overtaken(
        api,
        made["id"],
        "UPDATE list SET version = version + 1 WHERE list_id = $1",
        api.call("POST", items_path(made), json={"items": movies(2)}, headers={"If-Match": '"1"'}),
    )
    assert answer.status_code == 412
    assert len(await api.outbox()) == 1


async def test_a_long_list_in_another_order_keeps_what_its_rows_know(api: Api) -> None:
    made = await api.create(items=movies(*range(1, 1001)))
    await api.pool.execute("UPDATE list_item SET score = tmdb, explanation = 'No. ' || tmdb")
    turned = movies(*range(1000, 0, -1), 1001)
    assert (await api.call("PUT", items_path(made), json={"items": turned})).json()["added"] == 1
    rows = await api.pool.fetch("SELECT tmdb, score, explanation FROM list_item ORDER BY position")
    assert [tuple(row) for row in rows] == [*((n, n, f"No. {n}") for n in range(1000, 0, -1)), (1001, None, None)]


async def on_trakt(api: Api, list_id: int) -> None:
    await api.receive(
        TraktListSynced(
            list_id=list_id,
            user_id="ada",
            version=1,
            title="Heists",
            trakt_list_id=list_id,
            added=0,
            removed=0,
            unchanged=0,
        )
    )


async def queued(api: Api, list_id: int) -> None:
    assert (await api.call("POST", f"/api/lists/{list_id}/sync")).status_code == 202


async def untouched(api: Api, list_id: int) -> None:
    """Leave the list as it was made."""


@pytest.mark.parametrize("filling", [{}, {"list_type": "custom", "filters": FILTERS}], ids=["manual", "custom"])
@pytest.mark.parametrize("prepare", [untouched, on_trakt, queued])
async def test_the_answer_to_an_edit_is_the_list_as_it_is_read_after_it(
    api: Api, filling: dict[str, Any], prepare: Callable[[Api, int], Awaitable[None]]
) -> None:
    made = await api.create(**filling)
    await prepare(api, made["id"])
    patches: list[dict[str, Any]] = [{"title": "Noir"}, {"description": "Late", "privacy": "public"}, {"title": "Noir"}]
    if filling:
        patches += [{"sync_interval_hours": 5}, {"is_paused": True}, {"filters": {"genres": ["drama"]}}]
    for patch in patches:
        answer = await api.call("PATCH", f"/api/lists/{made['id']}", json=patch)
        read = await api.call("GET", f"/api/lists/{made['id']}")
        assert (answer.json(), answer.headers["ETag"]) == (read.json(), read.headers["ETag"])


async def test_a_deleted_list_keeps_neither_items_nor_titles_that_were_kept_out(api: Api) -> None:
    made = await api.create(list_type="custom", filters=FILTERS, items=movies(1, 2))
    await api.call("DELETE", items_path(made), json={"items": movies(1)})
    assert (await api.call("DELETE", f"/api/lists/{made['id']}")).status_code == 204
    assert isinstance((await api.outbox())[-1].event, ListDeleted)
    for table in ("list_item", "list_exclusion"):
        assert await api.pool.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - constants
