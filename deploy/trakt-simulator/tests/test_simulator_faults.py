"""What each kind of fault does. Those that close connections are in test_simulator_process."""

import httpx
import pytest

from trakt_simulator.gateway.asgi import ConnectionBrokenError
from trakt_simulator.testing import SimulatorProcess
from trakt_simulator.testing.in_process import InProcessTrakt

LISTS = "/users/me/lists"
VIP_URL = "https://trakt.tv/vip"
HTML = "text/html; charset=UTF-8"
ITEMS = f"{LISTS}/queue/items"


async def queue(trakt: InProcessTrakt, *movies: int, **profile: object) -> httpx.AsyncClient:
    client = await trakt.client(**profile)
    await client.post(LISTS, json={"name": "Queue"})
    await client.post(ITEMS, json={"movies": [{"ids": {"trakt": number}} for number in movies]})
    return client


def movie_ids(response: httpx.Response) -> list[int]:
    return [row["movie"]["ids"]["trakt"] for row in response.json()]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 502, 503, 504, 520, 521, 522])
async def test_any_status_comes_before_the_write_or_after_it(unlimited: InProcessTrakt, status: int) -> None:
    client = await unlimited.client()
    await unlimited.fault("status", status=status, method="POST")
    assert (await client.post(LISTS, json={"name": "before"})).status_code == status
    await unlimited.fault("status", status=status, method="POST", after=True, body="oops", headers={"X-Note": "yes"})
    response = await client.post(LISTS, json={"name": "after"})
    assert (response.status_code, response.text, response.headers["x-note"]) == (status, "oops", "yes")
    assert [shown["name"] for shown in (await client.get(LISTS)).json()] == ["after"]


@pytest.mark.parametrize(
    ("kind", "status", "headers"),
    [
        ("account_limit", 420, {}),
        ("account_limit_headers", 420, {"x-account-limit": "250", "x-vip-user": "false", "x-upgrade-url": VIP_URL}),
        ("locked", 423, {"x-account-locked": "true", "x-account-deactivated": "false"}),
        ("vip_only", 426, {"x-upgrade-url": VIP_URL}),
        ("rate_limited", 429, {"retry-after": "1", "content-type": "application/json"}),
        ("rate_limited_html", 429, {"retry-after": "300", "server": "cloudflare", "content-type": HTML}),
        ("forbidden_html", 403, {"server": "cloudflare", "content-type": HTML}),
    ],
)  # fmt: skip
async def test_refusals_have_their_headers(
    unlimited: InProcessTrakt, kind: str, status: int, headers: dict[str, str]
) -> None:
    client = await unlimited.client()
    await unlimited.fault(kind)
    response = await client.post(LISTS, json={"name": "a"})
    assert response.status_code == status
    assert {name: response.headers[name] for name in headers} == headers
    assert ("x-ratelimit" in response.headers) == (kind == "rate_limited")
    assert (await client.get(LISTS)).json() == []


async def test_an_answer_may_be_html_in_place_of_json(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.fault("not_json")
    response = await client.post(LISTS, json={"name": "a"})
    assert response.status_code == 200
    assert response.text.startswith("<!DOCTYPE html>")
    assert len((await client.get(LISTS)).json()) == 1


async def test_item_reads_are_stale_for_their_time_after_a_write(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    await unlimited.fault("stale_items", method="GET", delay_s=300, times=None)
    unlimited.pass_time(1000)
    await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 2}}]})
    unlimited.pass_time(200)
    await client.post(f"{ITEMS}/remove", json={"movies": [{"ids": {"trakt": 1}}]})
    unlimited.pass_time(99)
    assert movie_ids(await client.get(ITEMS)) == [1]
    assert (await client.get(f"{LISTS}/queue")).json()["item_count"] == 1
    unlimited.pass_time(1)
    assert movie_ids(await client.get(ITEMS)) == [1, 2]
    unlimited.pass_time(200)
    assert movie_ids(await client.get(ITEMS)) == [2]


