"""A fault affects the requests that it matches and can change, as often as it says, and no others."""

import json

import pytest

from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"
ITEMS = f"{LISTS}/queue/items"
APP = {"client_id": "watchbuddy-local", "client_secret": "watchbuddy-local-secret"}


async def faults_left(trakt: InProcessTrakt) -> list[str]:
    return [fault["kind"] for fault in (await trakt.admin.get("/faults")).json()]


@pytest.mark.parametrize(
    ("kind", "delay_s"),
    [
        ("reorder_noop", 0), ("duplicate_rows", 0), ("account_limit_partial", 0), ("null_years", 0), ("null_ids", 0),
        ("extra_fields", 0), ("stale_items", 300), ("new_list_404", 300),
    ],
)  # fmt: skip
async def test_a_fault_waits_for_a_call_that_it_can_change(
    unlimited: InProcessTrakt, kind: str, delay_s: float
) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "Queue"})
    await client.post(f"{LISTS}/queue/items", json={"movies": [{"ids": {"trakt": 1}}]})
    unlimited.pass_time(1_000)
    await unlimited.fault(kind, delay_s=delay_s)
    await client.delete(f"{LISTS}/none")
    await client.post(f"{LISTS}/queue/items/reorder", json={"rank": [1_000_000_001]})
    await client.get("/sync/last_activities")
    assert await faults_left(unlimited) == [kind]


async def test_a_truncation_waits_for_an_answer_with_a_body(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "Queue"})
    await unlimited.fault("truncate")
    assert (await client.delete(f"{LISTS}/queue")).status_code == 204
    assert await faults_left(unlimited) == ["truncate"]


async def test_stale_items_show_after_the_write_that_makes_them_stale(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "Queue"})
    await unlimited.fault("stale_items", delay_s=300)
    await client.get(f"{LISTS}/queue/items")
    await client.post(f"{LISTS}/queue/items", json={"movies": [{"ids": {"trakt": 1}}]})
    counts = [len((await client.get(f"{LISTS}/queue/items")).json()) for _ in range(2)]
    assert counts == [0, 1]
    logged = (await unlimited.admin.get("/requests")).json()
    assert [entry["fault"] for entry in logged] == [None, None, None, "stale_items", None]


async def test_a_refresh_is_met_by_the_fault_of_its_account(unlimited: InProcessTrakt) -> None:
    ann, bob = await unlimited.account("ann"), await unlimited.account("bob")
    await unlimited.fault("status", status=503, account="ann", path="/oauth/token")
    statuses = []
    for pair in (bob, ann, ann):
        body = {"refresh_token": pair.refresh_token, "grant_type": "refresh_token", **APP}
        statuses.append((await unlimited.client_without_token().post("/oauth/token", json=body)).status_code)
    assert statuses == [200, 503, 200]
    assert [entry["account"] for entry in (await unlimited.admin.get("/requests")).json()] == ["bob", "ann", "ann"]


async def test_a_device_poll_and_a_revocation_are_met_by_the_fault_of_their_account(unlimited: InProcessTrakt) -> None:
    pair, stranger = await unlimited.account("ann"), unlimited.client_without_token()
    code = (await stranger.post("/oauth/device/code", json=APP)).json()
    await unlimited.admin.post(f"/device/{code['user_code']}", json={"username": "ann"})
    await unlimited.fault("status", status=503, account="ann", times=2)
    for path, body in (("device/token", {"code": code["device_code"]}), ("revoke", {"token": pair.access_token})):
        assert (await stranger.post(f"/oauth/{path}", json={**body, **APP})).status_code == 503


async def test_a_fault_for_head_meets_no_get_and_one_for_get_meets_both(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.fault("status", method="head", status=500)
    assert (await client.get(LISTS)).status_code == 200
    assert (await client.head(LISTS)).status_code == 500
    await unlimited.fault("status", method="GET", status=500)
    assert (await client.head(LISTS)).status_code == 500


async def test_an_account_is_named_by_username_or_slug(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client("an.kah")
    for name in ("an.kah", "an-kah"):
        await unlimited.fault("status", account=name)
        assert (await client.get(LISTS)).status_code == 500


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "status", "account": "nobody"},
        {"kind": "status", "method": "FETCH"},
        {"kind": "status", "path": "users/*"},
        {"kind": "latency"},
        {"kind": "stale_items"},
        {"kind": "new_list_404", "delay_s": 0},
        {"kind": "timeout", "delay_s": 1e300},
        {"kind": "status", "headers": {"X-Note": "a\r\nb: c"}},
        {"kind": "status", "headers": {"X Note": "a"}},
        {"kind": "status", "headers": {"Content-Length": "0"}},
    ],
)
async def test_a_fault_that_could_meet_or_do_nothing_is_refused(
    unlimited: InProcessTrakt, fields: dict[str, object]
) -> None:
    assert (await unlimited.admin.post("/faults", json=fields)).status_code == 422
    assert await faults_left(unlimited) == []


