"""The mirror state of a list: what trakt-sync tells of it, late, again and together."""

import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from lists_api.mirror_state.domain.reports import record_of
from lists_api.mirror_state.testing import failed, made_on_trakt, synced
from lists_api.testing import AT, Api, delivered, movies
from watchbuddy_contracts import (
    Event,
    Item,
    ItemIds,
    TraktAccountConnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
)

UNKNOWN = Item(media_type="movie", ids=ItemIds(tmdb=9))


async def read(api: Api, list_id: int) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.call("GET", f"/api/lists/{list_id}")).json()
    return answer


async def test_a_result_is_stored_with_the_list(api: Api) -> None:
    made = await api.create(items=movies(1, 9))
    await api.receive(made_on_trakt(made["id"]))
    one = await read(api, made["id"])
    assert (one["trakt_list_id"], one["mirror_state"]["state"]) == (501, "pending")
    await api.receive(synced(made["id"], not_found=(UNKNOWN,), left_out=(UNKNOWN, UNKNOWN)))
    one = await read(api, made["id"])
    assert one["trakt_list_id"] == 501
    assert one["mirror_state"] == {
        "state": "in_sync",
        "version": 1,
        "reason": None,
        "retry_at": None,
        "at": "2026-01-02T00:00:00Z",
        "not_found": 1,
        "left_out": 2,
        "rejected": 0,
        "not_removed": 0,
    }
    assert one["version"] == 1
    assert len(await api.outbox()) == 1


async def test_a_result_is_of_its_version_and_a_newer_version_is_pending(api: Api) -> None:
    made = await api.create()
    await api.receive(made_on_trakt(made["id"]), synced(made["id"]))
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Capers"})
    one = await read(api, made["id"])
    assert (one["mirror_state"]["state"], one["mirror_state"]["version"], one["version"]) == ("pending", 1, 2)
    await api.receive(synced(made["id"], version=2))
    assert (await read(api, made["id"]))["mirror_state"]["state"] == "in_sync"


async def test_a_failure_has_its_reason_and_stays_until_it_is_over(api: Api) -> None:
    made = await api.create()
    await api.receive(made_on_trakt(made["id"]), failed(made["id"]))
    state = (await read(api, made["id"]))["mirror_state"]
    assert (state["state"], state["reason"], state["retry_at"]) == ("failed", "rejected", "2026-01-03T00:00:00Z")
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Capers"})
    assert (await read(api, made["id"]))["mirror_state"]["state"] == "failed"
    await api.receive(synced(made["id"], version=2))
    one = await read(api, made["id"])
    assert (one["mirror_state"]["state"], one["mirror_state"]["reason"]) == ("in_sync", None)
    assert one["trakt_list_id"] == 501


async def test_a_failure_that_ends_at_the_same_version_is_over(api: Api) -> None:
    made = await api.create()
    await api.receive(failed(made["id"]), synced(made["id"]))
    assert (await read(api, made["id"]))["mirror_state"]["state"] == "in_sync"


async def test_an_older_result_changes_nothing(api: Api) -> None:
    made = await api.create()
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Capers"})
    await api.receive(synced(made["id"], version=2))
    before = await read(api, made["id"])
    await api.receive(
        made_on_trakt(made["id"], trakt_list_id=7), failed(made["id"]), synced(made["id"], trakt_list_id=7)
    )
    assert await read(api, made["id"]) == before


async def test_a_redelivered_result_changes_nothing(api: Api) -> None:
    made = await api.create()
    first = delivered(failed(made["id"]), at=AT, event_id=uuid4())
    await api.trakt_events.record([first])
    await api.receive(synced(made["id"]))
    before = await api.call("GET", f"/api/lists/{made['id']}")
    await api.trakt_events.record([first])
    after = await api.call("GET", f"/api/lists/{made['id']}")
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])
    assert after.json()["mirror_state"]["state"] == "in_sync"


async def test_a_reader_with_the_old_mirror_state_gets_the_new_one(api: Api) -> None:
    await api.receive(TraktAccountConnected(user_id="ada"))
    made = await api.create()
    path = f"/api/lists/{made['id']}"
    etag = (await api.call("GET", path)).headers["etag"]
    await api.receive(synced(made["id"]))
    fresh = await api.call("GET", path, headers={"If-None-Match": etag})
    assert fresh.status_code == 200
    assert (etag, fresh.headers["etag"]) == ('"1-1"', '"1-2"')
    assert (await api.call("GET", path, headers={"If-None-Match": '"1-2"'})).status_code == 304
    edit = await api.call("PATCH", path, json={"title": "Mine"}, headers={"If-Match": '"1-1"'})
    assert edit.json()["version"] == 2


