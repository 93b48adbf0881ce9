"""The watchlist: read, added to, removed from, ordered; it is in no list of lists, and what is watched leaves it."""

from pathlib import Path

import httpx
import pytest

from trakt_simulator.store.state_file import StateFile
from trakt_simulator.testing.in_process import InProcessTrakt

WATCHLIST = "/sync/watchlist"
ITEMS = {"movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 2}}], "shows": [{"ids": {"slug": "breaking-bad"}}]}
NOTHING = {"movies": 0, "shows": 0, "seasons": 0, "episodes": 0, "people": 0}


async def watching(trakt: InProcessTrakt, **profile: object) -> httpx.AsyncClient:
    client = await trakt.client(**profile)
    assert (await client.post(WATCHLIST, json=ITEMS)).status_code == 201
    return client


async def names(client: httpx.AsyncClient, path: str = WATCHLIST) -> list[str]:
    return [row[row["type"]]["ids"]["slug"] for row in (await client.get(path)).json()]


async def stamps(client: httpx.AsyncClient) -> dict[str, str]:
    activities = (await client.get("/sync/last_activities")).json()
    return {group: activities[group]["updated_at"] for group in ("watchlist", "lists")}


async def test_an_add_tells_added_existing_and_not_found(unlimited: InProcessTrakt) -> None:
    client = await watching(unlimited)
    unknown = {"ids": {"tmdb": 999_999_999}}
    again = (
        await client.post(WATCHLIST, json={"movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 3}}, unknown]})
    ).json()
    assert again["added"] == {**NOTHING, "movies": 1}
    assert again["existing"] == {**NOTHING, "movies": 1}
    assert again["not_found"]["movies"] == [unknown]
    assert again["list"]["item_count"] == 4
    assert again["list"]["updated_at"] == (await stamps(client))["watchlist"]


async def test_a_row_is_that_of_a_list(unlimited: InProcessTrakt) -> None:
    client = await watching(unlimited)
    response = await client.get(f"{WATCHLIST}/movies")
    row = response.json()[0]
    assert row.pop("id") >= 10**9
    assert (row["rank"], row["notes"], row["type"], row["movie"]["title"]) == (1, None, "movie", "Toy Story")
    assert response.headers["x-pagination-item-count"] == "2"
    assert response.headers["x-sort-by"] == "rank"
    assert "x-list-id" not in response.headers


@pytest.mark.parametrize("base", [WATCHLIST, "/users/me/watchlist", "/users/demo/watchlist"])
@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("", ["toy-story-1995", "jumanji-1995", "breaking-bad"]),
        ("/shows", ["breaking-bad"]),
        ("/movie,show/rank/desc", ["breaking-bad", "jumanji-1995", "toy-story-1995"]),
        ("/movies/title/asc", ["jumanji-1995", "toy-story-1995"]),
        ("?page=2&limit=2", ["breaking-bad"]),
    ],
)
async def test_it_is_read_in_the_forms_and_pages_of_lists(
    unlimited: InProcessTrakt, base: str, form: str, shown: list[str]
) -> None:
    assert await names(await watching(unlimited), f"{base}{form}") == shown


async def test_it_is_removed_from_and_ordered_as_a_list(unlimited: InProcessTrakt) -> None:
    client = await watching(unlimited)
    first, second, third = (row["id"] for row in (await client.get(WATCHLIST)).json())
    ordered = (await client.post(f"{WATCHLIST}/reorder", json={"rank": [third, first, second, 5]})).json()
    assert (ordered["updated"], ordered["skipped_ids"], ordered["list"]["item_count"]) == (3, [5], 3)
    assert await names(client) == ["breaking-bad", "toy-story-1995", "jumanji-1995"]
    removed = (await client.post(f"{WATCHLIST}/remove", json={"movies": [{"ids": {"trakt": 1}}]})).json()
    assert removed["deleted"] == {**NOTHING, "movies": 1}
    assert await names(client) == ["breaking-bad", "jumanji-1995"]
    assert (await client.put(f"{WATCHLIST}/{third}", json={"notes": "soon"})).status_code == 426


async def test_its_changes_move_its_own_stamp_alone(unlimited: InProcessTrakt) -> None:
    client = await unlimited.client()
    seen = [await stamps(client)]
    await client.post(WATCHLIST, json=ITEMS)
    seen.append(await stamps(client))
    ids = [row["id"] for row in (await client.get(WATCHLIST)).json()]
    await client.post(f"{WATCHLIST}/reorder", json={"rank": ids[::-1]})
    seen.append(await stamps(client))
    await client.post(f"{WATCHLIST}/remove", json=ITEMS)
    seen.append(await stamps(client))
    own = [one["watchlist"] for one in seen]
    assert own == sorted(set(own))
    assert len({one["lists"] for one in seen}) == 1
    await client.post(f"{WATCHLIST}/remove", json=ITEMS)
    assert (await stamps(client))["watchlist"] == own[-1]


async def test_it_is_none_of_the_lists_and_does_not_count_as_one(unlimited: InProcessTrakt) -> None:
    client = await watching(unlimited, limits={"lists": 1, "items_per_list": 2, "total_items": 2})
    assert (await client.get("/users/me/lists")).json() == []
    assert (await client.get("/users/me/lists/watchlist")).status_code == 404
    assert (await client.post("/users/me/lists", json={"name": "Watchlist"})).json()["ids"]["slug"] == "watchlist"
    items = {"movies": [{"ids": {"trakt": 1}}, {"ids": {"trakt": 2}}]}
    assert (await client.post("/users/me/lists/watchlist/items", json=items)).status_code == 201


async def test_its_limit_is_its_own(unlimited: InProcessTrakt) -> None:
    await unlimited.admin.patch("/options", json={"documented_limit_headers": True})
    limits = {"lists": 1, "items_per_list": 1, "total_items": 1, "watchlist": 3}
    client = await watching(unlimited, limits=limits)
    assert (await client.get("/users/settings")).json()["limits"]["watchlist"] == {"item_count": 3}
    refused = await client.post(WATCHLIST, json={"movies": [{"ids": {"trakt": 3}}]})
    assert (refused.status_code, refused.headers["x-account-limit"]) == (420, "3")
    assert len(await names(client)) == 3


async def test_what_is_watched_leaves_it_and_an_episode_takes_its_show_along(unlimited: InProcessTrakt) -> None:
    client = await watching(unlimited)
    show = {"ids": {"slug": "breaking-bad"}, "seasons": [{"number": 1, "episodes": [{"number": 1}]}]}
    before = (await stamps(client))["watchlist"]
    await client.post("/sync/history", json={"movies": [{"ids": {"trakt": 1}}], "shows": [show]})
    assert await names(client) == ["jumanji-1995"]
    assert (await stamps(client))["watchlist"] > before
    await client.post("/sync/history", json={"movies": [{"ids": {"trakt": 5}}]})
    assert await names(client) == ["jumanji-1995"]


async def test_others_see_it_unless_its_user_is_private(unlimited: InProcessTrakt) -> None:
    await watching(unlimited)
    stranger = await unlimited.client("ann")
    assert len(await names(stranger, "/users/demo/watchlist")) == 3
    assert await names(stranger) == []
    assert (await unlimited.client_without_token().get(WATCHLIST)).status_code == 401
    await unlimited.admin.patch("/accounts/demo", json={"private": True})
    assert (await stranger.get("/users/demo/watchlist")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("status", {"method": "POST", "after": True, "path": WATCHLIST}), ("account_limit", {"path": "/sync/watch*"})],
)
async def test_faults_meet_it(unlimited: InProcessTrakt, kind: str, fields: dict[str, object]) -> None:
    client = await unlimited.client()
    await unlimited.fault(kind, **fields)
    refused = await client.post(WATCHLIST, json=ITEMS)
    assert refused.status_code == (500 if kind == "status" else 420)
    assert len(await names(client)) == (3 if kind == "status" else 0)


