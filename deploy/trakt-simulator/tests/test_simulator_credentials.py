"""The headers and tokens that a request needs, and wrong input."""

import pytest

from trakt_simulator.testing import api_headers
from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"


async def test_a_call_without_user_agent_is_refused_by_the_edge(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    response = await client.get(LISTS, headers={"User-Agent": ""})
    assert response.status_code == 403
    assert response.headers["content-type"].startswith("text/html")
    assert (response.headers["server"], "cf-ray" in response.headers) == ("cloudflare", True)


@pytest.mark.parametrize("key", ["", "somebody-elses"])
async def test_an_unknown_client_id_is_forbidden(unlimited: InProcessTrakt, key: str) -> None:
    client = await unlimited.client()
    response = await client.get(LISTS, headers={"trakt-api-key": key})
    assert (response.status_code, response.content) == (403, b"Forbidden")


@pytest.mark.parametrize("version", ["", "1"])
async def test_another_api_version_fails_the_precondition_unless_an_option_lets_it(
    unlimited: InProcessTrakt, version: str
) -> None:
    client = await unlimited.client()
    assert (await client.get(LISTS, headers={"trakt-api-version": version})).status_code == 412
    await unlimited.admin.patch("/options", json={"version_header_required": False})
    assert (await client.get(LISTS, headers={"trakt-api-version": version})).status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_that_is_not_declared_as_json_fails_the_precondition(
    unlimited: InProcessTrakt, content_type: str
) -> None:
    client = await unlimited.client()
    response = await client.post(LISTS, content=b'{"name":"a"}', headers={"Content-Type": content_type})
    assert response.status_code == 412


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Basic ZGVtbzpkZW1v", "nonsense"])
async def test_a_bad_token_is_refused_even_for_public_data(unlimited: InProcessTrakt, authorization: str) -> None:
    client = unlimited.client_with({**api_headers(), "Authorization": authorization})
    response = await client.get("/movies/1")
    assert (response.status_code, response.content) == (401, b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", LISTS),
        ("POST", LISTS),
        ("POST", "/users/demo/lists"),
        ("PUT", "/users/demo/lists/a"),
        ("DELETE", "/users/demo/lists/a"),
        ("GET", "/users/settings"),
        ("GET", "/sync/last_activities"),
        ("POST", "/sync/history"),
    ],
)
async def test_what_needs_a_token_is_refused_without(unlimited: InProcessTrakt, method: str, path: str) -> None:
    await unlimited.account()
    assert (await unlimited.client_without_token().request(method, path)).status_code == 401


async def test_tokens_die_at_their_time(unlimited: InProcessTrakt) -> None:
    await unlimited.admin.patch("/options", json={"token_lifetime_s": 60})
    client = await unlimited.client()
    unlimited.pass_time(59.9)
    assert (await client.get(LISTS)).status_code == 200
    unlimited.pass_time(0.1)
    assert (await client.get(LISTS)).status_code == 401


async def test_tokens_are_ended_by_hand_with_or_without_their_refresh_tokens(unlimited: InProcessTrakt) -> None:
    token = await unlimited.account()
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": token.refresh_token,
        "client_id": "watchbuddy-local",
        "client_secret": "watchbuddy-local-secret",
    }
    await unlimited.admin.post("/accounts/demo/tokens/expire")
    assert (await unlimited.client_with(token.headers()).get(LISTS)).status_code == 401
    renewed = (await unlimited.client_without_token().post("/oauth/token", json=refresh)).json()
    await unlimited.admin.post("/accounts/demo/tokens/expire", json={"refresh_too": True})
    refresh["refresh_token"] = renewed["refresh_token"]
    assert (await unlimited.client_without_token().post("/oauth/token", json=refresh)).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nope"), ("PATCH", LISTS), ("POST", "/users/settings"), ("GET", "/users//"), ("GET", "/oauth/nope")],
)
async def test_an_unknown_path_or_method_does_not_exist(unlimited: InProcessTrakt, method: str, path: str) -> None:
    client = await unlimited.client()
    response = await client.request(method, path)
    assert (response.status_code, response.content) == (405, b"")


@pytest.mark.parametrize(
    "path", ["/users/nobody/lists", "/users/me/lists/none", "/users/me/lists/7/items", "/movies/nope", "/users/nobody"]
)
async def test_an_unknown_record_is_not_found(unlimited: InProcessTrakt, path: str) -> None:
    response = await (await unlimited.client()).get(path)
    assert (response.status_code, response.content) == (404, b"")


@pytest.mark.parametrize("path", ["/users/me/lists/", "http://trakt.test//users/me//lists", "/users/me/lists?page=1"])
async def test_slashes_at_the_end_and_doubled_ones_do_not_matter(unlimited: InProcessTrakt, path: str) -> None:
    assert (await (await unlimited.client()).get(path)).json() == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"name": "\\ud800"}', b'{"name": NaN}', b"[" * 5000])
async def test_a_body_that_cannot_be_parsed_is_a_bad_request(unlimited: InProcessTrakt, body: bytes) -> None:
    assert (await (await unlimited.client()).post(LISTS, content=body)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        [], "text", 5, {}, {"name": ""}, {"name": "  "}, {"name": None}, {"name": 5}, {"name": ["a"]},
        {"name": "a", "privacy": "secret"}, {"name": "a", "display_numbers": "yes"}, {"name": "a", "sort_by": "magic"},
        {"name": "a", "sort_how": "up"}, {"name": "a", "description": {}},
    ],
)  # fmt: skip
async def test_a_list_of_wrong_types_is_not_valid(unlimited: InProcessTrakt, body: object) -> None:
    client = await unlimited.client()
    response = await client.post(LISTS, json=body)
    assert response.status_code == 422
    assert (response.content, bool(response.headers["x-error-message"])) == (b"", True)
    assert (await client.get(LISTS)).json() == []


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": None}, {"nonsense": 1}])
async def test_a_change_of_nothing_or_nonsense_is_not_valid(unlimited: InProcessTrakt, body: object) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await client.put(f"{LISTS}/a", json=body)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"movies": "tt1"},
        {"movies": {"ids": {}}},
        {"movies": [5]},
        {"shows": [None]},
        {"shows": [{"ids": {"trakt": 2}, "seasons": 5}]},
    ],
)
async def test_items_of_wrong_types_are_not_valid(unlimited: InProcessTrakt, body: object) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await client.post(f"{LISTS}/a/items", json=body)).status_code == 422