async def test_pages_repeat_a_row_at_their_border_and_lack_another(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, *range(1, 8))
    await unlimited.fault("duplicate_rows", times=None)
    pages = [await client.get(ITEMS, params={"page": page, "limit": 3}) for page in (1, 2, 3)]
    assert [movie_ids(page) for page in pages] == [[1, 2, 3], [3, 5, 6], [6]]
    assert pages[0].headers["x-pagination-item-count"] == "7"


async def test_a_reorder_may_answer_success_and_do_nothing(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2)
    ids = [row["id"] for row in (await client.get(ITEMS)).json()]
    await unlimited.fault("reorder_noop", times=2)
    response = (await client.post(f"{ITEMS}/reorder", json={"rank": [ids[1], ids[0], 7]})).json()
    assert (response["updated"], response["skipped_ids"]) == (2, [7])
    assert movie_ids(await client.get(ITEMS)) == [1, 2]


async def test_a_lists_reorder_may_do_nothing(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    numbers = [(await client.post(LISTS, json={"name": name})).json()["ids"]["trakt"] for name in "ab"]
    await unlimited.fault("reorder_noop")
    await client.post(f"{LISTS}/reorder", json={"rank": numbers[::-1]})
    assert [shown["name"] for shown in (await client.get(LISTS)).json()] == ["a", "b"]


async def test_objects_may_have_unknown_fields(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    await unlimited.fault("extra_fields")
    (row,) = (await client.get(ITEMS)).json()
    assert row["movie"]["x_new"] == [1, {"of": 2}]
    assert row["movie"]["ids"]["plex"] == {"guid": "5d77", "slug": None}
    assert row["movie"]["title"] == "Toy Story"


async def test_years_and_foreign_ids_may_be_null(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    await unlimited.fault("null_years")
    await unlimited.fault("null_ids")
    (row,) = (await client.get(ITEMS)).json()
    assert row["movie"]["year"] is None
    assert row["movie"]["ids"] == {"trakt": 1, "slug": "toy-story-1995", "imdb": None, "tmdb": None}


async def test_a_new_list_may_not_be_found_at_first(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.fault("new_list_404", delay_s=10, times=None)
    made = (await client.post(LISTS, json={"name": "Queue"})).json()
    unlimited.pass_time(9)
    assert (await client.post(ITEMS, json={})).status_code == 404
    assert (await client.get(f"{LISTS}/{made['ids']['trakt']}")).status_code == 404
    assert len((await client.get(LISTS)).json()) == 1
    unlimited.pass_time(1)
    assert (await client.post(ITEMS, json={})).status_code == 201


async def test_an_add_over_the_limit_may_be_carried_out_in_part(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, limits={"lists": 1, "items_per_list": 2, "total_items": 9})
    await unlimited.fault("account_limit_partial")
    body = {"movies": [{"ids": {"trakt": number}} for number in (1, 2, 3)]}
    assert (await client.post(ITEMS, json=body)).status_code == 420
    assert movie_ids(await client.get(ITEMS)) == [1, 2]


@pytest.mark.parametrize(("after", "left"), [(True, 0), (False, 1)])
async def test_a_slow_delete_answers_500_whether_it_was_done_or_not(after: bool, left: int) -> None:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        token = await simulator.admin.account("demo")
        async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers()) as client:
            await client.post(LISTS, json={"name": "a"})
            await simulator.admin.fault("status", method="DELETE", status=500, after=after, delay_s=0.2)
            response = await client.delete(f"{LISTS}/a")
            assert (response.status_code, response.elapsed.total_seconds() >= 0.2) == (500, True)
            assert len(await simulator.admin.lists_of("demo")) == left


@pytest.mark.parametrize("distribution", ["fixed", "uniform", "normal", "exponential"])
async def test_a_latency_is_spread_as_its_distribution_says(unlimited: InProcessTrakt, distribution: str) -> None:
    await unlimited.client()
    await unlimited.fault("latency", delay_s=2, spread_s=0.5, distribution=distribution, times=None)
    delays = [unlimited.sim.faults.match("GET", LISTS, "demo")[0].delay_s for _ in range(400)]
    assert 1.6 < sum(delays) / len(delays) < 2.4
    assert min(delays) >= 0
    assert (len(set(delays)) == 1) == (distribution == "fixed")
    assert (max(delays) > 4) == (distribution == "exponential")
    assert (min(delays) < 1.5) == (distribution in ("normal", "exponential"))


async def test_a_latency_adds_to_what_else_happens(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    await unlimited.fault("latency", delay_s=0.05)
    await unlimited.fault("status", status=503, delay_s=0.05)
    response = await client.get(LISTS)
    assert response.status_code == 503
    (logged,) = (await unlimited.admin.get("/requests")).json()
    assert logged["fault"] == "latency status"
    assert logged["duration_ms"] >= 100


async def test_a_fault_of_wrong_shape_is_refused_with_the_reason(unlimited: InProcessTrakt) -> None:
    for body in ({"kind": "nonsense"}, {"kind": "status", "status": 200}, {"kind": "status", "tiems": 2}, {}):
        response = await unlimited.admin.post("/faults", json=body)
        assert response.status_code == 422
        assert response.json()["details"]


async def test_a_late_write_is_carried_out_after_those_that_came_since(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    await unlimited.fault("late", method="POST", delay_s=45)
    with pytest.raises(ConnectionBrokenError):
        await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 2}}]})
    await client.post(ITEMS, json={"movies": [{"ids": {"trakt": 3}}]})
    unlimited.pass_time(44)
    assert movie_ids(await client.get(ITEMS)) == [1, 3]
    unlimited.pass_time(1)
    (account,) = (await unlimited.admin.get("/state")).json()["accounts"]
    assert [item["ids"]["trakt"] for item in account["lists"][0]["items"]] == [1, 3, 2]


