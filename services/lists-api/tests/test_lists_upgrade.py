"""A database that version 0.1.0 made is upgraded in place, with all that it holds."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from chassis.postgres.database import migrate
from chassis.testing import migrate_as_before
from lists_api.lists.retention import sweep
from lists_api.testing import movies, running_api, tmdb_ids
from watchbuddy_contracts import ListState, TraktListSynced

VERSION_0_1_0 = ("0001_lists.sql", "0002_trakt_accounts.sql")
BODY: dict[str, Any] = {
    "title": "Heists",
    "list_type": "manual",
    "privacy": "friends",
    "mirror": {"order": True},
    "items": movies(1),
}
KEPT = (
    '{"list_id":7,"title":"Heists","list_type":"manual","description":null,"privacy":"friends",'
    '"mirror":{"display_numbers":true,"allow_comments":false,"order":true},"version":1,"item_count":1,'
    '"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","last_sync_at":null,'
    '"mirrored":{"trakt_list_id":null,"state":"pending","version":null,"reason":null,"retry_at":null,"at":null,'
    '"not_found":0,"left_out":0,"revision":0},"account":{"state":"connected","revision":1}}'
)
"""What version 0.1.0 keeps of the response to `BODY`."""
FINGERPRINT = bytes.fromhex("18a4492858fbd7e925c8af4e7356c86c49fdcb4fcf7548ddab114a7abb70d1a4")
"""Its hash of `BODY`."""
ROWS = f"""
INSERT INTO lists (list_id, user_id, list_type, title, description, privacy, mirror, version, item_count,
                   last_event_id, last_event_type, created_at, updated_at, last_sync_at, deleted_at)
VALUES (7, 'ada', 'manual', 'Heists', NULL, 'friends',
        '{{"display_numbers": true, "allow_comments": false, "order": true}}', 2, 2,
        '01890000-0000-7000-8000-000000000001', 'watchbuddy.list.synced.v1',
        '2026-01-01Z', '2026-01-01Z', '2026-01-01Z', NULL),
       (8, 'ada', 'manual', 'Gone', NULL, 'private', '{{}}', 2, 0,
        '01890000-0000-7000-8000-000000000002', 'watchbuddy.list.deleted.v1',
        '2025-01-01Z', '2025-01-01Z', NULL, '2025-01-01Z');
SELECT setval('lists_list_id_seq', 8);
INSERT INTO list_items (list_id, position, media_type, trakt, tmdb, imdb, added_at)
VALUES (7, 0, 'movie', NULL, 1, NULL, '2026-01-01Z'), (7, 4, 'show', 1099511627776, NULL, 'tt5', '2026-01-01Z');
INSERT INTO mirrors (list_id, trakt_list_id, state, version, at, not_found, left_out, revision)
VALUES (7, 501, 'in_sync', 2, '2026-01-01Z', 1, 0, 2), (8, NULL, 'deleted', 2, '2025-01-01Z', 0, 0, 3);
INSERT INTO sync_runs (run_id, list_id, version, state, trigger, updated, removed, total, started_at, finished_at)
VALUES ('01890000-0000-7000-8000-000000000003', 7, 2, 'succeeded', 'manual', 0, 0, 2, '2026-01-01Z', '2026-01-01Z');
INSERT INTO idempotency_keys (user_id, key, fingerprint, answer, created_at)
VALUES ('ada', 'one', '\\x{FINGERPRINT.hex()}', '{KEPT}', '2026-01-01Z');
INSERT INTO trakt_accounts (user_id, state, at, revision) VALUES ('ada', 'connected', '2026-01-01Z', 1);
"""  # noqa: S608 - constants of this file


async def make_version_0_1_0(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await migrate_as_before(connection, "lists_api", *VERSION_0_1_0)
        await connection.execute(ROWS)
    finally:
        await connection.close()


@pytest.fixture
def empty(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def upgraded(empty: str) -> str:
    await make_version_0_1_0(empty)
    await migrate(empty, "chassis", "lists_api")
    return empty


async def test_its_lists_are_read_and_edited_and_make_events_as_before(upgraded: str) -> None:
    async with running_api(upgraded) as api:
        (one,) = (await api.call("GET", "/api/lists")).json()["lists"]
        assert (one["id"], one["title"], one["privacy"], one["version"]) == (7, "Heists", "friends", 2)
        assert one["mirror"].items() >= {"display_numbers": True, "allow_comments": False, "order": True}.items()
        assert (one["mirror"]["mode"], one["mirror"]["target"]) == ("mirror", "list")
        assert (one["trakt_list_id"], one["mirror_state"]["state"], one["mirror_state"]["not_found"]) == (
            501,
            "in_sync",
            1,
        )
        run = await api.call("GET", "/api/lists/7/runs/01890000-0000-7000-8000-000000000003")
        assert (run.status_code, run.json()["total"]) == (200, 2)
        assert (run.json()["state"], run.json()["percent"], run.json()["created_at"]) == (
            "succeeded",
            100,
            "2026-01-01T00:00:00Z",
        )
        assert (await api.call("POST", "/api/lists/7/items", json={"items": movies(9)})).json()["version"] == 3
        (stored,) = await api.outbox()
        assert tmdb_ids(stored.event) == [1, None, 9]
        assert isinstance(stored.event, ListState)
        assert [item.ids.trakt for item in stored.event.items] == [None, 2**40, None]
        assert (await api.create())["id"] == 9
        synced = TraktListSynced(
            list_id=7, user_id="ada", version=3, title="Heists", trakt_list_id=501, added=1, removed=0, unchanged=2
        )
        await api.receive(synced)
        assert (await api.call("GET", "/api/lists/7")).json()["mirror_state"]["state"] == "in_sync"
        assert (await sweep(api.pool, api.settings, now=api.clock()))["tombstones"] == 1


async def test_its_lists_are_run(upgraded: str) -> None:
    async with running_api(upgraded) as api:
        url = (await api.call("POST", "/api/lists/7/sync")).json()["status_url"]
        await api.work_off()
        run = (await api.call("GET", url)).json()
        assert (run["state"], run["version"], run["total"]) == ("succeeded", None, 2)
        assert (await api.call("GET", "/api/lists/7/runs")).json()["total"] == 2


async def test_a_request_of_before_that_is_repeated_gets_its_response(upgraded: str) -> None:
    async with running_api(upgraded) as api:
        response = await api.call("POST", "/api/lists", json=BODY, headers={"Idempotency-Key": "one"})
        assert (response.status_code, response.headers["etag"]) == (201, '"1-1"')
        assert (response.json()["id"], response.json()["mirror"]["order"]) == (7, True)
        assert await api.outbox() == []


async def test_no_name_of_a_table_index_or_constraint_is_in_the_plural(upgraded: str) -> None:
    async with running_api(upgraded) as api:
        names = await api.pool.fetch(
            """
            SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = 'public'
            UNION ALL SELECT conname FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace
            WHERE nspname = 'public' AND contype <> 'n'"""  # PostgreSQL 18 names NOT NULL too; those keep their names
        )
    plurals = ("lists", "items", "mirrors", "runs", "keys", "accounts")
    assert [row[0] for row in names if any(word in plurals for word in row[0].split("_"))] == []
