"""Headers and tokens that a call needs, and input that is wrong."""

import pytest

from trakt_simulator.testing import api_headers
from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"


async def test_a_call_without_user_agent_is_refused_by_the_edge(calm: InProcessTrakt) -> None:
    client = await calm.client()
    answer = await client.get(LISTS, headers={"User-Agent": ""})
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert (answer.headers["server"], "cf-ray" in answer.headers) == ("cloudflare", True)


@pytest.mark.parametrize("key", ["", "somebody-elses"])
async def test_an_unknown_client_id_is_forbidden(calm: InProcessTrakt, key: str) -> None:
    client = await calm.client()
    answer = await client.get(LISTS, headers={"trakt-api-key": key})
    assert (answer.status_code, answer.content) == (403, b"Forbidden")


@pytest.mark.parametrize("version", ["", "1"])
async def test_another_api_version_fails_the_precondition_unless_an_option_lets_it(
    calm: InProcessTrakt, version: str
) -> None:
    client = await calm.client()
    assert (await client.get(LISTS, headers={"trakt-api-version": version})).status_code == 412
    await calm.admin.patch("/options", json={"version_header_required": False})
    assert (await client.get(LISTS, headers={"trakt-api-version": version})).status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_that_is_not_declared_as_json_fails_the_precondition(
    calm: InProcessTrakt, content_type: str
) -> None:
    client = await calm.client()
    answer = await client.post(LISTS, content=b'{"name":"a"}', headers={"Content-Type": content_type})
    assert answer.status_code == 412


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Basic ZGVtbzpkZW1v", "nonsense"])
async def test_a_bad_token_is_refused_even_for_public_data(calm: InProcessTrakt, authorization: str) -> None:
    client = calm.client_with({**api_headers(), "Authorization": authorization})
    answer = await client.get("/movies/1")
    assert (answer.status_code, answer.content) == (401, b"")


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
async def test_what_needs_a_token_is_refused_without(calm: InProcessTrakt, method: str, path: str) -> None:
    await calm.account()
    assert (await calm.stranger().request(method, path)).status_code == 401


async def test_tokens_die_at_their_time(calm: InProcessTrakt) -> None:
    await calm.admin.patch("/options", json={"token_lifetime_s": 60})
    client = await calm.client()
    calm.pass_time(59.9)
    assert (await client.get(LISTS)).status_code == 200
    calm.pass_time(0.1)
    assert (await client.get(LISTS)).status_code == 401


async def test_tokens_are_ended_by_hand_with_or_without_their_refresh_tokens(calm: InProcessTrakt) -> None:
    token = await calm.account()
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": token.refresh_token,
        "client_id": "watchbuddy-local",
        "client_secret": "watchbuddy-local-secret",
    }
    await calm.admin.post("/accounts/demo/tokens/expire")
    assert (await calm.client_with(token.headers()).get(LISTS)).status_code == 401
    renewed = (await calm.stranger().post("/oauth/token", json=refresh)).json()
    await calm.admin.post("/accounts/demo/tokens/expire", json={"refresh_too": True})
    refresh["refresh_token"] = renewed["refresh_token"]
    assert (await calm.stranger().post("/oauth/token", json=refresh)).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nope"), ("PATCH", LISTS), ("POST", "/users/settings"), ("GET", "/users//"), ("GET", "/oauth/nope")],
)
async def test_an_unknown_path_or_method_does_not_exist(calm: InProcessTrakt, method: str, path: str) -> None:
    client = await calm.client()
    answer = await client.request(method, path)
    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.parametrize(
    "path", ["/users/nobody/lists", "/users/me/lists/none", "/users/me/lists/7/items", "/movies/nope", "/users/nobody"]
)
async def test_an_unknown_record_is_not_found(calm: InProcessTrakt, path: str) -> None:
    answer = await (await calm.client()).get(path)
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("path", ["/users/me/lists/", "http://trakt.test//users/me//lists", "/users/me/lists?page=1"])
async def test_slashes_at_the_end_and_doubled_ones_do_not_matter(calm: InProcessTrakt, path: str) -> None:
    assert (await (await calm.client()).get(path)).json() == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"name": "\\ud800"}', b'{"name": NaN}', b"[" * 5000])
async def test_a_body_that_cannot_be_parsed_is_a_bad_request(calm: InProcessTrakt, body: bytes) -> None:
    assert (await (await calm.client()).post(LISTS, content=body)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        [], "text", 5, {}, {"name": ""}, {"name": "  "}, {"name": None}, {"name": 5}, {"name": ["a"]},
        {"name": "a", "privacy": "secret"}, {"name": "a", "display_numbers": "yes"}, {"name": "a", "sort_by": "magic"},
        {"name": "a", "sort_how": "up"}, {"name": "a", "description": {}},
    ],
)  # fmt: skip
async def test_a_list_of_wrong_types_is_not_valid(calm: InProcessTrakt, body: object) -> None:
    client = await calm.client()
    answer = await client.post(LISTS, json=body)
    assert answer.status_code == 422
    assert (answer.content, bool(answer.headers["x-error-message"])) == (b"", True)
    assert (await client.get(LISTS)).json() == []


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": None}, {"nonsense": 1}])
async def test_a_change_of_nothing_or_nonsense_is_not_valid(calm: InProcessTrakt, body: object) -> None:
    client = await calm.client()
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
async def test_items_of_wrong_types_are_not_valid(calm: InProcessTrakt, body: object) -> None:
    client = await calm.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await client.post(f"{LISTS}/a/items", json=body)).status_code == 422