async def test_a_reset_forgets_late_writes(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    await unlimited.fault("late", method="POST", delay_s=45)
    with pytest.raises(ConnectionBrokenError):
        await client.post(LISTS, json={"name": "late"})
    await unlimited.admin.post("/reset")
    client = await unlimited.client()
    unlimited.pass_time(60)
    assert (await client.get(LISTS)).json() == []


async def test_an_accounts_lists_are_stale(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1)
    await unlimited.fault("stale_lists", delay_s=300, times=None)
    await client.put(f"{LISTS}/queue", json={"name": "Other"})
    await client.post(f"{LISTS}/queue/items", json={"movies": [{"ids": {"trakt": 2}}]})
    await client.post(LISTS, json={"name": "New"})

    async def seen() -> list[tuple[str, int]]:
        return [(shown["name"], shown["item_count"]) for shown in (await client.get(LISTS)).json()]

    assert await seen() == [("Queue", 1)]
    unlimited.pass_time(299)
    assert await seen() == [("Queue", 1)]
    unlimited.pass_time(1)
    assert await seen() == [("Other", 2), ("New", 0)]


async def test_a_row_cannot_be_removed(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2)
    await unlimited.fault("unremovable", ids={"trakt": 1}, media="movies", times=None)
    body = {"movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 2}}]}
    answer = (await client.post(f"{ITEMS}/remove", json=body)).json()
    assert answer["deleted"]["movies"] == 1
    assert answer["not_found"]["movies"] == [{"ids": {"trakt": 1}}]
    assert (answer["list"]["item_count"], movie_ids(await client.get(ITEMS))) == (1, [1])


async def test_small_pages_repeat_rows_of_a_short_list(unlimited: InProcessTrakt) -> None:
    client = await queue(unlimited, 1, 2, 3)
    await unlimited.admin.patch("/options", json={"max_page_size": 2})
    await unlimited.fault("duplicate_rows", times=None)
    pages = [await client.get(ITEMS, params={"limit": 250, "page": page}) for page in (1, 2)]
    assert [movie_ids(page) for page in pages] == [[1, 2], [2]]
    assert pages[0].headers["x-pagination-limit"] == "2"
