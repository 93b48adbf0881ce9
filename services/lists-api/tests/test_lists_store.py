import asyncio
import importlib
import inspect
import pkgutil
from types import ModuleType

import asyncpg
import pytest

from chassis.testing import eventually
from lists_api import store
from lists_api.testing import Api, movies, running_api, tmdb_ids
from watchbuddy_contracts import ListState

WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""
MODULES: list[ModuleType] = [
    importlib.import_module(f"lists_api.store.{module.name}") for module in pkgutil.iter_modules(store.__path__)
]
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "TRUNCATE")


def statements() -> dict[str, str]:
    return {
        f"{module.__name__}.{name}": value
        for module in MODULES
        for name, value in inspect.getmembers(module)
        if name.isupper() and not name.startswith("_") and isinstance(value, str) and value.split()[0] in VERBS
    }


async def test_every_statement_is_valid_in_the_migrated_schema(api: Api) -> None:
    assert len(statements()) >= 15
    async with api.pool.acquire() as connection:
        for name, sql in statements().items():
            try:
                await connection.prepare(sql)
            except asyncpg.PostgresError as exc:
                pytest.fail(f"{name}: {exc}")


async def test_a_title_is_on_a_list_once_whatever_the_code_does(api: Api) -> None:
    made = await api.create(items=[{"media_type": "movie", "ids": {"trakt": 1, "tmdb": 2, "imdb": "tt0000003"}}])
    for trakt, tmdb, imdb in ((1, None, None), (None, 2, None), (None, None, "tt0000003")):
        with pytest.raises(asyncpg.UniqueViolationError):
            await api.pool.execute(
                "INSERT INTO list_item (list_id, position, media_type, trakt, tmdb, imdb, added_at) "
                "VALUES ($1, 9, 'movie', $2, $3, $4, $5)",
                made["id"],
                trakt,
                tmdb,
                imdb,
                api.clock(),
            )


async def test_events_of_parallel_edits_are_in_the_order_of_their_versions_and_none_is_lost(api: Api) -> None:
    made = await api.create(items=movies(1000))
    path = f"/api/lists/{made['id']}"
    edits = [api.call("POST", f"{path}/items", json={"items": movies(number)}) for number in range(1, 31)]
    edits += [api.call("PATCH", path, json={"title": f"Title {number}"}) for number in range(10)]
    answers = await asyncio.gather(*edits)
    assert {answer.status_code for answer in answers} == {200}
    events = [stored.event for stored in await api.outbox(made["id"])]
    assert [event.version for event in events] == list(range(1, 42))
    assert set(tmdb_ids(events[-1])) == {1000, *range(1, 31)}
    sizes = [len(tmdb_ids(event)) for event in events]
    assert sizes == sorted(sizes)


async def test_parallel_edits_that_insist_on_one_version_let_one_through(api: Api) -> None:
    made = await api.create()
    path, headers = f"/api/lists/{made['id']}", {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(api.call("PATCH", path, json={"title": f"Title {number}"}, headers=headers) for number in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


async def test_an_edit_that_waited_for_a_deletion_finds_no_list(api: Api) -> None:
    made = await api.create()
    path = f"/api/lists/{made['id']}"
    async with api.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE list SET deleted_at = $2 WHERE list_id = $1", made["id"], api.clock())
        waiting = asyncio.create_task(api.call("PATCH", path, json={"title": "Late"}))
        await eventually(lambda: api.pool.fetchval(WAITING))
        await transaction.commit()
    assert (await waiting).status_code == 404
    assert len(await api.outbox()) == 1


async def test_every_kind_of_edit_leaves_the_rows_that_its_event_carries(api: Api) -> None:
    made = await api.create(items=movies(*range(1, 11)))
    path = f"/api/lists/{made['id']}/items"
    for method, some in (
        ("DELETE", movies(1, 5, 10)),
        ("POST", movies(11, 5)),
        ("PUT", movies(11, 2, 3, 99, 4)),
        ("PUT", [{"media_type": "movie", "ids": {"tmdb": 2, "imdb": "tt0000002"}}, *movies(11)]),
        ("DELETE", movies(11)),
        ("POST", movies(11)),
    ):
        await api.call(method, path, json={"items": some})
        event = (await api.outbox())[-1].event
        assert isinstance(event, ListState)
        sent = [item.ids.model_dump() for item in event.items]
        read = (await api.call("GET", path)).json()
        assert [item["ids"] for item in read["items"]] == sent
        assert read["total"] == len(sent)


async def test_a_failure_half_way_leaves_nothing_behind(own_dsn: str) -> None:
    async with running_api(own_dsn) as api:
        made = await api.create(items=movies(1))
        await api.pool.execute("ALTER TABLE outbox ADD CONSTRAINT no_more CHECK (false) NOT VALID")
        for method, path, body in (
            ("POST", "/api/lists", {"title": "Second", "list_type": "manual"}),
            ("PUT", f"/api/lists/{made['id']}/items", {"items": movies(2)}),
            ("DELETE", f"/api/lists/{made['id']}", None),
        ):
            with pytest.raises(asyncpg.CheckViolationError):
                await api.call(method, path, json=body)
        assert (await api.call("GET", f"/api/lists/{made['id']}")).json() == made
        assert (await api.call("GET", "/api/lists")).json()["total"] == 1
        assert len(await api.outbox()) == 1
        assert api.waker.wakes == 1