async def test_lists_without_a_trakt_list_are_found(api: Api) -> None:
    mirrored, fresh, broken = [(await api.create(title=title))["id"] for title in ("one", "two", "three")]
    await api.receive(made_on_trakt(mirrored), failed(broken))
    for query, expected in (("true", [mirrored]), ("false", [broken, fresh])):
        answer = (await api.call("GET", f"/api/lists?mirrored={query}")).json()
        assert ([one["id"] for one in answer["lists"]], answer["total"]) == (expected, len(expected))


async def test_a_trakt_list_belongs_to_the_list_that_was_reported_last_to_have_it(api: Api) -> None:
    old, new = (await api.create())["id"], (await api.create())["id"]
    await api.receive(made_on_trakt(old), made_on_trakt(new))
    assert [(await read(api, one))["trakt_list_id"] for one in (old, new)] == [None, 501]


async def test_an_outdated_result_takes_no_trakt_list_away(api: Api) -> None:
    old, new = (await api.create())["id"], (await api.create())["id"]
    await api.receive(synced(old, version=3, trakt_list_id=77), made_on_trakt(new), made_on_trakt(old, version=2))
    assert [(await read(api, one))["trakt_list_id"] for one in (old, new)] == [77, 501]


async def test_results_of_unknown_lists_and_of_other_users_change_nothing(api: Api) -> None:
    await api.receive(TraktAccountConnected(user_id="ada"))
    made = await api.create()
    await api.receive(made_on_trakt(made["id"], user_id="eve"), made_on_trakt(made["id"] + 1))
    assert await read(api, made["id"]) == made
    assert await api.pool.fetchval("SELECT count(*) FROM mirror") == 0


async def test_events_that_say_nothing_of_a_mirror_are_passed_over(api: Api) -> None:
    made = await api.create()
    drift = TraktDriftFound(
        list_id=made["id"], user_id="ada", version=1, title="Heists", kind="items_edited", action="repaired"
    )
    assert record_of(drift, at=AT) is None
    await api.receive(drift)
    assert await read(api, made["id"]) == made


async def test_reports_that_come_together_leave_what_they_leave_one_after_the_other(api: Api) -> None:
    numbers = random.Random(9)  # noqa: S311 - the same events in every run
    for _ in range(25):
        # Lists and Trakt lists of one way, and those of the other: nothing of one touches the other.
        ways = [[(await api.create(user=user))["id"] for user in ("ada", "ada", "bob")] for _ in range(2)]
        choices = [_any_report(numbers) for _ in range(numbers.randint(1, 12))]
        for is_together, list_ids in enumerate(ways):
            events = [made(list_ids, 1000 * list_ids[0]) for made in choices]
            await (api.receive_together(*events) if is_together else api.receive(*events))
        found = [
            [tuple(row)[1:] for row in await api.pool.fetch(MIRRORS, list_ids, 1000 * list_ids[0])] for list_ids in ways
        ]
        assert found[0] == found[1]


async def test_the_last_report_of_an_account_wins_among_those_that_come_together(api: Api) -> None:
    made = await api.create()
    await api.receive_together(
        TraktAccountConnected(user_id="ada", vip=True), synced(made["id"]), TraktReauthorizationRequired(user_id="ada")
    )
    state = (await read(api, made["id"]))["mirror_state"]
    assert (state["state"], state["reason"]) == ("in_sync", None)
    assert tuple(await api.pool.fetchrow("SELECT state, is_vip FROM trakt_account") or ()) == (
        "reauthorization_required",
        True,
    )


async def test_an_event_that_comes_twice_in_one_set_is_recorded_once(api: Api) -> None:
    made = await api.create()
    event = delivered(synced(made["id"]), at=AT, event_id=uuid4())
    await api.trakt_events.record([event, event])
    assert await api.pool.fetchval("SELECT revision FROM mirror") == 1


MIRRORS = """
SELECT list_id, state, version, reason, trakt_list_id - $2, not_found, revision
FROM mirror WHERE list_id = ANY($1::bigint[]) ORDER BY list_id"""


def _any_report(numbers: random.Random) -> Callable[[list[int], int], Event]:
    """Return what makes an event of the lists of one way, whose Trakt lists' ids begin at a number."""
    place, version, number = numbers.randrange(3), numbers.randint(1, 4), numbers.randint(1, 3)
    user_id, kind = ("ada", "ada", "bob")[place], numbers.randrange(4)

    def made(list_ids: list[int], first: int) -> Event:
        about = {"user_id": user_id, "list_id": list_ids[place], "version": version, "title": "Heists"}
        match kind:
            case 0:
                on_trakt = {"trakt_list_id": first + number, "slug": "heists", "adopted": False}
                return TraktListCreated.model_validate(about | on_trakt)
            case 1:
                counts = {"added": 1, "removed": 0, "unchanged": 0}
                return TraktListSynced.model_validate(about | counts | {"trakt_list_id": first + number})
            case 2:
                return TraktSyncFailed.model_validate(about | {"operation": "sync", "reason": "network"})
            case _:
                return TraktListDeleted.model_validate(about)

    return made