async def test_rate_limited_tells_the_figures_of_the_calls_own_bucket(trakt: InProcessTrakt) -> None:
    client = await trakt.client()
    trakt.pass_time(100.5)
    for caller, method, path, figures in (
        (client, "GET", LISTS, ("AUTHED_API_GET_LIMIT", 300, 500, "2026-11-21T00:05:00Z", "200")),
        (client, "POST", LISTS, ("AUTHED_API_POST_LIMIT", 1, 1, "2026-11-21T00:01:41Z", "1")),
        (
            trakt.client_without_token(),
            "GET",
            "/movies/1",
            ("UNAUTHED_API_GET_LIMIT", 300, 500, "2026-11-21T00:05:00Z", "200"),
        ),
    ):
        await trakt.fault("rate_limited")
        response = await caller.request(method, path)
        told = json.loads(response.headers["x-ratelimit"])
        shown = (told["name"], told["period"], told["limit"], told["until"], response.headers["retry-after"])
        assert (response.status_code, shown, told["remaining"]) == (429, figures, 0)


async def test_of_oauths_limits_only_the_wait_is_told(trakt: InProcessTrakt) -> None:
    await trakt.fault("rate_limited")
    response = await trakt.client_without_token().post("/oauth/device/code", json=APP)
    assert (response.status_code, "retry-after" in response.headers, "x-ratelimit" in response.headers) == (
        429,
        True,
        False,
    )


async def test_a_fault_meets_the_requests_that_name_a_title(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "Queue"})
    await unlimited.fault("status", status=400, ids={"tmdb": 862, "trakt": 2}, media="movies", times=None)
    spoilt = [{"movies": [{"ids": {"trakt": 3}}, {"ids": {"trakt": 2}}]}, {"movies": [{"ids": {"tmdb": 862}}]}]
    fine = [{"shows": [{"ids": {"trakt": 2}}]}, {"movies": [{"ids": {"tmdb": 2}}]}, {"movies": 862}, [], {}]
    assert [(await client.post(ITEMS, json=body)).status_code for body in spoilt] == [400, 400]
    assert [(await client.post(ITEMS, json=body)).status_code for body in fine] == [201, 201, 422, 422, 201]
    assert (await client.post(ITEMS, content=b"{")).text == ""
    assert [row["type"] for row in (await client.get(ITEMS)).json()] == ["show"]


async def test_a_fault_meets_only_its_account_method_and_path(unlimited: InProcessTrakt) -> None:
    ann, bob = await unlimited.client("ann"), await unlimited.client("bob")
    await unlimited.fault("status", account="ann", method="POST", path="/users/*/lists", times=None)
    assert (await ann.post(LISTS, json={"name": "a"})).status_code == 500
    assert (await bob.post(LISTS, json={"name": "a"})).status_code == 201
    assert (await ann.get(LISTS)).status_code == 200
    assert (await ann.post(f"{LISTS}/none/items", json={})).status_code == 404


async def test_a_fault_comes_once_or_so_many_times_or_until_it_is_removed(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()

    async def statuses(count: int) -> list[int]:
        return [(await client.get(LISTS)).status_code for _ in range(count)]

    await unlimited.fault("status")
    assert await statuses(2) == [500, 200]
    await unlimited.fault("status", times=2, status=503)
    assert await statuses(3) == [503, 503, 200]
    number = await unlimited.fault("status", times=None, status=502)
    assert await statuses(4) == [502] * 4
    (shown,) = (await unlimited.admin.get("/faults")).json()
    assert (shown["id"], shown["status"], shown["left"]) == (number, 502, None)
    assert (await unlimited.admin.delete(f"/faults/{number}")).status_code == 204
    assert (await unlimited.admin.delete(f"/faults/{number}")).status_code == 404
    assert await statuses(1) == [200]


async def test_a_probability_draws_the_same_calls_from_the_same_seed(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()

    async def drawn(seed: int) -> list[int]:
        await unlimited.admin.delete("/faults")
        await unlimited.fault("status", times=None, probability=0.3, seed=seed)
        return [(await client.get(LISTS)).status_code for _ in range(60)]

    first = await drawn(1)
    assert await drawn(1) == first
    assert await drawn(2) != first
    assert 8 <= first.count(500) <= 28


async def test_one_ending_is_used_up_at_a_time(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.fault("status", status=502)
    await unlimited.fault("status", status=503)
    assert [(await client.get(LISTS)).status_code for _ in range(3)] == [502, 503, 200]


async def test_faults_meet_oauth_too(unlimited: InProcessTrakt) -> None:
    await unlimited.fault("status", path="/oauth/token", status=503)
    assert (await unlimited.client_without_token().post("/oauth/token", json={})).status_code == 503
