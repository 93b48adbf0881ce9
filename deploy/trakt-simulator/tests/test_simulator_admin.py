"""The admin API."""

import pytest

from trakt_simulator.testing import SimulatorProcess
from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"


async def test_an_account_is_made_with_a_token_and_asked_again_gives_another(unlimited: InProcessTrakt) -> None:
    response = await unlimited.admin.post("/accounts", json={"username": "demo", "vip": True})
    assert response.status_code == 201
    first = response.json()
    assert set(first) == {
        "access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at", "username",
    }  # fmt: skip
    assert len(first["access_token"]) == len(first["refresh_token"]) == 64
    second = (await unlimited.admin.post("/accounts", json={"username": "demo"})).json()
    assert first["access_token"] != second["access_token"]
    (account,) = (await unlimited.admin.get("/accounts")).json()
    assert (account["username"], account["vip"]) == ("demo", True)


async def test_usernames_of_one_slug_are_different_accounts(unlimited: InProcessTrakt) -> None:
    for username in ("an.kah", "an-kah", "an.kah", "🎬"):
        await unlimited.account(username)
    accounts = (await unlimited.admin.get("/accounts")).json()
    assert [(a["username"], a["slug"]) for a in accounts] == [
        ("an.kah", "an-kah"), ("an-kah", "an-kah-2"), ("🎬", "user-3"),
    ]  # fmt: skip


async def test_accounts_are_seeded_with_lists_and_items_without_limits(unlimited: InProcessTrakt) -> None:
    items = [{"ids": {"trakt": number}} for number in range(1, 301)]
    lists = [
        {"name": "Big", "privacy": "public", "display_numbers": True, "items": items},
        *({"name": "x"} for _ in range(6)),
    ]
    shows = [{"type": "show", "ids": {"imdb": "tt0903747"}}, {"ids": {"tmdb": 7_777_777}}]
    other = {"username": "other", "vip": True, "lists": [{"name": "Shows", "items": shows}]}
    response = await unlimited.admin.post("/seed", json={"accounts": [{"username": "demo", "lists": lists}, other]})
    assert response.status_code == 201
    first, second = response.json()["accounts"]
    assert (first["username"], first["not_found"]) == ("demo", [])
    assert second["not_found"] == [{"type": "movie", "ids": {"tmdb": 7_777_777}}]
    client = unlimited.client_with(
        {**unlimited.client_without_token().headers, "Authorization": f"Bearer {first['access_token']}"}
    )
    assert [shown["item_count"] for shown in (await client.get(LISTS)).json()] == [300, 0, 0, 0, 0, 0, 0]
    assert (await client.post(LISTS, json={"name": "one more"})).status_code == 420
    state = (await unlimited.admin.get("/state")).json()
    await unlimited.admin.post("/reset")
    assert (await unlimited.admin.post("/seed", json=state)).status_code == 201
    assert (await unlimited.admin.get("/state")).json() == state


async def test_limits_of_its_own_are_seeded_again_and_those_of_a_profile_follow_it(unlimited: InProcessTrakt) -> None:
    await unlimited.account("small", limits={"lists": 1, "items_per_list": 2, "total_items": 3})
    await unlimited.account("free")
    state = (await unlimited.admin.get("/state")).json()
    await unlimited.admin.post("/reset")
    await unlimited.admin.post("/seed", json=state)
    assert (await unlimited.admin.get("/state")).json() == state
    for name, lists in (("small", 1), ("free", 100)):
        changed = (await unlimited.admin.patch(f"/accounts/{name}", json={"vip": True})).json()
        assert changed["limits"]["lists"] == lists


async def test_seeding_leaves_the_rest_of_a_profile_alone(unlimited: InProcessTrakt) -> None:
    await unlimited.account("demo", vip=True, private=True, friends=["ann"])
    await unlimited.admin.post("/seed", json={"accounts": [{"username": "demo", "private": False}]})
    (shown,) = (await unlimited.admin.get("/accounts")).json()
    assert (shown["vip"], shown["private"], shown["friends"]) == (True, False, ["ann"])


@pytest.mark.parametrize(
    "account",
    [{"list": []}, {"lists": [{"name": "a", "item": []}]}, {"lists": [{"name": "a", "items": [{"id5": {}}]}]}],
)
async def test_a_misspelt_seed_is_refused_whole(unlimited: InProcessTrakt, account: dict[str, object]) -> None:
    response = await unlimited.admin.post(
        "/seed", json={"accounts": [{"username": "first"}, {"username": "demo", **account}]}
    )
    assert response.status_code == 422
    assert (await unlimited.admin.get("/accounts")).json() == []