async def test_its_reads_can_be_stale_and_its_titles_unremovable(unlimited: InProcessTrakt) -> None:
    client = await watching(unlimited)
    await unlimited.fault("stale_items", delay_s=60, times=None)
    await unlimited.fault("unremovable", ids={"trakt": 2})
    unlimited.pass_time(120)
    kept = (await client.post(f"{WATCHLIST}/remove", json={"movies": ITEMS["movies"]})).json()
    assert (kept["deleted"]["movies"], kept["not_found"]["movies"]) == (1, [{"ids": {"trakt": 2}}])
    assert len(await names(client)) == 3
    unlimited.pass_time(120)
    assert await names(client) == ["jumanji-1995", "breaking-bad"]


async def test_it_is_kept_in_the_state_file_and_seeded_from_a_state(tmp_path: Path) -> None:
    def start() -> tuple[InProcessTrakt, StateFile]:
        trakt = InProcessTrakt(rate_limits=False)
        file = StateFile(trakt.sim, tmp_path / "state")
        file.load()
        trakt.save_with(file.save)
        return trakt, file

    trakt, file = start()
    client = await watching(trakt)
    await watching(trakt, vip=True)
    await client.post("/users/me/lists", json={"name": "Queue"})
    state = (await trakt.admin.get("/state")).json()
    assert [item["title"] for item in state["accounts"][0]["watchlist"]["items"]] == [
        "Toy Story",
        "Jumanji",
        "Breaking Bad",
    ]
    file.close()
    trakt, file = start()
    assert (await trakt.admin.get("/state")).json() == state
    await trakt.admin.post("/reset")
    await trakt.admin.post("/seed", json=state)
    assert len((await trakt.admin.get("/state")).json()["accounts"][0]["watchlist"]["items"]) == 3
    file.close()