@pytest.mark.parametrize(
    "element",
    [
        {}, {"ids": {}}, {"ids": None}, {"ids": 5}, {"ids": {"trakt": "1"}}, {"ids": {"trakt": -1}},
        {"ids": {"trakt": 0}}, {"ids": {"trakt": 2**70}},
        {"ids": {"trakt": True}}, {"ids": {"imdb": 5}}, {"ids": {"tmdb": [862]}},
        {"title": "No such title"}, {"title": 5, "year": "x"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("unknown_ids_exist", [False, True])
async def test_an_element_without_a_usable_id_is_not_found(
    unlimited: InProcessTrakt, element: dict[str, object], unknown_ids_exist: bool
) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "a"})
    await unlimited.admin.patch("/options", json={"unknown_ids_exist": unknown_ids_exist})
    response = await client.post(f"{LISTS}/a/items", json={"movies": [element]})
    assert response.status_code == 201
    assert len(response.json()["not_found"]["movies"]) == 1


@pytest.mark.parametrize("rank", [None, "1,2", [1, "2"], [1.5], [None], {"1": 2}])
@pytest.mark.parametrize("path", ["/reorder", "/a/items/reorder"])
async def test_a_rank_that_is_no_array_of_ids_is_not_valid(unlimited: InProcessTrakt, path: str, rank: object) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await client.post(f"{LISTS}{path}", json={"rank": rank})).status_code == 422


@pytest.mark.parametrize("number", ["9" * 5000, "٣", "-1", "1e9", "0"])
async def test_strange_numbers_in_paths_and_queries_do_no_harm(unlimited: InProcessTrakt, number: str) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await client.get(f"{LISTS}/{number}")).status_code == 404
    assert (await client.get(f"/lists/{number}")).status_code == 404
    assert (await client.get(f"/search/tmdb/{number}")).json() == []
    response = await client.get(LISTS, params={"page": number, "limit": number})
    assert (response.status_code, len(response.json())) == (200, 1)
    assert response.headers["x-pagination-limit"] == "100"


async def test_a_defect_of_the_simulator_itself_is_a_500_without_a_trace(
    unlimited: InProcessTrakt, caplog: pytest.LogCaptureFixture
) -> None:
    client = await unlimited.client()
    unlimited.sim.accounts.by_slug["demo"].lists = None  # type: ignore[assignment]
    response = await client.get(LISTS)
    assert (response.status_code, response.content) == (500, b"")
    assert "request_failed GET /users/me/lists" in caplog.text


async def test_what_expired_long_ago_is_forgotten(unlimited: InProcessTrakt) -> None:
    app = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
    stranger = unlimited.client_without_token()
    codes = []
    for _ in range(3):
        codes.append((await stranger.post("/oauth/device/code", json=app)).json()["device_code"])
        unlimited.pass_time(3_000)

    async def polled(code: str) -> int:
        return (await stranger.post("/oauth/device/token", json={"code": code, **app})).status_code

    assert [await polled(code) for code in codes] == [404, 410, 410]
    assert len(unlimited.sim.devices._by_user) == 2


async def test_a_rotated_token_is_forgotten_though_one_that_lives_longer_was_rotated_before(
    unlimited: InProcessTrakt,
) -> None:
    refresh = {"grant_type": "refresh_token", "client_id": "watchbuddy-local"}
    for lifetime_s in (1_000, 10):
        await unlimited.admin.patch("/options", json={"token_lifetime_s": lifetime_s})
        pair = await unlimited.account("demo")
        await unlimited.client_without_token().post(
            "/oauth/token", json={**refresh, "refresh_token": pair.refresh_token}
        )
    unlimited.pass_time(20)
    held = len(unlimited.sim.tokens._by_access)
    await unlimited.account("demo")
    # One list was created, and one was deleted.
    assert len(unlimited.sim.tokens._by_access) == held


async def test_a_refresh_names_a_redirect_uri_of_the_app_or_none(unlimited: InProcessTrakt) -> None:
    refresh = {"grant_type": "refresh_token", "client_id": "watchbuddy-local"}
    statuses = []
    for uri in ({"redirect_uri": "https://example.org/other"}, {"redirect_uri": "urn:ietf:wg:oauth:2.0:oob"}, {}):
        token = (await unlimited.account("demo")).refresh_token
        response = await unlimited.client_without_token().post(
            "/oauth/token", json={**refresh, "refresh_token": token, **uri}
        )
        statuses.append(response.status_code)
    assert statuses == [400, 200, 200]


async def test_a_poll_a_little_before_the_interval_is_let_pass(unlimited: InProcessTrakt) -> None:
    app = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
    code = (await unlimited.client_without_token().post("/oauth/device/code", json=app)).json()["device_code"]
    statuses = []
    for waited_s in (5, 4.999, 4.6, 4.4):
        unlimited.pass_time(waited_s)
        response = await unlimited.client_without_token().post("/oauth/device/token", json={"code": code, **app})
        statuses.append(response.status_code)
    assert statuses == [400, 400, 400, 429]
