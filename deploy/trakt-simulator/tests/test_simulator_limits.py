"""Rate limits and account limits."""

import json

import httpx

from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"


async def fill(client: httpx.AsyncClient, slug: str, numbers: range) -> httpx.Response:
    movies = [{"ids": {"trakt": number}} for number in numbers]
    return await client.post(f"{LISTS}/{slug}/items", json={"movies": movies})


async def test_an_account_writes_once_a_second(trakt: InProcessTrakt) -> None:
    client = await trakt.client()
    trakt.pass_time(0.4)
    assert (await client.post(LISTS, json={"name": "a"})).status_code == 201
    refused = await client.post(LISTS, json={"name": "b"})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert json.loads(refused.headers["x-ratelimit"]) == {
        "name": "AUTHED_API_POST_LIMIT",
        "period": 1,
        "limit": 1,
        "remaining": 0,
        "until": "2026-11-21T00:00:01Z",
    }
    trakt.pass_time(0.6)
    assert (await client.put(f"{LISTS}/a", json={"name": "c"})).status_code == 200
    assert (await client.delete(f"{LISTS}/a")).status_code == 429


async def test_accounts_have_budgets_of_their_own_and_reads_are_no_writes(trakt: InProcessTrakt) -> None:
    ann, bob = await trakt.client("ann"), await trakt.client("bob")
    assert (await ann.post(LISTS, json={"name": "a"})).status_code == 201
    assert (await bob.post(LISTS, json={"name": "a"})).status_code == 201
    assert (await ann.get(LISTS)).status_code == 200


async def test_two_tokens_of_an_account_share_its_budget(trakt: InProcessTrakt) -> None:
    first, second = await trakt.client(), await trakt.client()
    assert (await first.post(LISTS, json={"name": "a"})).status_code == 201
    assert (await second.post(LISTS, json={"name": "b"})).status_code == 429


async def test_an_account_reads_500_times_in_five_minutes(trakt: InProcessTrakt) -> None:
    client = await trakt.client()
    trakt.pass_time(100)
    responses = [await client.get(LISTS) for _ in range(501)]
    assert {response.status_code for response in responses[:500]} == {200}
    assert json.loads(responses[0].headers["x-ratelimit"])["remaining"] == 499
    refused = responses[500]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "200")
    assert json.loads(refused.headers["x-ratelimit"])["name"] == "AUTHED_API_GET_LIMIT"
    trakt.pass_time(200)
    assert (await client.head(LISTS)).status_code == 200


