"""Private feeds: what Radarr and Sonarr read, and who may."""

import hashlib
import json
import logging
from typing import Any

import pytest

from chassis.http.problem_kinds import MEDIA_TYPE
from lists_api.imports.testing import fill_catalogue
from lists_api.testing import Api, running_api

ITEMS = [
    {"media_type": "movie", "ids": {"imdb": "tt0113277"}},
    {"media_type": "show", "ids": {"tmdb": 1398}},
    {"media_type": "movie", "ids": {"tmdb": 680}},
    {"media_type": "movie", "ids": {"tmdb": 5236}},  # the catalogue knows no IMDb id of it
    {"media_type": "movie", "ids": {"imdb": "tt9999999"}},  # the catalogue does not know it
    {"media_type": "show", "ids": {"imdb": "tt9999998"}},
    {"media_type": "movie", "ids": {"tmdb": 1398}},  # not the show of this number
]


@pytest.fixture(autouse=True)
async def catalogue(api: Api) -> None:
    await fill_catalogue(api.pool)


async def fed(api: Api, **body: Any) -> tuple[int, dict[str, str]]:  # noqa: ANN401 - a list's fields
    """Make a list with a feed. Return its id and the feed's paths."""
    made = await api.create(items=ITEMS, **body)
    answer = await api.call("POST", f"/api/lists/{made['id']}/feed")
    assert answer.status_code == 201
    return made["id"], answer.json()


