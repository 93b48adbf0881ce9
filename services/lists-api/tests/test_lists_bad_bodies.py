"""A body that is no list, no edit or no items is refused by a problem document, and nothing is stored."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.http.problem_kinds import MEDIA_TYPE
from lists_api.testing import GOOD_LIST, Api, assert_problem, movies, running_api

ITEM = {"media_type": "movie", "ids": {"tmdb": 603}}
BAD_ITEMS: dict[str, Any] = {
    "no item": 5,
    "empty": {},
    "null": None,
    "no ids": {"media_type": "movie"},
    "empty ids": {"media_type": "movie", "ids": {}},
    "null ids": {"media_type": "movie", "ids": {"tmdb": None}},
    "no media type": {"ids": {"tmdb": 603}},
    "unknown media type": {"media_type": "episode", "ids": {"tmdb": 603}},
    "unknown field": ITEM | {"rank": 1},
    "unknown id": {"media_type": "movie", "ids": {"tvdb": 603}},
    "id as text": {"media_type": "movie", "ids": {"tmdb": "603"}},
    "id as float": {"media_type": "movie", "ids": {"tmdb": 603.0}},
    "id as boolean": {"media_type": "movie", "ids": {"tmdb": True}},
    "id of zero": {"media_type": "movie", "ids": {"tmdb": 0}},
    "negative id": {"media_type": "movie", "ids": {"trakt": -5}},
    "tmdb id beyond 32 bits": {"media_type": "movie", "ids": {"tmdb": 2**31}},
    "trakt id beyond 32 bits": {"media_type": "movie", "ids": {"trakt": 2**31}},
    "id beyond bigint": {"media_type": "movie", "ids": {"tmdb": 2**63}},
    "huge id": {"media_type": "movie", "ids": {"tmdb": 10**400}},
    "imdb as number": {"media_type": "movie", "ids": {"imdb": 133093}},
    "imdb without tt": {"media_type": "movie", "ids": {"imdb": "0133093"}},
    "imdb of six digits": {"media_type": "movie", "ids": {"imdb": "tt113277"}},
    "imdb of ten digits": {"media_type": "movie", "ids": {"imdb": "tt1234567890"}},
    "imdb of eight digits with a leading zero": {"media_type": "movie", "ids": {"imdb": "tt00113277"}},
    "imdb of zero": {"media_type": "movie", "ids": {"imdb": "tt0000000"}},
    "imdb with other digits": {"media_type": "movie", "ids": {"imdb": "tt\u0661\u0662"}},
    "imdb with a line end": {"media_type": "movie", "ids": {"imdb": "tt0133093\n"}},
}
BAD_BODIES: dict[str, Any] = {
    "array": [],
    "text": "list",
    "number": 5,
    "null": None,
    "empty": {},
    "no title": {"list_type": "manual"},
    "no type": {"title": "Heists"},
    "unknown type": GOOD_LIST | {"list_type": "magic"},
    "type as number": GOOD_LIST | {"list_type": 1},
    "title as number": GOOD_LIST | {"title": 5},
    "title of null": GOOD_LIST | {"title": None},
    "empty title": GOOD_LIST | {"title": ""},
    "blank title": GOOD_LIST | {"title": " \t\n "},
    "long title": GOOD_LIST | {"title": "x" * 256},
    "title with NUL": GOOD_LIST | {"title": "Hei\x00sts"},
    "long description": GOOD_LIST | {"description": "x" * 4001},
    "description with NUL": GOOD_LIST | {"description": "\x00"},
    "description as list": GOOD_LIST | {"description": ["x"]},
    "unknown privacy": GOOD_LIST | {"privacy": "secret"},
    "privacy of null": GOOD_LIST | {"privacy": None},
    "mirror as boolean": GOOD_LIST | {"mirror": True},
    "mirror setting as number": GOOD_LIST | {"mirror": {"order": 1}},
    "mirror setting as text": GOOD_LIST | {"mirror": {"order": "true"}},
    "mirror setting of null": GOOD_LIST | {"mirror": {"order": None}},
    "unknown mirror setting": GOOD_LIST | {"mirror": {"speed": 1}},
    "unknown field": GOOD_LIST | {"user_id": "eve"},
    "unknown field with NUL": GOOD_LIST | {"\x00": 1},
    "items as object": GOOD_LIST | {"items": {}},
    "items of null": GOOD_LIST | {"items": None},
} | {f"item: {name}": GOOD_LIST | {"items": [ITEM, item]} for name, item in BAD_ITEMS.items()}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_bad_list_is_refused_and_nothing_is_stored(api: Api, body: object) -> None:
    response = await api.call("POST", "/api/lists", json=body)
    assert_problem(response, 422, "invalid-request")
    assert response.json()["errors"]
    assert await api.outbox() == []
    assert (await api.call("GET", "/api/lists")).json()["total"] == 0


BAD_EDITS: dict[str, Any] = {
    "blank title": {"title": " "},
    "title with NUL": {"title": "\x00"},
    "privacy of null": {"privacy": None},
    "mirror of null": {"mirror": None},
    "mirror setting of null": {"mirror": {"order": None}},
    "list type": {"list_type": "manual"},
    "items": {"items": []},
    "array": [],
}


@pytest.mark.parametrize("body", BAD_EDITS.values(), ids=BAD_EDITS.keys())
async def test_a_bad_edit_is_refused_and_changes_nothing(api: Api, body: object) -> None:
    made = await api.create()
    assert_problem(await api.call("PATCH", f"/api/lists/{made['id']}", json=body), 422, "invalid-request")
    assert (await api.call("GET", f"/api/lists/{made['id']}")).json() == made


@pytest.mark.parametrize("item", BAD_ITEMS.values(), ids=BAD_ITEMS.keys())
async def test_a_bad_item_is_refused_by_every_route_that_takes_items(api: Api, item: object) -> None:
    made = await api.create()
    for method in ("POST", "DELETE", "PUT"):
        response = await api.call(method, f"/api/lists/{made['id']}/items", json={"items": [item]})
        assert_problem(response, 422, "invalid-request")


async def test_nothing_to_add_or_remove_is_a_mistake(api: Api) -> None:
    made = await api.create()
    for method in ("POST", "DELETE"):
        response = await api.call(method, f"/api/lists/{made['id']}/items", json={"items": []})
        assert_problem(response, 422, "invalid-request")


RAW_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{title: Heists}",
    "half JSON": b'{"title": "Hei',
    "not UTF-8": b'{"title": "\xff", "list_type": "manual"}',
    "lone surrogate": rb'{"title": "\ud800", "list_type": "manual"}',
    "lone surrogate as a field's name": rb'{"title": "Heists", "list_type": "manual", "\udfff": 1}',
    "not a number": b'{"title": "Heists", "list_type": "manual", "items": NaN}',
    "number of 5,000 digits": b'{"title": ' + b"9" * 5000 + b', "list_type": "manual"}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", RAW_BODIES.values(), ids=RAW_BODIES.keys())
async def test_a_body_that_is_no_json_of_ours_is_refused(api: Api, content: bytes) -> None:
    response = await api.call("POST", "/api/lists", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422), response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.json()["slug"] in ("bad-request", "invalid-request")


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_not_called_json_is_refused(api: Api, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = await api.call("POST", "/api/lists", content=json.dumps(GOOD_LIST), headers=headers)
    assert_problem(response, 415, "unsupported-media-type")


BAD_FILLINGS: dict[str, dict[str, object]] = {
    "a custom list without a title": {"list_type": "custom"},
    "a manual list with filters": {"list_type": "manual", "title": "Heists", "filters": {}},
    "a manual list with a limit": {"list_type": "manual", "title": "Heists", "item_limit": 5},
    "an unknown filter": {"list_type": "smart", "filters": {"mood": "happy"}},
    "an unknown genre": {"list_type": "smart", "filters": {"genres": ["Basket weaving"]}},
    "years the wrong way round": {"list_type": "smart", "filters": {"year_from": 2000, "year_to": 1990}},
    "two kinds of years": {"list_type": "smart", "filters": {"year_from": 2000, "last_years": 3}},
    "no place at all": {"list_type": "smart", "item_limit": 0},
    "too many places": {"list_type": "smart", "item_limit": 1001},
    "an interval of minutes": {"list_type": "smart", "sync_interval_hours": 0},
    "an interval of a quarter": {"list_type": "smart", "sync_interval_hours": 721},
    "an unknown sort": {"list_type": "smart", "sort": "mood"},
}


@pytest.mark.parametrize("body", BAD_FILLINGS.values(), ids=BAD_FILLINGS.keys())
async def test_a_list_that_cannot_fill_itself_so_is_refused(api: Api, body: dict[str, object]) -> None:
    assert_problem(await api.call("POST", "/api/lists", json=body), 422, "invalid-request")
    assert await api.outbox() == []


@pytest.mark.parametrize("body", [{"title": None}, {"filters": {}}, {"is_paused": True}], ids=str)
async def test_a_manual_list_takes_no_properties_of_lists_that_fill_themselves(api: Api, body: dict[str, Any]) -> None:
    made = await api.create()
    assert_problem(await api.call("PATCH", f"/api/lists/{made['id']}", json=body), 422, "patch-refused")
    assert len(await api.outbox()) == 1


async def test_items_of_a_smart_list_are_refused(api: Api) -> None:
    body = {"list_type": "smart", "items": movies(1)}
    assert_problem(await api.call("POST", "/api/lists", json=body), 409, "list-fills-itself")


async def test_10_001_items_are_too_many_for_every_route(api: Api) -> None:
    made = await api.create(items=movies(1))
    many = movies(*range(1, 10_002))
    response = await api.call("POST", "/api/lists", json=GOOD_LIST | {"items": many})
    assert_problem(response, 422, "too-many-items")
    assert (response.json()["count"], response.json()["limit"]) == (10_001, 10_000)
    for method in ("POST", "DELETE", "PUT"):
        response = await api.call(method, f"/api/lists/{made['id']}/items", json={"items": many})
        assert_problem(response, 422, "too-many-items")
    assert len(await api.outbox()) == 1


async def test_a_body_over_the_limit_is_not_read(dsn: str) -> None:
    async with running_api(dsn, max_body_bytes=2048) as api:

        async def untouched() -> AsyncIterator[bytes]:
            raise AssertionError("an announced body over the limit was read")
            yield b""

        headers = {"Content-Type": "application/json", "Content-Length": "3000"}
        announced = await api.call("POST", "/api/lists", content=untouched(), headers=headers)
        assert_problem(announced, 413, "too-large")

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"x" * 1000

        chunked = await api.call("POST", "/api/lists", content=chunks(), headers={"Content-Type": "application/json"})
        assert_problem(chunked, 413, "too-large")


async def test_the_longest_title_and_the_largest_id_are_fine(api: Api) -> None:
    made = await api.create(
        title="x" * 255,
        description="y" * 4000,
        items=[{"media_type": "show", "ids": {"trakt": 2**31 - 1, "imdb": "tt123456789"}}],
    )
    page = (await api.call("GET", f"/api/lists/{made['id']}/items")).json()
    assert page["items"][0]["ids"] == {"trakt": 2**31 - 1, "tmdb": None, "imdb": "tt123456789"}
