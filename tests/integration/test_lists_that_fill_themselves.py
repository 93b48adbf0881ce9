"""A list that fills itself: from the catalogue to Trakt, and fresh there without anybody touching it."""

from datetime import timedelta
from typing import Final

from chassis.testing import eventually
from integration.system import RunningSystem
from integration.users import KnownItem, User
from trakt_simulator.catalogue.shipped import SHIPPED_TITLES

NINETIES: Final = {"genres": ["comedy"], "year_from": 1990, "year_to": 1999, "media_types": ["movie"]}
FILLED_WITHIN: Final = timedelta(seconds=20)


async def filled(user: User, list_id: int, *, count: int) -> list[KnownItem]:
    """Wait until the list has been filled; return its items."""

    async def items() -> list[KnownItem]:
        here = await user.read(list_id)
        return await user.known_items(list_id) if here.status == "complete" else []

    return await eventually(items, until=lambda found: len(found) == count, within=FILLED_WITHIN)


async def imdb_ids_on_trakt(user: User) -> list[object]:
    [there] = await user.on_trakt()
    return [item.ids["imdb"] for item in there.items]


async def test_a_smart_list_fills_itself_reaches_trakt_and_stays_fresh(system: RunningSystem, user: User) -> None:
    status, said = await system.once("lists_api catalogue import", like="lists-api", files=[SHIPPED_TITLES])
    assert status == 0, said
    body = {"list_type": "smart", "filters": {**NINETIES, "watched": "not_watched"}, "item_limit": 20}
    made = (await user.send("POST", "", json=body)).json()
    assert made["title"] == "Unseen Comedy Movies (1990s)"

    first = await filled(user, made["id"], count=20)
    assert all(1990 <= item.year <= 1999 and "votes" in (item.explanation or "") for item in first)
    await user.mirrored(made["id"])
    assert await imdb_ids_on_trakt(user) == [item.ids["imdb"] for item in first]

    # A thumb down, and the interval passes: the next run takes that title off, and puts the next best in its place.
    await user.rate("movie", str(first[0].ids["imdb"]), "down")
    seen = await user.newest_request()
    await system.let_time_pass(made["id"])
    await user.told("Sync (auto) for 'Unseen Comedy Movies (1990s)': 1 updated, 1 removed, 20 total")
    await user.mirrored(made["id"])
    before, after = {str(item.ids["imdb"]) for item in first}, set(map(str, await imdb_ids_on_trakt(user)))
    assert before - after == {first[0].ids["imdb"]}
    assert len(after - before) == 1
    sent = [request for request in await user.requests(after=seen) if request.method != "GET"]
    assert [request.path.rsplit("/", 1)[-1] for request in sent] == ["items", "remove"]

    # Tomorrow nothing has changed: nothing is sent, and nobody is told anything.
    seen, told = await user.newest_request(), await user.texts()
    due = (await user.send("GET", f"/{made['id']}")).json()["next_sync_at"]
    await system.let_time_pass(made["id"])

    async def next_time() -> object:
        return (await user.send("GET", f"/{made['id']}")).json()["next_sync_at"]

    await eventually(next_time, until=lambda at: at is not None and at > due, within=FILLED_WITHIN)
    assert (await user.read(made["id"])).version == (await user.mirrored(made["id"]))[0].version
    assert await user.requests(after=seen) == []
    assert await user.texts() == told


async def test_a_custom_list_is_filled_on_demand_and_keeps_what_its_owner_pins_and_takes_off(
    system: RunningSystem, user: User
) -> None:
    await system.once("lists_api catalogue import --if-empty", like="lists-api", files=[SHIPPED_TITLES])
    body = {"list_type": "custom", "title": "My nineties", "filters": NINETIES, "item_limit": 200}
    made = (await user.send("POST", "", json=body)).json()
    started = await user.send("POST", f"/{made['id']}/sync?force_full=true")
    assert started.status_code == 202
    first = await filled(user, made["id"], count=200)
    await user.mirrored(made["id"])
    assert set(await imdb_ids_on_trakt(user)) == {item.ids["imdb"] for item in first}

    await user.add(made["id"], [{"media_type": "show", "ids": {"imdb": "tt0903747"}}])
    await user.remove(made["id"], [{"media_type": "movie", "ids": {"imdb": first[0].ids["imdb"]}}])
    await user.send("POST", f"/{made['id']}/sync?force_full=true")
    later = await filled(user, made["id"], count=200)
    await user.mirrored(made["id"])
    ids = [item.ids["imdb"] for item in later]
    assert ids[0] == "tt0903747"
    assert first[0].ids["imdb"] not in ids
    assert set(await imdb_ids_on_trakt(user)) == set(ids)
