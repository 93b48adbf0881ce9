"""Everything of a user in one file: whole, of all services, without secrets, and of nobody else."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from lists_api.account.exporting import OTHERS
from lists_api.store.personal import TABLES
from lists_api.testing import Api, assert_problem, movies, token_of
from lists_api.testing_gateway import Origin, Target, before

EXPORT = "/api/account/export"
ADA = {"Authorization": f"Bearer {token_of('ada')}"}


@pytest.fixture
async def origin(dsn: str) -> AsyncIterator[Origin]:
    async with before(dsn, Target(body=[b'{"messages":', b"[]}"])) as one:
        await one.api.delete_everything()
        yield one


def parts(answer: httpx.Response) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


async def test_an_export_has_every_part_and_what_is_the_users_alone(origin: Origin) -> None:
    api = origin.api
    made = await api.create(title="Of Ada \N{SNOWMAN}", items=movies(1, 2))
    await api.create(user="bob", title="Of Bob", items=movies(3))
    feed = (await api.call("POST", f"/api/lists/{made['id']}/feed")).json()
    await api.call("PUT", "/api/ratings/movie/tmdb:1", json={"thumb": "up"})
    used, link = [(await api.call("POST", "/api/session/links")).json()["url"].partition("#")[2] for _ in range(2)]
    here = {"Sec-Fetch-Site": "same-origin"}
    assert (await api.http.post("/api/session", json={"code": used}, headers=here)).is_success
    answer = await origin.http.post(EXPORT, headers=ADA)
    assert answer.headers["content-disposition"] == 'attachment; filename="watchbuddy-export.zip"'
    own = parts(answer)
    assert own.keys() == {"lists-api.json", "trakt-sync.json", "notifier.json"}
    assert own["trakt-sync.json"] == own["notifier.json"] == {"messages": []}
    asked = {(scope["path"], dict(scope["headers"])[b"authorization"].decode()) for scope in origin.target.asked}
    assert asked == {(path, ADA["Authorization"]) for path in OTHERS.values()}
    lists = own["lists-api.json"]
    assert lists.keys() == {table.name for table in TABLES if table.is_exported}
    assert [row["title"] for row in lists["list"]] == ["Of Ada \N{SNOWMAN}"]
    assert [row["tmdb"] for row in lists["list_item"]] == [1, 2]
    assert [row["thumb"] for row in lists["rating"]] == [1]
    assert [row["user_id"] for row in lists["session"]] == ["ada"]
    assert [row["user_id"] for row in lists["login_link"]] == ["ada"]
    stored = await api.pool.fetch(
        "SELECT token_hash FROM feed UNION SELECT code_hash FROM login_link UNION SELECT key_hash FROM session"
    )
    assert len(stored) == 3
    secrets = [feed["radarr"].split("/")[3], used, link, *(row[0].hex() for row in stored)]
    assert [secret for secret in secrets if secret in json.dumps(own)] == []
    columns = {name for table in ("feed", "login_link", "session") for row in lists[table] for name in row}
    assert columns.isdisjoint({"token_hash", "code_hash", "key_hash", "sealed_token", "sealed_refresh_token"})


async def test_an_export_without_anything_is_whole_too(origin: Origin) -> None:
    lists = parts(await origin.http.post(EXPORT, headers=ADA))["lists-api.json"]
    assert not any(lists.values())


@pytest.mark.parametrize("trouble", ["cut", "refused"])
async def test_an_export_is_whole_or_there_is_none(origin: Origin, trouble: str) -> None:
    origin.target.is_cut = trouble == "cut"
    origin.target.status = 500 if trouble == "refused" else 200
    assert_problem(await origin.http.post(EXPORT, headers=ADA), 503, "transient")


async def test_an_installation_that_knows_no_other_service_says_so(api: Api) -> None:
    answer = await api.call("POST", EXPORT)
    assert_problem(answer, 503, "transient")
    assert "TRAKT_SYNC_URL is not set" in answer.json()["detail"]


async def test_it_needs_a_token(api: Api) -> None:
    assert_problem(await api.http.post(EXPORT), 401, "unauthorized")


async def test_a_large_export_takes_little_memory(dsn: str) -> None:
    """6 MB of rows: the process has none of them at a time but those that are read ahead."""

    target = Target(body=[b"{}"])
    async with before(dsn, target) as origin:
        await origin.api.delete_everything()
        await origin.api.create(items=movies(1))
        await origin.api.pool.execute(
            "INSERT INTO list_item (list_id, position, media_type, tmdb, added_at)"
            " SELECT list_id, n, 'movie', n, now() FROM list, generate_series(2, 30000) AS n"
        )
        tracemalloc.start()
        async with origin.http.stream("POST", EXPORT, headers=ADA) as answer:
            size = sum([len(chunk) async for chunk in answer.aiter_bytes()])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > 150_000
        assert peak < 4 * 1024 * 1024, f"{peak} bytes"
