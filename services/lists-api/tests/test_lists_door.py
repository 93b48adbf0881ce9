"""What a request may cost: the token comes before the body, and a bad body costs no more than a good one."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message

from chassis.http.problem_kinds import MEDIA_TYPE
from lists_api.http.body import MAX_VALUES
from lists_api.http.json_route import MAX_BODY_ON_LOOP
from lists_api.http.schemas.item_requests import SLICE
from lists_api.lists.domain.items import MAX_ITEMS
from lists_api.testing import Api, running_api, token_of
from watchbuddy_contracts import ListState

GOOD = {"title": "Heists", "list_type": "manual"}
ITEM = {"media_type": "movie", "ids": {"tmdb": 603}}
JSON = {"Content-Type": "application/json"}
WITH_BODY = [
    ("POST", "/api/lists"),
    ("PATCH", "/api/lists/1"),
    ("POST", "/api/lists/1/items"),
    ("DELETE", "/api/lists/1/items"),
    ("PUT", "/api/lists/1/items"),
]
MEGABYTE = 1_000_000


def full_items(count: int) -> list[dict[str, Any]]:
    ids = [{"trakt": one, "tmdb": one, "imdb": f"tt{one:07}"} for one in range(1, count + 1)]
    return [{"media_type": "movie", "ids": one} for one in ids]


def list_of(items: str) -> bytes:
    return b'{"title": "Heists", "list_type": "manual", "items": [' + items.encode() + b"]}"


async def untouched() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize("token", [None, "Bearer nonsense", "Basic YWRhOmFkYQ=="])
async def test_without_a_valid_token_no_byte_of_the_body_is_read(
    api: Api, method: str, path: str, token: str | None
) -> None:
    headers = JSON | ({} if token is None else {"Authorization": token})
    response = await api.http.request(method, path, content=untouched(), headers=headers)
    assert (response.status_code, response.json()["slug"]) == (401, "unauthorized")


@pytest.mark.parametrize("content", [b"{", b"[[]," * 1_000_000, b"\xff", json.dumps(GOOD).encode()])
async def test_a_stranger_learns_nothing_of_the_body(api: Api, content: bytes) -> None:
    response = await api.http.post("/api/lists", content=content, headers=JSON)
    assert (response.status_code, response.json()["slug"]) == (401, "unauthorized")


async def test_a_stranger_with_too_large_a_body_gets_the_problem_of_the_token(dsn: str) -> None:
    async with running_api(dsn, max_body_bytes=2048) as api:
        response = await api.http.post("/api/lists", content=b"x" * 3000, headers=JSON)
        assert response.status_code == 401


BAD: dict[str, bytes] = {
    "one item too many, all of them empty": list_of(",".join(["{}"] * (MAX_ITEMS + 1))),
    "10,000 empty items": list_of(",".join(["{}"] * MAX_ITEMS)),
    "100,000 empty items": list_of(",".join(["{}"] * 100_000)),
    "empty items to the limit of a body": list_of(",".join(["{}"] * 2_790_000)),
    "arrays to the limit of a body": b"[" + b"[]," * 2_790_000 + b"[]]",
    "arrays to the limit of values": b"[" + b"[]," * (MAX_VALUES // 2 - 1) + b"[]]",
    "nested arrays": b"[" * MAX_VALUES,
    "nested objects": b'{"items":' * (MAX_VALUES // 2),
    "an object of 30,000 fields": json.dumps({f"field {one}": 1 for one in range(30_000)}).encode(),
    "an item of 30,000 fields": list_of(json.dumps({f"field {one}": 1 for one in range(30_000)})),
    "unknown fields in every item": list_of(
        ",".join([json.dumps({f"field {one}": 1 for one in range(31)})] * (MAX_VALUES // 33))
    ),
    "a very long field name": b'{"' + b"x" * 8 * MEGABYTE + b'": 1}',
    "many long field names": list_of(",".join(['{"' + "x" * 400 + '": 1}'] * MAX_ITEMS)),
    "long numbers": b"[" + b",".join([b"9" * 4000] * 1000) + b"]",
    "one very long number": b'{"title": ' + b"9" * 8 * MEGABYTE + b"}",
    "a very long title": b'{"list_type": "manual", "title": "' + b"x" * 8 * MEGABYTE + b'"}',
    "a very long title of escapes": b'{"list_type": "manual", "title": "' + rb"\u0041" * 1_390_000 + b'"}',
    "long media types": list_of(",".join(['{"media_type": "' + "x" * 350 + '"}'] * MAX_ITEMS)),
    "a mistake in the last item": json.dumps(GOOD | {"items": [*full_items(MAX_ITEMS - 1), {}]}).encode(),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
async def test_a_bad_body_is_refused_with_few_errors_and_takes_little_memory(api: Api, content: bytes) -> None:
    tracemalloc.start()
    try:
        response = await api.call("POST", "/api/lists", content=content, headers=JSON)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert response.status_code == 422
    assert response.headers["content-type"] == MEDIA_TYPE
    assert len(response.json().get("errors", [])) <= 20
    assert len(response.content) < 10_000
    # What the client holds of the body is in it too. A good body of 10,000 items takes 20 MB.
    assert peak < 50 * MEGABYTE


async def test_the_number_of_items_is_checked_before_their_contents(api: Api) -> None:
    made = await api.create()
    body = json.dumps({"items": [{}] * (MAX_ITEMS + 1)}).encode()
    for method in ("POST", "DELETE", "PUT"):
        response = await api.call(method, f"/api/lists/{made['id']}/items", content=body, headers=JSON)
        assert (response.status_code, response.json()["slug"]) == (422, "too-many-items")
        assert response.json()["count"] == MAX_ITEMS + 1


async def test_validation_ends_at_the_first_slice_with_a_mistake_and_names_its_place(api: Api) -> None:
    items = [ITEM] * 100 + [{"media_type": "movie", "ids": {}}] * 100
    response = await api.call("POST", "/api/lists", json=GOOD | {"items": items})
    fields = [error["field"] for error in response.json()["errors"]]
    assert fields == [f"body.items.{place}.ids" for place in range(100, 100 + SLICE)]
    assert response.json()["detail"].startswith("body.items.100.ids: give at least one of trakt, tmdb, imdb")


async def test_mistakes_beside_the_items_are_named_too(api: Api) -> None:
    response = await api.call(
        "POST", "/api/lists", json={"title": 5, "list_type": "manual", "items": [ITEM] * 50 + [5]}
    )
    assert {error["field"] for error in response.json()["errors"]} == {"body.title", "body.items.50"}


async def test_the_largest_good_list_is_taken_with_all_its_ids(api: Api) -> None:
    body = GOOD | {"description": "[,{" * 1300, "items": full_items(MAX_ITEMS)}
    response = await api.call("POST", "/api/lists", content=json.dumps(body, indent=4), headers=JSON)
    assert (response.status_code, response.json()["item_count"]) == (201, MAX_ITEMS)
    (stored,) = await api.outbox(response.json()["id"])
    assert isinstance(stored.event, ListState)
    assert [item.model_dump() for item in stored.event.items] == body["items"]


@pytest.mark.parametrize(("count", "is_large"), [(MAX_ITEMS, True), (10, False)])
async def test_the_loop_turns_while_a_large_body_is_parsed(api: Api, count: int, is_large: bool) -> None:
    body = json.dumps(GOOD | {"items": [*full_items(count - 1), {}]}).encode()
    assert (len(body) > MAX_BODY_ON_LOOP) is is_large
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)  # a turn of the loop, not a wait: the turns are counted

    turning = asyncio.create_task(turn())
    response = await api.call("POST", "/api/lists", content=body, headers=JSON)
    turning.cancel()
    assert response.status_code == 422
    assert (turns > 200) is is_large


async def test_a_body_that_is_not_utf_8_is_a_bad_request(api: Api) -> None:
    for content in (b'{"title": "\xff"}', json.dumps(GOOD).encode("utf-16"), b"\xff"):
        response = await api.call("POST", "/api/lists", content=content, headers=JSON)
        assert (response.status_code, response.json()["slug"]) == (400, "bad-request")
        assert "UTF-8" in response.json()["detail"]


async def test_a_request_that_ends_before_its_body_is_a_bad_request(api: Api) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b'{"title": ', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    authorization = f"Bearer {token_of('ada')}".encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/lists",
        "query_string": b"",
        "asgi": {"version": "3.0"},
        "headers": [(b"authorization", authorization), (b"content-type", b"application/json")],
    }
    await api.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert await api.outbox() == []
