"""Every mistake in an address, a query or a header gets a problem document that names it, and never a 500."""

from typing import Any
from uuid import UUID

import pytest

from lists_api.testing import GOOD_LIST, Api, assert_problem, movies

LIST = "/api/lists/{id}"
ITEMS = f"{LIST}/items"
RUN = f"{LIST}/runs/{UUID(int=1)}"
ROUTES: list[tuple[str, str, Any]] = [
    ("POST", "/api/lists", {"title": "Heists", "list_type": "manual"}),
    ("GET", "/api/lists", None),
    ("GET", LIST, None),
    ("PATCH", LIST, {"title": "Capers"}),
    ("DELETE", LIST, None),
    ("GET", ITEMS, None),
    ("POST", ITEMS, {"items": movies(1)}),
    ("DELETE", ITEMS, {"items": movies(1)}),
    ("PUT", ITEMS, {"items": movies(1)}),
    ("POST", f"{LIST}/sync", None),
    ("GET", RUN, None),
    ("GET", f"{LIST}/runs", None),
    ("POST", f"{RUN}/cancel", None),
    ("POST", f"{RUN}/approve", None),
    ("POST", f"{RUN}/reject", None),
]
OF_A_LIST = [route for route in ROUTES if LIST in route[1]]


async def test_no_route_is_open_without_a_token(api: Api) -> None:
    made = await api.create()
    for method, path, body in ROUTES:
        for token in (None, b"", b"Bearer", b"Bearer nonsense", b"Bearer n\xf6", b"Basic YWRhOmFkYQ=="):
            headers = {} if token is None else {b"Authorization": token}
            response = await api.http.request(method, path.format(id=made["id"]), json=body, headers=headers)
            assert_problem(response, 401, "unauthorized")


@pytest.mark.parametrize(("method", "path", "body"), OF_A_LIST)
async def test_another_users_list_is_not_there(api: Api, method: str, path: str, body: object) -> None:
    made = await api.create(items=movies(1))
    run = (await api.call("POST", f"/api/lists/{made['id']}/sync")).json()["run_id"]
    before = await api.outbox()
    response = await api.call(method, path.format(id=made["id"]).replace(str(UUID(int=1)), run), user="eve", json=body)
    assert_problem(response, 404, "not-found")
    assert await api.outbox() == before


async def test_a_list_that_never_was_is_not_there(api: Api) -> None:
    for method, path, body in OF_A_LIST:
        assert_problem(await api.call(method, path.format(id=2**63 - 1), json=body), 404, "not-found")


@pytest.mark.parametrize("list_id", ["0", "-1", "1.0", "+1", "one", str(2**63), "9" * 5000, "%00", "1%00", "\u0663"])
async def test_an_address_that_is_no_list_id_is_refused(api: Api, list_id: str) -> None:
    for method, path, body in OF_A_LIST:
        assert_problem(await api.call(method, path.format(id=list_id), json=body), 422, "invalid-request")


async def test_an_address_that_is_no_run_id_is_refused(api: Api) -> None:
    made = await api.create()
    assert_problem(await api.call("GET", f"/api/lists/{made['id']}/runs/1"), 422, "invalid-request")


@pytest.mark.parametrize(
    "path",
    [
        "/api/lists?page=0",
        "/api/lists?page=-1",
        "/api/lists?page=one",
        "/api/lists?page=99999999999999999999",
        "/api/lists?limit=0",
        "/api/lists?limit=101",
        "/api/lists?limit=%00",
        "/api/lists?mirrored=maybe",
        "/api/lists?user_id=eve",
        "/api/lists/{id}/items?limit=101",
        "/api/lists/{id}/items?sort=mood",
    ],
)
async def test_a_bad_query_is_refused(api: Api, path: str) -> None:
    made = await api.create()
    assert_problem(await api.call("GET", path.format(id=made["id"])), 422, "invalid-request")


@pytest.mark.parametrize("query", ["force_full=maybe", "watched_only=5", "watched_only=", "fast=true"])
async def test_a_bad_sync_is_refused_and_no_run_begins(api: Api, query: str) -> None:
    made = await api.create()
    assert_problem(await api.call("POST", f"/api/lists/{made['id']}/sync?{query}"), 422, "invalid-request")
    assert len(await api.outbox()) == 1