async def test_without_a_token_the_app_and_its_address_are_counted(trakt: InProcessTrakt) -> None:
    await trakt.admin.patch("/options", json={"reads_per_5_minutes": 3})
    stranger = trakt.client_without_token()
    statuses = [(await stranger.get("/movies/1")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert (await (await trakt.client()).get("/movies/1")).status_code == 200


async def test_each_limit_is_switched_off_alone_or_all_at_once(trakt: InProcessTrakt) -> None:
    client = await trakt.client()
    await trakt.admin.patch("/options", json={"reads_per_5_minutes": 1})

    async def statuses() -> tuple[set[int], set[int], set[int]]:
        trakt.pass_time(300)
        return (
            {(await client.post(f"{LISTS}/none/items", json={})).status_code for _ in range(2)},
            {(await client.get(LISTS)).status_code for _ in range(2)},
            {(await trakt.client_without_token().get("/movies/1")).status_code for _ in range(2)},
        )

    assert await statuses() == ({404, 429}, {200, 429}, {200, 429})
    await trakt.admin.patch("/options", json={"write_limit": False})
    assert await statuses() == ({404}, {200, 429}, {200, 429})
    await trakt.admin.patch("/options", json={"write_limit": True, "read_limit": False})
    assert await statuses() == ({404, 429}, {200}, {200, 429})
    await trakt.admin.patch("/options", json={"read_limit": True, "unauthenticated_limit": False})
    assert await statuses() == ({404, 429}, {200, 429}, {200})
    await trakt.admin.patch("/options", json={"rate_limits": False, "unauthenticated_limit": True})
    assert await statuses() == ({404}, {200}, {200})


async def test_refused_writes_change_nothing(trakt: InProcessTrakt) -> None:
    client = await trakt.client()
    await client.post(LISTS, json={"name": "a"})
    await client.post(LISTS, json={"name": "b"})
    assert [shown["name"] for shown in (await client.get(LISTS)).json()] == ["a"]


async def test_settings_tell_the_limits_of_the_profile(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    free = (await client.get("/users/settings")).json()
    assert (free["user"]["vip"], free["limits"]["list"]) == (False, {"count": 5, "item_count": 250})
    assert free["limits"]["watchlist"] == {"item_count": 250}
    assert set(free["limits"]) == {"list", "watchlist", "favorites", "search", "collection", "notes"}
    await unlimited.admin.patch("/accounts/demo", json={"vip": True})
    vip = (await client.get("/users/settings")).json()
    assert (vip["user"]["vip"], vip["limits"]["list"]) == (True, {"count": 100, "item_count": 5_000})
    assert vip["limits"]["watchlist"] == {"item_count": 5_000}


async def test_a_free_account_has_five_lists(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    statuses = [(await client.post(LISTS, json={"name": f"{number}"})).status_code for number in range(6)]
    assert statuses == [201] * 5 + [420]
    refused = await client.post(LISTS, json={"name": "6"})
    assert refused.content == b""
    assert "x-account-limit" not in refused.headers


async def test_the_documented_headers_of_a_420_are_an_option(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client(limits={"lists": 0, "items_per_list": 250, "total_items": 1_000})
    await unlimited.admin.patch("/options", json={"documented_limit_headers": True})
    headers = (await client.post(LISTS, json={"name": "a"})).headers
    assert headers["x-upgrade-url"] == "https://trakt.tv/vip"
    assert (headers["x-vip-user"], headers["x-account-limit"]) == ("false", "0")


async def test_a_list_of_a_free_account_holds_250_items_and_the_whole_batch_is_refused(
    unlimited: InProcessTrakt,
) -> None:
    client = await unlimited.client()
    await client.post(LISTS, json={"name": "a"})
    assert (await fill(client, "a", range(1, 249))).status_code == 201
    assert (await fill(client, "a", range(249, 252))).status_code == 420
    assert (await client.get(f"{LISTS}/a")).json()["item_count"] == 248
    assert (await fill(client, "a", range(240, 251))).status_code == 201
    assert (await fill(client, "a", range(240, 251))).status_code == 201


async def test_a_batch_that_crosses_the_limit_may_be_added_in_part(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client(limits={"lists": 5, "items_per_list": 3, "total_items": 10})
    await client.post(LISTS, json={"name": "a"})
    await unlimited.admin.patch("/options", json={"limit_batch": "partial"})
    assert (await fill(client, "a", range(1, 6))).status_code == 420
    rows = (await client.get(f"{LISTS}/a/items")).json()
    assert [row["movie"]["ids"]["trakt"] for row in rows] == [1, 2, 3]


async def test_a_free_account_has_1000_items_over_all_lists(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    for name in "abcde":
        await client.post(LISTS, json={"name": name})
    statuses = [(await fill(client, name, range(1, 251))).status_code for name in "abcd"]
    assert statuses == [201] * 4
    assert (await fill(client, "e", range(1, 2))).status_code == 420


async def test_an_account_over_its_limits_is_read_only(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client(vip=True)
    for number in range(7):
        await client.post(LISTS, json={"name": f"list {number}"})
    await fill(client, "list-0", range(1, 301))
    await unlimited.admin.patch("/accounts/demo", json={"vip": False})
    assert len((await client.get(LISTS)).json()) == 7
    assert (await client.post(LISTS, json={"name": "more"})).status_code == 420
    assert (await fill(client, "list-0", range(400, 401))).status_code == 420
    assert (await client.get(f"{LISTS}/list-0")).json()["item_count"] == 300
    body = {"movies": [{"ids": {"trakt": number}} for number in range(1, 101)]}
    assert (await client.post(f"{LISTS}/list-0/items/remove", json=body)).json()["deleted"]["movies"] == 100
    assert (await fill(client, "list-0", range(400, 401))).status_code == 420
    for number in (5, 6):
        assert (await client.delete(f"{LISTS}/list-{number}")).status_code == 204
    assert (await fill(client, "list-0", range(400, 401))).status_code == 201


async def test_whether_too_many_lists_stop_adds_to_those_that_have_room_is_an_option(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client(vip=True)
    for number in range(8):
        await client.post(LISTS, json={"name": f"list {number}"})
    assert (await fill(client, "list-0", range(1, 2))).status_code == 201
    await unlimited.admin.patch("/accounts/demo", json={"vip": False})
    assert (await fill(client, "list-0", range(2, 3))).status_code == 420
    assert (await fill(client, "list-0", range(1, 2))).status_code == 201
    await unlimited.admin.patch("/options", json={"over_limit_is_read_only": False})
    assert (await fill(client, "list-0", range(2, 3))).status_code == 201


async def test_an_account_has_100000_plays(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    show, movie = {"shows": [{"ids": {"trakt": 1}}] * 400}, {"movies": [{"ids": {"trakt": 1}}]}
    assert (await client.post("/sync/history", json=show)).json()["added"]["episodes"] == 96_000
    assert (await client.post("/sync/history", json=show)).status_code == 420
    assert (await client.post("/sync/history", json=movie)).status_code == 201
    assert (await client.get("/sync/history")).headers["x-pagination-item-count"] == "96001"


async def test_an_account_has_10000_ratings_and_changes_those_that_it_has(unlimited: InProcessTrakt) -> None:
    await unlimited.admin.patch("/options", json={"unknown_ids_exist": True})
    client = await unlimited.client()

    async def rate(numbers: range) -> int:
        movies = [{"ids": {"trakt": number}, "rating": 5} for number in numbers]
        return (await client.post("/sync/ratings", json={"movies": movies})).status_code

    assert [await rate(range(1, 10_001)), await rate(range(10_001, 10_002)), await rate(range(1, 3))] == [201, 420, 201]
    await unlimited.admin.patch("/accounts/demo", json={"vip": True})
    assert await rate(range(10_001, 10_002)) == 201


async def test_a_locked_account_is_told_so(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client(locked=True)
    refused = await client.get(LISTS)
    assert refused.status_code == 423
    assert (refused.headers["x-account-locked"], refused.headers["x-account-deactivated"]) == ("true", "false")
    await unlimited.admin.patch("/accounts/demo", json={"locked": False, "deactivated": True})
    refused = await client.post(LISTS, json={"name": "a"})
    assert refused.status_code == 423
    assert (refused.headers["x-account-locked"], refused.headers["x-account-deactivated"]) == ("false", "true")
