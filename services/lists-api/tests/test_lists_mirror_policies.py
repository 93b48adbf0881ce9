"""How a list is mirrored, as its owner wants it, and what an edit by hand on Trakt changes here."""

from typing import Any
from uuid import uuid4

import pytest

from lists_api.testing import AT, Api, delivered, movies, tmdb_ids
from watchbuddy_contracts import Item, ItemIds, TraktDriftFound, TraktListCreated, TraktListSynced, TraktWatchlistSynced

POLICIES = {"mode": "keep_extra", "when_deleted": "detach", "when_changed": "take_over", "when_removed": "take_over"}


def drift(made: dict[str, Any], **fields: Any) -> TraktDriftFound:  # noqa: ANN401 - fields of the event
    given = {"version": made["version"], "title": made["title"], "kind": "items_edited", "action": "kept"} | fields
    return TraktDriftFound.model_validate({"list_id": made["id"], "user_id": "ada", **given})


def film(tmdb: int) -> Item:
    return Item(media_type="movie", ids=ItemIds(tmdb=tmdb))


async def read(api: Api, list_id: int) -> dict[str, Any]:
    found: dict[str, Any] = (await api.call("GET", f"/api/lists/{list_id}")).json()
    return found


async def test_policies_are_kept_read_changed_one_by_one_and_carried_by_every_event(api: Api) -> None:
    made = await api.create(mirror=POLICIES)
    path = f"/api/lists/{made['id']}"
    assert made["mirror"].items() >= POLICIES.items()
    edited = (await api.call("PATCH", path, json={"mirror": {"mode": "add_only"}})).json()
    assert edited["mirror"] == made["mirror"] | {"mode": "add_only"} == (await read(api, made["id"]))["mirror"]
    first, second = [stored.event.model_dump()["mirror"] for stored in await api.outbox(made["id"])]
    assert (first, second) == (made["mirror"], edited["mirror"])
    assert (await api.call("PATCH", path, json={"mirror": {"mode": "add_only"}})).json()["version"] == 2


@pytest.mark.parametrize(
    "mirror", [{"mode": "both"}, {"when_deleted": "restore"}, {"target": None}, {"when_removed": True}], ids=str
)
async def test_a_policy_that_does_not_exist_is_refused(api: Api, mirror: dict[str, object]) -> None:
    refused = await api.call("POST", "/api/lists", json={"title": "x", "list_type": "manual", "mirror": mirror})
    assert refused.status_code == 422
    assert await api.outbox() == []


async def test_one_list_of_a_user_has_the_watchlist(api: Api) -> None:
    first = await api.create(title="To watch", mirror={"target": "watchlist"})
    assert first["mirror"]["target"] == "watchlist"
    other = await api.create()
    body = {"mirror": {"target": "watchlist"}}
    path = f"/api/lists/{other['id']}"
    for refused in (
        await api.call("PATCH", path, json=body),
        await api.call("POST", "/api/lists", json={"title": "Mine", "list_type": "manual"} | body),
    ):
        assert (refused.status_code, refused.json()["slug"]) == (409, "watchlist-taken")
        assert (refused.json()["list_id"], refused.json()["list_title"]) == (first["id"], "To watch")
    await api.create(user="bob", mirror={"target": "watchlist"})
    assert (await api.call("PATCH", f"/api/lists/{first['id']}", json={"title": "Later"} | body)).status_code == 200
    await api.call("DELETE", f"/api/lists/{first['id']}")
    assert (await api.call("PATCH", path, json=body)).json()["mirror"]["target"] == "watchlist"


async def test_a_list_says_whether_it_matters_what_was_watched(api: Api) -> None:
    await api.create()
    smart = await api.create(title="Mine", list_type="smart")
    for change in ({"exclude_watched": True}, {"exclude_watched": False}, {"filters": {"watched": "not_watched"}}):
        await api.call("PATCH", f"/api/lists/{smart['id']}", json=change)
    assert [stored.event.model_dump()["uses_watched"] for stored in await api.outbox()] == [
        False,
        False,
        True,
        False,
        True,
    ]


async def test_a_title_and_a_privacy_from_trakt_are_taken_over_once(api: Api) -> None:
    made = await api.create()
    event = drift(made, kind="list_renamed", new_title=" Heists & cons\n", new_privacy="public")
    one = delivered(event, at=AT, event_id=uuid4())
    for _ in range(3):
        await api.trakt_events.record([one])
    now = await read(api, made["id"])
    assert (now["title"], now["privacy"], now["version"]) == ("Heists & cons", "public", 2)
    assert [stored.event.ce_type for stored in await api.outbox()] == [
        "watchbuddy.list.created.v1",
        "watchbuddy.list.updated.v1",
    ]
    versions = (await api.call("GET", f"/api/lists/{made['id']}/versions")).json()["versions"]
    assert (versions[0]["cause"], versions[0]["changed"]) == ("trakt", ["title", "privacy"])