@pytest.mark.parametrize("header", ["1", '"1', "W/1", '"1" "2"', "**", ""])
async def test_an_if_match_that_is_no_list_of_tags_is_refused(api: Api, header: str) -> None:
    made = await api.create()
    for method in ("PATCH", "DELETE"):
        response = await api.call(
            method, f"/api/lists/{made['id']}", json={"title": "Mine"}, headers={"If-Match": header}
        )
        assert_problem(response, 422, "invalid-request")


@pytest.mark.parametrize("if_match", ['W/"1"', '"one"', '""', '"1-"', f'"{10**18}"'])
async def test_a_tag_that_is_no_version_of_the_list_matches_nothing(api: Api, if_match: str) -> None:
    made = await api.create()
    response = await api.call("DELETE", f"/api/lists/{made['id']}", headers={"If-Match": if_match})
    assert_problem(response, 412, "version-mismatch")


@pytest.mark.parametrize("key", ["", "x" * 256, "käse", "tab\there"])
async def test_an_idempotency_key_that_is_none_is_refused(api: Api, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    assert_problem(await api.call("POST", "/api/lists", json=GOOD_LIST, headers=headers), 422, "invalid-request")


async def test_no_refusal_shows_a_pattern_to_a_person(api: Api) -> None:
    """Whatever the API describes by a pattern is refused in words."""
    item = {"media_type": "movie", "ids": {"imdb": "heat"}}
    filters = {"languages": ["english"], "countries": ["1"]}
    refused = [
        await api.call("PUT", "/api/ratings/movie/heat", json={"thumb": "up"}),
        await api.call("DELETE", "/api/lists/1", headers={"If-Match": "7"}),
        await api.call("GET", "/api/lists/1", headers={"If-None-Match": "7"}),
        await api.call("POST", "/api/lists", json={"title": "x", "list_type": "manual", "items": [item]}),
        await api.call("POST", "/api/lists/preview", json={"filters": filters}),
        await api.call("POST", "/api/imports/trakt", json={"trakt_list": "?"}),
        await api.call("POST", "/api/lists/1/sync", headers={"If-Match": "7"}),
    ]
    assert [response.status_code for response in refused] == [422] * len(refused)
    for response in refused:
        assert "pattern" not in response.text
        assert "^" not in response.text
    assert [error["message"] for error in refused[4].json()["errors"]] == ["must be a code of two letters"] * 2


async def test_an_unknown_path_and_a_wrong_method_are_problems_too(api: Api) -> None:
    assert_problem(await api.call("GET", "/api/nothing"), 404, "not-found")
    assert_problem(await api.call("DELETE", "/api/lists"), 405, "method-not-allowed")


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "field"),
    [
        ("PATCH", LIST, {"title": 5}, {}, "body.title"),
        ("PATCH", LIST, {"privacy": "secret"}, {}, "body.privacy"),
        ("PATCH", LIST, {"mirror": {"order": 1}}, {}, "body.mirror.order"),
        ("POST", "/api/lists", GOOD_LIST | {"mirror": {"order": "yes"}}, {}, "body.mirror.order"),
        ("GET", "/api/lists?mirrored=maybe", None, {}, "query.mirrored"),
        ("PATCH", LIST, {}, {"If-Match": "1"}, "header.If-Match"),
        ("GET", LIST, None, {"If-None-Match": "1"}, "header.If-None-Match"),
        ("POST", "/api/lists", GOOD_LIST, {"Idempotency-Key": ""}, "header.Idempotency-Key"),
    ],
)
async def test_one_mistake_is_one_error_that_names_its_field(
    api: Api, method: str, path: str, body: object, headers: dict[str, str], field: str
) -> None:
    made = await api.create()
    response = await api.call(method, path.format(id=made["id"]), json=body, headers=headers)
    assert_problem(response, 422, "invalid-request")
    assert [error["field"] for error in response.json()["errors"]] == [field]