@pytest.mark.parametrize(
    "element",
    [
        {}, {"ids": {}}, {"ids": None}, {"ids": 5}, {"ids": {"trakt": "1"}}, {"ids": {"trakt": -1}}, {"ids": {"trakt": 0}},
        {"ids": {"trakt": 2**70}}, {"ids": {"trakt": True}}, {"ids": {"imdb": 5}}, {"ids": {"tmdb": [862]}},
        {"title": "No such title"}, {"title": 5, "year": "x"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("unknown_ids_exist", [False, True])
async def test_an_element_without_a_usable_id_is_not_found(
    calm: InProcessTrakt, element: dict[str, object], unknown_ids_exist: bool
) -> None:
    client = await calm.client()
    await client.post(LISTS, json={"name": "a"})
    await calm.admin.patch("/options", json={"unknown_ids_exist": unknown_ids_exist})
    answer = await client.post(f"{LISTS}/a/items", json={"movies": [element]})
    assert answer.status_code == 201
    assert len(answer.json()["not_found"]["movies"]) == 1


@pytest.mark.parametrize("rank", [None, "1,2", [1, "2"], [1.5], [None], {"1": 2}])
@pytest.mark.parametrize("path", ["/reorder", "/a/items/reorder"])
async def test_a_rank_that_is_no_array_of_ids_is_not_valid(calm: InProcessTrakt, path: str, rank: object) -> None:
    client = await calm.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await client.post(f"{LISTS}{path}", json={"rank": rank})).status_code == 422


@pytest.mark.parametrize("number", ["9" * 5000, "٣", "-1", "1e9", "0"])
async def test_strange_numbers_in_paths_and_queries_do_no_harm(calm: InProcessTrakt, number: str) -> None:
    client = await calm.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await client.get(f"{LISTS}/{number}")).status_code == 404
    assert (await client.get(f"/lists/{number}")).status_code == 404
    assert (await client.get(f"/search/tmdb/{number}")).json() == []
    answer = await client.get(LISTS, params={"page": number, "limit": number})
    assert (answer.status_code, len(answer.json())) == (200, 1)
    assert answer.headers["x-pagination-limit"] == "100"


async def test_a_defect_of_the_simulator_itself_is_a_500_without_a_trace(
    calm: InProcessTrakt, caplog: pytest.LogCaptureFixture
) -> None:
    client = await calm.client()
    calm.sim.world.accounts["demo"].lists = None  # type: ignore[assignment]
    answer = await client.get(LISTS)
    assert (answer.status_code, answer.content) == (500, b"")
    assert "call_failed GET /users/me/lists" in caplog.text


async def test_what_expired_long_ago_is_forgotten(calm: InProcessTrakt) -> None:
    app = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
    stranger = calm.stranger()
    codes = []
    for _ in range(3):
        codes.append((await stranger.post("/oauth/device/code", json=app)).json()["device_code"])
        calm.pass_time(3_000)

    async def polled(code: str) -> int:
        return (await stranger.post("/oauth/device/token", json={"code": code, **app})).status_code

    assert [await polled(code) for code in codes] == [404, 410, 410]
    assert len(calm.sim.devices._by_user) == 2


async def test_a_rotated_token_is_forgotten_though_one_that_lives_longer_was_rotated_before(
    calm: InProcessTrakt,
) -> None:
    refresh = {"grant_type": "refresh_token", "client_id": "watchbuddy-local"}
    for lifetime_s in (1_000, 10):
        await calm.admin.patch("/options", json={"token_lifetime_s": lifetime_s})
        pair = await calm.account("demo")
        await calm.stranger().post("/oauth/token", json={**refresh, "refresh_token": pair.refresh_token})
    calm.pass_time(20)
    held = len(calm.sim.tokens._by_access)
    await calm.account("demo")
    # One came, one went.
    assert len(calm.sim.tokens._by_access) == held


async def test_a_refresh_names_a_redirect_uri_of_the_app_or_none(calm: InProcessTrakt) -> None:
    refresh = {"grant_type": "refresh_token", "client_id": "watchbuddy-local"}
    statuses = []
    for uri in ({"redirect_uri": "https://example.org/other"}, {"redirect_uri": "urn:ietf:wg:oauth:2.0:oob"}, {}):
        token = (await calm.account("demo")).refresh_token
        answer = await calm.stranger().post("/oauth/token", json={**refresh, "refresh_token": token, **uri})
        statuses.append(answer.status_code)
    assert statuses == [400, 200, 200]


async def test_a_poll_a_little_before_the_interval_is_let_pass(calm: InProcessTrakt) -> None:
    app = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}
    code = (await calm.stranger().post("/oauth/device/code", json=app)).json()["device_code"]
    statuses = []
    for waited_s in (5, 4.999, 4.6, 4.4):
        calm.pass_time(waited_s)
        answer = await calm.stranger().post("/oauth/device/token", json={"code": code, **app})
        statuses.append(answer.status_code)
    assert statuses == [400, 400, 400, 429]