async def test_radarr_reads_the_movies_that_have_an_imdb_id_without_a_bearer_token(api: Api) -> None:
    _, feed = await fed(api)
    answer = await api.http.get(feed["radarr"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == [
        {"title": "Heat", "imdb_id": "tt0113277", "poster_url": "https://image.tmdb.org/t/p/w500/949.jpg"},
        {"title": "Pulp Fiction", "imdb_id": "tt0110912", "poster_url": "https://image.tmdb.org/t/p/w500/680.jpg"},
        {"title": "tt9999999", "imdb_id": "tt9999999", "poster_url": None},
        {"title": "Stalker", "imdb_id": "tt0079944", "poster_url": "https://image.tmdb.org/t/p/w500/1398.jpg"},
    ]


async def test_sonarr_reads_the_shows_whose_tvdb_id_the_catalogue_knows(api: Api) -> None:
    _, feed = await fed(api)
    assert (await api.http.get(feed["sonarr"])).json() == [{"tvdbId": 75299, "title": "The Sopranos"}]


async def test_a_feed_is_the_export_too(api: Api) -> None:
    list_id, feed = await fed(api)
    for name, form in (("list_csv", "csv"), ("list_json", "json")):
        exported = await api.call("GET", f"/api/lists/{list_id}/export?format={form}")
        assert (await api.http.get(feed[name])).content == exported.content


async def test_an_empty_list_is_an_empty_array(api: Api) -> None:
    made = await api.create()
    feed = (await api.call("POST", f"/api/lists/{made['id']}/feed")).json()
    assert (await api.http.get(feed["radarr"])).json() == (await api.http.get(feed["sonarr"])).json() == []


async def test_what_has_not_changed_is_not_sent_again(api: Api) -> None:
    list_id, feed = await fed(api)
    first = await api.http.get(feed["radarr"])
    assert first.headers["cache-control"] == "private, no-cache"
    again = await api.http.get(feed["radarr"], headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await api.call("DELETE", f"/api/lists/{list_id}/items", json={"items": ITEMS[:1]})
    changed = await api.http.get(feed["radarr"], headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, len(changed.json())) == (200, 3)
    await api.pool.execute("UPDATE catalogue_title SET poster_path = '/new.jpg' WHERE imdb = 'tt0110912'")
    renewed = await api.http.get(feed["radarr"], headers={"If-None-Match": changed.headers["etag"]})
    assert (renewed.status_code, renewed.json()[0]["poster_url"][-8:]) == (200, "/new.jpg")


async def test_the_owner_learns_whether_there_is_a_feed_but_not_its_token(api: Api) -> None:
    made = await api.create()
    path = f"/api/lists/{made['id']}/feed"
    assert (await api.call("GET", path)).json() == {"has_feed": False, "created_at": None}
    feed = await api.call("POST", path)
    assert feed.headers["cache-control"] == "no-store"
    assert (await api.call("GET", path)).json() == {"has_feed": True, "created_at": feed.json()["created_at"]}


def token_of(feed: dict[str, str]) -> str:
    return feed["radarr"].split("/")[3]


async def test_a_token_is_long_and_stored_as_its_hash_alone(api: Api) -> None:
    _, feed = await fed(api)
    token = token_of(feed)
    assert len(token) == 43
    rows = await api.pool.fetch("SELECT token_hash FROM feed")
    assert [row["token_hash"] for row in rows] == [hashlib.sha256(token.encode()).digest()]


async def test_a_second_feed_replaces_the_first(api: Api) -> None:
    list_id, first = await fed(api)
    second = (await api.call("POST", f"/api/lists/{list_id}/feed")).json()
    assert (await api.http.get(first["radarr"])).status_code == 404
    assert (await api.http.get(second["radarr"])).status_code == 200


async def test_after_the_revocation_the_answer_is_that_of_a_token_that_never_was(api: Api) -> None:
    list_id, feed = await fed(api)
    other_id, other = await fed(api, title="Deleted")
    assert (await api.call("DELETE", f"/api/lists/{list_id}/feed")).status_code == 204
    assert (await api.call("DELETE", f"/api/lists/{list_id}/feed")).status_code == 204
    await api.call("DELETE", f"/api/lists/{other_id}")
    assert (await api.call("GET", f"/api/lists/{list_id}/feed")).json()["has_feed"] is False
    unknown = "/api/feeds/" + "x" * 43
    answers = [
        await api.http.get(f"{base}/{name}")
        for base in (f"/api/feeds/{token_of(feed)}", f"/api/feeds/{token_of(other)}", unknown, "/api/feeds/%00%FF")
        for name in ("radarr.json", "sonarr.json", "list.csv", "list.json")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["content-type"] for answer in answers} == {MEDIA_TYPE}


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_the_feed_of_another_users_list_is_not_there(api: Api, method: str) -> None:
    list_id, feed = await fed(api)
    answer = await api.call(method, f"/api/lists/{list_id}/feed", user="bob")
    assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")
    assert (await api.http.get(feed["radarr"])).status_code == 200


async def test_only_its_owners_token_makes_a_feed(api: Api) -> None:
    made = await api.create()
    assert (await api.http.post(f"/api/lists/{made['id']}/feed")).status_code == 401


def test_the_document_asks_for_no_bearer_token_where_none_is_needed(api: Api) -> None:
    document = api.app.openapi()
    without = {path for path, methods in document["paths"].items() for one in methods.values() if "security" not in one}
    assert {path for path in without if not path.startswith("/health")} == {
        "/api/session",  # who logs in has none
        "/api/account/erase/{erasure_id}",  # nor has who is gone
        *(f"/api/feeds/{{token}}/{name}" for name in ("radarr.json", "sonarr.json", "list.csv", "list.json")),
    }


async def test_a_defect_while_a_feed_is_read_logs_no_token(
    api: Api, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    _, feed = await fed(api)
    await api.pool.execute("ALTER TABLE feed RENAME TO feed_away")
    try:
        with caplog.at_level(logging.DEBUG), pytest.raises(Exception, match="feed"):
            await api.http.get(feed["radarr"])
    finally:
        await api.pool.execute("ALTER TABLE feed_away RENAME TO feed")
    written = capsys.readouterr()
    logged = written.out + written.err + caplog.text
    assert "request_failed" in logged
    assert "/api/feeds/{token}/radarr.json" in logged
    assert token_of(feed) not in logged.replace(json.dumps(feed), "")


async def test_the_feeds_of_a_user_have_a_quota_a_minute(dsn: str) -> None:
    async with running_api(dsn, quota_free_feed_reads_per_minute=3) as api:
        await api.pool.execute("DELETE FROM use_count")
        (_, one), (_, other) = await fed(api), await fed(api)
        paths = [one["radarr"], one["list_csv"], other["sonarr"], other["list_json"]]
        answers = [await api.http.get(path) for path in paths]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert (answers[-1].json()["slug"], answers[-1].json()["limit"]) == ("too-many-feed-reads", 3)
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert (await api.http.get("/api/feeds/nobodys/radarr.json")).status_code == 404