async def test_what_was_changed_here_meanwhile_stays(api: Api) -> None:
    made = await api.create(items=movies(1, 2))
    path = f"/api/lists/{made['id']}"
    await api.call("PATCH", path, json={"title": "Capers", "privacy": "friends"})
    await api.call("PUT", f"{path}/items", json={"items": movies(2, 3)})
    await api.receive(drift(made, new_title="Heists 2", new_privacy="public", removed_items=(film(1), film(2))))
    now = await read(api, made["id"])
    assert (now["title"], now["privacy"], now["version"], now["item_count"]) == ("Capers", "friends", 4, 1)
    assert tmdb_ids((await api.outbox(made["id"]))[-1].event) == [3]
    await api.receive(drift(made, removed_items=(film(1), film(2))))  # another event of what is gone
    assert (await read(api, made["id"]))["version"] == 4


async def test_a_title_without_anything_to_see_is_not_taken_over(api: Api) -> None:
    made = await api.create()
    await api.receive(drift(made, new_title="\u200b "))
    assert (await read(api, made["id"]))["title"] == made["title"]


async def test_a_title_that_leaves_a_list_that_fills_itself_is_kept_out(api: Api) -> None:
    made = await api.create(list_type="custom", items=movies(1, 2))
    await api.receive(drift(made, removed_items=(film(1), film(9))))
    exclusions = (await api.call("GET", f"/api/lists/{made['id']}/exclusions")).json()["items"]
    assert [one["ids"]["tmdb"] for one in exclusions] == [1]
    assert (await read(api, made["id"]))["item_count"] == 1


async def test_an_edit_of_a_deleted_list_or_of_another_users_changes_nothing(api: Api) -> None:
    mine, bobs = await api.create(items=movies(1)), await api.create(user="bob", items=movies(1))
    await api.call("DELETE", f"/api/lists/{mine['id']}")
    events = len(await api.outbox())
    await api.receive(drift(mine, removed_items=(film(1),)), drift(bobs, removed_items=(film(1),)))
    assert len(await api.outbox()) == events


async def test_a_list_that_stays_deleted_on_trakt_is_detached_until_it_is_made_anew(api: Api) -> None:
    made = await api.create()

    async def seen() -> tuple[str, int | None]:
        now = await read(api, made["id"])
        return now["mirror_state"]["state"], now["trakt_list_id"]

    of = {"list_id": made["id"], "user_id": "ada", "title": made["title"]}
    new = TraktListCreated(**of, version=1, trakt_list_id=501, slug="x", adopted=False)
    await api.receive(new, drift(made, kind="list_deleted", action="detached"))
    assert await seen() == ("detached", None)
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Capers"})
    assert await seen() == ("detached", None)
    await api.receive(new.model_copy(update={"version": 2, "trakt_list_id": 502}))
    assert await seen() == ("pending", 502)


async def test_a_list_in_the_watchlist_is_on_trakt_without_a_trakt_list(api: Api) -> None:
    made = await api.create()
    of = {"list_id": made["id"], "user_id": "ada", "title": made["title"]}
    counts = {"added": 0, "removed": 0, "unchanged": 2}
    await api.receive(TraktListSynced(**of, **counts, version=1, trakt_list_id=501))
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"mirror": {"target": "watchlist"}})
    await api.receive(TraktWatchlistSynced(**of, **counts, version=2, left_out=(film(1),)))
    one = await read(api, made["id"])
    assert (one["trakt_list_id"], one["mirror_state"]["state"], one["mirror_state"]["left_out"]) == (None, "in_sync", 1)
    for mirrored, count in (("true", 1), ("false", 0)):
        assert (await api.call("GET", f"/api/lists?mirrored={mirrored}")).json()["total"] == count
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"mirror": {"target": "list"}})
    await api.receive(TraktListCreated(**of, version=3, trakt_list_id=502, slug="x", adopted=False))
    assert (await read(api, made["id"]))["trakt_list_id"] == 502


async def test_what_trakt_refuses_and_does_not_take_off_is_counted(api: Api) -> None:
    made = await api.create()
    of = {"list_id": made["id"], "user_id": "ada", "title": made["title"], "version": 1, "trakt_list_id": 501}
    counts = {"added": 0, "removed": 0, "unchanged": 2}
    await api.receive(TraktListSynced(**of, **counts, rejected=(film(1),), not_removed=(film(2), film(3))))
    state = (await read(api, made["id"]))["mirror_state"]
    assert (state["rejected"], state["not_removed"]) == (1, 2)
