"""Nothing that comes from outside is answered by a stack trace."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping

import httpx
import pytest

from integration.catalogue import Item, movies
from integration.system import RunningSystem

MEDIA_TYPE = "application/problem+json"
GOOD = {"title": "Good", "list_type": "manual"}
HUGE = 10**30

BAD_LISTS: dict[str, object] = {
    "no object": [],
    "no title": {"list_type": "manual"},
    "title of another type": {**GOOD, "title": 5},
    "empty title": {**GOOD, "title": "  "},
    "long title": {**GOOD, "title": "x" * 1000},
    "NUL in the title": {**GOOD, "title": "a\x00b"},
    "NUL in the description": {**GOOD, "description": "a\x00b"},
    "unknown field": {**GOOD, "colour": "red"},
    "another user's id": {**GOOD, "user_id": "somebody"},
    "unknown list type": {**GOOD, "list_type": "telepathic"},
    "unknown privacy": {**GOOD, "privacy": "secret"},
    "a number for a flag": {**GOOD, "mirror": {"order": 1}},
    "items that are none": {**GOOD, "items": {}},
    "an item without ids": {**GOOD, "items": [{"media_type": "movie", "ids": {}}]},
    "an item of another kind": {**GOOD, "items": [{"media_type": "song", "ids": {"trakt": 1}}]},
    "an id in quotes": {**GOOD, "items": [{"media_type": "movie", "ids": {"trakt": "1"}}]},
    "an id that is a flag": {**GOOD, "items": [{"media_type": "movie", "ids": {"trakt": True}}]},
    "a negative id": {**GOOD, "items": [{"media_type": "movie", "ids": {"trakt": -1}}]},
    "an id beyond all numbers": {**GOOD, "items": [{"media_type": "movie", "ids": {"tmdb": HUGE}}]},
    "an id of IMDb that is none": {**GOOD, "items": [{"media_type": "movie", "ids": {"imdb": "nm1"}}]},
}
ITEMS: Mapping[str, object] = {"items": movies(1)}
ROUTES: tuple[tuple[str, str, object], ...] = (
    ("GET", "/{id}", None),
    ("PATCH", "/{id}", {"title": "Mine now"}),
    ("DELETE", "/{id}", None),
    ("GET", "/{id}/items", None),
    ("POST", "/{id}/items", ITEMS),
    ("PUT", "/{id}/items", ITEMS),
    ("DELETE", "/{id}/items", ITEMS),
    ("POST", "/{id}/sync", None),
    ("GET", "/{id}/runs/{run}", None),
)
NAMES = [f"{method} {path}" for method, path, _body in ROUTES]


def assert_problem(answer: httpx.Response, status: int, slug: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), answer.text
    body = answer.json()
    assert (body["status"], body["slug"]) == (status, slug), body
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("body", BAD_LISTS.values(), ids=BAD_LISTS)
async def test_a_bad_list_is_refused_with_the_reason(system: RunningSystem, body: object) -> None:
    user = system.user()
    assert_problem(await user.send("POST", "", json=body), 422, "invalid-request")
    assert await user.lists() == []


SURROGATE = json.dumps({**GOOD, "title": "a\ud800b"}).encode()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'"text"', b"null", SURROGATE], ids=repr)
async def test_a_body_that_is_no_json_is_refused(system: RunningSystem, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {system.token('ada')}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=system.urls["lists-api"], headers=headers, trust_env=False) as http:
        answer = await http.post("/api/lists", content=body)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["slug"]


async def test_ten_thousand_and_one_items_are_too_many(system: RunningSystem) -> None:
    user = system.user()
    items: list[Item] = [{"media_type": "movie", "ids": {"tmdb": number}} for number in range(1, 10_002)]
    assert_problem(await user.send("POST", "", json={**GOOD, "items": items}), 422, "too-many-items")

    made = await user.create("Full", items[:10_000])
    assert made.item_count == 10_000
    assert_problem(await user.send("POST", f"/{made.id}/items", json={"items": items[10_000:]}), 422, "too-many-items")
    assert (await user.read(made.id)).item_count == 10_000


async def test_another_users_list_is_in_no_list_of_mine(system: RunningSystem) -> None:
    owner, other = system.user(), system.user()
    await owner.create("Mine", movies(2))
    assert await other.lists() == []


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=NAMES)
async def test_another_users_list_is_not_there(system: RunningSystem, method: str, path: str, body: object) -> None:
    owner, other = system.user(), system.user()
    made = await owner.create("Mine", movies(2))

    # Whose it is cannot be told from the answer: a list that never was gets the same.
    for list_id in (made.id, 2**40):
        answer = await other.send(method, path.format(id=list_id, run=uuid.uuid4()), json=body)
        assert_problem(answer, 404, "not-found")

    kept = await owner.read(made.id)
    assert (kept.title, kept.item_count, kept.version) == ("Mine", 2, 1)


@pytest.mark.parametrize(("method", "path", "body"), [("GET", "", None), ("POST", "", GOOD), *ROUTES])
async def test_without_a_token_nothing_is_told(system: RunningSystem, method: str, path: str, body: object) -> None:
    target = f"/api/lists{path.format(id=1, run=uuid.uuid4())}"
    async with httpx.AsyncClient(base_url=system.urls["lists-api"], trust_env=False) as http:
        for header in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
            answer = await http.request(method, target, headers=header, json=body)
            assert_problem(answer, 401, "unauthorized")
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/api/notifications", "/api/notifications/stream"])
async def test_messages_need_a_token_too(system: RunningSystem, path: str) -> None:
    async with httpx.AsyncClient(base_url=system.urls["notifier"], trust_env=False) as http:
        assert_problem(await http.get(path), 401, "unauthorized")


@pytest.mark.parametrize(
    "path", ["/0", "/-1", "/one", f"/{HUGE}", "?page=0", "?limit=1000", "?mirrored=perhaps", "?colour=red"]
)
async def test_a_bad_address_is_refused(system: RunningSystem, path: str) -> None:
    answer = await system.user().send("GET", path)
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == MEDIA_TYPE


BAD_SETTINGS = (
    ("lists_api serve", "lists-api", "DATABASE_URL", None),
    ("lists_api serve", "lists-api", "AUTH_LOCAL_KEY", "too short"),
    ("lists_api relay", "lists-api relay", "HTTP_PORT", "eighty"),
    ("trakt_sync work", "trakt-sync work", "TOKEN_ENCRYPTION_KEYS", "no key"),
    ("trakt_sync work", "trakt-sync work", "TRAKT_CLIENT_ID", None),
    ("trakt_sync consume", "trakt-sync consume", "KAFKA_BOOTSTRAP_SERVERS", None),
    ("trakt_sync work", "trakt-sync work", "TRAKT_WRITE_INTERVAL", "often"),
    ("notifier serve", "notifier", "AUTH_LOCAL_KEY", None),
    ("notifier consume", "notifier consume", "KAFKA_SESSION_TIMEOUT", "0"),
)


@pytest.mark.parametrize(("command", "like", "variable", "value"), BAD_SETTINGS)
async def test_a_bad_setting_ends_a_service_with_one_line_that_names_it(
    system: RunningSystem, command: str, like: str, variable: str, value: str | None
) -> None:
    environment = {**os.environ, **system.processes[like].spec.environment}
    if value is None:
        environment.pop(variable)
    else:
        environment[variable] = value

    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", *command.split()],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert variable in line
    assert ended.stdout == ""
    assert value is None or value not in line or "KEY" not in variable, "a secret is not repeated"