async def test_the_clock_stays_within_the_years_that_dates_have(unlimited: InProcessTrakt) -> None:
    statuses = {(await unlimited.admin.post("/clock", json={"advance_s": 1e9})).status_code for _ in range(40)}
    assert statuses == {200, 422}
    assert (await unlimited.admin.get("/clock")).json()["now"] < "3000"
    client = await unlimited.client()
    assert (await client.post(LISTS, json={"name": "a"})).status_code == 201


async def test_another_sites_page_may_not_use_the_admin_api(unlimited: InProcessTrakt) -> None:
    await unlimited.account("demo")
    for origin in ("https://example.org", "null"):
        assert (await unlimited.admin.post("/reset", headers={"Origin": origin})).status_code == 403
    assert len((await unlimited.admin.get("/accounts")).json()) == 1
    assert (await unlimited.admin.post("/reset", headers={"Origin": "http://trakt.test"})).status_code == 204


async def test_an_accounts_stamp_moves_with_its_lists(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()

    async def stamp() -> str:
        return str((await unlimited.admin.get("/accounts")).json()[0]["lists_updated_at"])

    seen = [await stamp()]
    await client.get(LISTS)
    assert await stamp() == seen[0]
    for method, path, body in (
        ("POST", LISTS, {"name": "a"}),
        ("POST", f"{LISTS}/a/items", {"movies": [{"ids": {"trakt": 1}}]}),
        ("PUT", f"{LISTS}/a", {"name": "b"}),
        ("DELETE", f"{LISTS}/a", None),
    ):
        await client.request(method, path, json=body)
        seen.append(await stamp())
    assert seen == sorted(set(seen))


async def test_the_state_shows_everything_and_one_account_on_demand(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.account("other")
    await client.post(LISTS, json={"name": "Queue", "description": "d", "privacy": "public"})
    await client.post(
        f"{LISTS}/queue/items", json={"movies": [{"ids": {"trakt": 1}}], "shows": [{"ids": {"trakt": 1}}]}
    )
    state = (await unlimited.admin.get("/state")).json()
    assert [account["username"] for account in state["accounts"]] == ["demo", "other"]
    (shown,) = state["accounts"][0]["lists"]
    assert (shown["name"], shown["description"], shown["privacy"], shown["item_count"]) == ("Queue", "d", "public", 2)
    assert [(item["rank"], item["type"], item["ids"]["trakt"]) for item in shown["items"]] == [
        (1, "movie", 1),
        (2, "show", 1),
    ]
    assert len((await unlimited.admin.get("/state", params={"account": "other"})).json()["accounts"]) == 1


async def test_requests_are_logged_and_filtered_and_admins_are_not(unlimited: InProcessTrakt) -> None:
    ann, bob = await unlimited.client("ann"), await unlimited.client("bob")
    await ann.post(LISTS, json={"name": "a"})
    await bob.get(f"{LISTS}/none", params={"extended": "full"})
    await ann.post(LISTS, content=b"{")
    everything = (await unlimited.admin.get("/requests")).json()
    assert [(e["account"], e["method"], e["path"], e["status"]) for e in everything] == [
        ("ann", "POST", LISTS, 201), ("bob", "GET", f"{LISTS}/none", 404), ("ann", "POST", LISTS, 400),
    ]  # fmt: skip
    assert [e["body"] for e in everything] == [{"name": "a"}, None, None]
    assert everything[1]["query"] == "extended=full"
    assert '"name":"a"' in everything[0]["answer"]
    filters: list[tuple[dict[str, str | int], list[int]]] = [
        ({"method": "post"}, [1, 3]),
        ({"account": "bob"}, [2]),
        ({"status": 400}, [3]),
        ({"path": "/users/*/lists"}, [1, 3]),
        ({"since_id": 1}, [2, 3]),
        ({"limit": 2}, [2, 3]),
        ({"limit": 0}, []),
        ({"method": "POST", "status": 201, "account": "ann"}, [1]),
    ]
    for query, ids in filters:
        assert [e["id"] for e in (await unlimited.admin.get("/requests", params=query)).json()] == ids
    assert (await unlimited.admin.delete("/requests")).status_code == 204
    await ann.get(LISTS)
    assert [e["id"] for e in (await unlimited.admin.get("/requests")).json()] == [4]


async def test_counts_run_by_endpoint_and_status(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    for name in "ab":
        await client.post(LISTS, json={"name": name})
    await client.get(f"{LISTS}/a")
    await client.get("/nope")
    assert (await unlimited.admin.get("/counts")).json() == {
        "total": 4,
        "by_endpoint": {"POST /users/{id}/lists": 2, "GET /users/{id}/lists/{list_id}": 1, "unknown path": 1},
        "by_status": {"201": 2, "200": 1, "405": 1},
    }


async def test_the_log_keeps_the_last_ones_only(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.admin.patch("/options", json={"log_size": 3})
    for _ in range(5):
        await client.get(LISTS)
    assert [e["id"] for e in (await unlimited.admin.get("/requests")).json()] == [3, 4, 5]
    assert (await unlimited.admin.get("/counts")).json()["total"] == 5


async def test_large_bodies_push_old_entries_out_of_the_log(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    for _ in range(5):
        await client.post(LISTS, json={"name": "a", "description": "x" * 9_000_000})
    assert [e["id"] for e in (await unlimited.admin.get("/requests")).json()] == [3, 4, 5]


async def test_options_are_changed_and_shown_and_nonsense_is_refused(unlimited: InProcessTrakt) -> None:
    changed = (await unlimited.admin.patch("/options", json={"latency_ms": 2.5, "token_lifetime_s": 60})).json()
    assert (changed["latency_ms"], changed["token_lifetime_s"], changed["rate_limits"]) == (2.5, 60, False)
    assert (await unlimited.admin.get("/options")).json() == changed
    for body in ({"latency_ms": -1}, {"nonsense": 1}, {"rate_limits": "perhaps"}, [1]):
        assert (await unlimited.admin.patch("/options", json=body)).status_code == 422
    assert (await unlimited.admin.get("/options")).json() == changed


async def test_a_reset_forgets_everything_but_the_command_line(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "a"})
    await unlimited.fault("status", times=None)
    await unlimited.admin.patch("/options", json={"latency_ms": 1, "rate_limits": True})
    await unlimited.admin.post("/clock", json={"advance_s": 1_000})
    assert (await unlimited.admin.post("/reset")).status_code == 204
    assert (await unlimited.admin.get("/state")).json() == {"accounts": []}
    assert (await unlimited.admin.get("/faults")).json() == []
    assert (await unlimited.admin.get("/counts")).json()["total"] == 0
    assert (await unlimited.admin.get("/options")).json()["rate_limits"] is False
    assert (await unlimited.admin.get("/clock")).json() == {"now": "2026-11-21T00:00:00.000Z"}
    assert (await client.get(LISTS)).status_code == 401


async def test_the_clock_is_advanced_without_waiting(trakt: InProcessTrakt) -> None:
    client = await trakt.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await trakt.admin.post("/clock", json={"advance_s": 1})).json() == {"now": "2026-11-21T00:00:01.000Z"}
    response = await client.post(LISTS, json={"name": "b"})
    assert (response.status_code, response.json()["created_at"]) == (201, "2026-11-21T00:00:01.000Z")
    assert response.headers["date"] == "Sat, 21 Nov 2026 00:00:01 GMT"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/accounts", b"{", 400),
        ("POST", "/accounts", b"{}", 422),
        ("POST", "/accounts", b'{"username":" "}', 422),
        ("POST", "/accounts", b'{"username":"a","limits":{"lists":-1}}', 422),
        ("POST", "/accounts", b"5", 422),
        ("PATCH", "/accounts/nobody", b"{}", 404),
        ("POST", "/accounts/nobody/tokens/expire", b"", 404),
        ("POST", "/clock", b'{"advance_s":-1}', 422),
        ("GET", "/nope", b"", 404),
        ("PUT", "/options", b"{}", 405),
    ],
)
async def test_wrong_admin_requests_are_told_why(
    unlimited: InProcessTrakt, method: str, path: str, body: bytes, status: int
) -> None:
    assert (await unlimited.admin.request(method, path, content=body)).status_code == status


async def test_the_page_and_the_bare_address_lead_to_the_lists(unlimited: InProcessTrakt) -> None:
    response = await unlimited.browser.get("/", follow_redirects=True)
    assert response.headers["content-type"].startswith("text/html")
    assert "Last requests" in response.text


async def test_the_typed_client_does_all_of_it() -> None:
    async with SimulatorProcess() as simulator:
        admin = simulator.admin
        token = await admin.account("demo", vip=True, limits={"lists": 1, "items_per_list": 2, "total_items": 3})
        assert token.headers()["trakt-api-key"] == "watchbuddy-local"
        await admin.change_account("demo", vip=False)
        (seeded,) = await admin.seed({"username": "demo", "lists": [{"name": "a", "items": [{"ids": {"trakt": 1}}]}]})
        assert seeded.username == "demo"
        assert (await admin.lists_of("demo"))[0].items[0].title == "Toy Story"
        number = await admin.fault("status", status=502, times=None)
        await admin.remove_fault(number)
        await admin.fault("close", probability=0.5)
        await admin.remove_faults()
        assert (await admin.options(latency_ms=1))["latency_ms"] == 1
        await admin.advance_clock(5)
        await admin.expire_tokens("demo", refresh_too=True)
        assert (await admin.counts()).total == 0
        assert await admin.requests(limit=5) == []
        await admin.clear_requests()
        assert [account.username for account in await admin.state()] == ["demo"]
        assert await admin.lists_of("nobody") == []
        await admin.reset()
        assert await admin.state() == []
