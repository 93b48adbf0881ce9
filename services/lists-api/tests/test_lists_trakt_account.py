"""Why a list is not mirrored when its user's Trakt account is the reason."""

from datetime import timedelta
from typing import Any

import pytest

from lists_api.mirror_state.domain.mirror import AccountState, MirrorRecord, TraktAccount
from lists_api.testing import AT, Api, delivered
from watchbuddy_contracts import (
    Event,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktListCreated,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
)

CONNECTED = TraktAccountConnected(user_id="ada", trakt_user="ada-on-trakt")
DISCONNECTED = TraktAccountDisconnected(user_id="ada")
DEAD = TraktReauthorizationRequired(user_id="ada")
LATER = AT + timedelta(hours=1)


def on_trakt(made: dict[str, Any]) -> TraktListCreated:
    head = {"list_id": made["id"], "user_id": "ada", "version": made["version"], "title": "Heists"}
    return TraktListCreated(**head, trakt_list_id=501, slug="heists", adopted=False)


def synced(made: dict[str, Any]) -> TraktListSynced:
    head = {"list_id": made["id"], "user_id": "ada", "version": made["version"], "title": "Heists"}
    return TraktListSynced(**head, trakt_list_id=501, added=0, removed=0, unchanged=0)


def failed(made: dict[str, Any]) -> TraktSyncFailed:
    head = {"list_id": made["id"], "user_id": "ada", "version": made["version"], "title": "Heists"}
    return TraktSyncFailed(**head, operation="sync", reason="rate_limited", retry_at=LATER)


async def mirror_state(api: Api, made: dict[str, Any]) -> tuple[str, str | None]:
    one = (await api.call("GET", f"/api/lists/{made['id']}")).json()
    return one["mirror_state"]["state"], one["mirror_state"]["reason"]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "not_connected"),
        ([CONNECTED], None),
        ([CONNECTED, DISCONNECTED], "not_connected"),
        ([CONNECTED, DEAD], "auth"),
        ([DEAD, CONNECTED], None),
        ([DEAD, DISCONNECTED], "not_connected"),
    ],
)
async def test_every_response_has_the_reason_why_a_list_waits_for_its_users_account(
    api: Api, events: list[Event], reason: str | None
) -> None:
    await api.receive(*events)
    made = await api.create()
    edited = (await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Capers"})).json()
    read = (await api.call("GET", f"/api/lists/{made['id']}")).json()
    (listed,) = (await api.call("GET", "/api/lists")).json()["lists"]
    for answer in (made, edited, read, listed):
        assert (answer["mirror_state"]["state"], answer["mirror_state"]["reason"]) == ("pending", reason)


async def test_a_list_in_sync_needs_no_account_until_it_is_edited(api: Api) -> None:
    made = await api.create()
    await api.receive(CONNECTED, synced(made), DEAD)
    assert await mirror_state(api, made) == ("in_sync", None)
    await api.call("PATCH", f"/api/lists/{made['id']}", json={"title": "Capers"})
    assert await mirror_state(api, made) == ("pending", "auth")


async def test_without_an_account_a_failure_stays_one_and_waiting_does_not_help(api: Api) -> None:
    made = await api.create()
    await api.receive(CONNECTED, failed(made), DISCONNECTED)
    state = (await api.call("GET", f"/api/lists/{made['id']}")).json()["mirror_state"]
    assert (state["state"], state["reason"], state["retry_at"]) == ("failed", "not_connected", None)
    await api.receive(CONNECTED)
    state = (await api.call("GET", f"/api/lists/{made['id']}")).json()["mirror_state"]
    assert (state["state"], state["reason"], state["retry_at"]) == ("failed", "rate_limited", "2026-01-02T01:00:00Z")


async def test_lists_that_were_removed_with_the_account_have_no_trakt_list_and_wait_for_the_next(api: Api) -> None:
    gone, stays = await api.create(), await api.create()
    other = synced(stays).model_copy(update={"trakt_list_id": 502})
    await api.receive(CONNECTED, synced(gone), other)
    removed = TraktAccountDisconnected(user_id="ada", removed_list_ids=(gone["id"],), lists_left=1)
    foreign = TraktAccountDisconnected(user_id="bob", removed_list_ids=(stays["id"],), lists_left=0)
    await api.receive(foreign, removed, at=LATER)
    assert await mirror_state(api, gone) == ("pending", "not_connected")
    ids = [(await api.call("GET", f"/api/lists/{one['id']}")).json()["trakt_list_id"] for one in (gone, stays)]
    assert ids == [None, 502]
    made_anew = on_trakt(gone).model_copy(update={"trakt_list_id": 503})
    await api.receive(CONNECTED, made_anew, at=LATER + timedelta(minutes=1))
    await api.receive(removed, at=LATER)  # late
    assert (await api.call("GET", f"/api/lists/{gone['id']}")).json()["trakt_list_id"] == 503


async def test_another_users_account_does_not_count(api: Api) -> None:
    await api.receive(TraktAccountConnected(user_id="bob"))
    assert await mirror_state(api, await api.create()) == ("pending", "not_connected")


async def test_an_event_of_before_the_last_one_changes_nothing(api: Api) -> None:
    made = await api.create()
    await api.receive(CONNECTED, at=LATER)
    await api.receive(DEAD)
    assert await mirror_state(api, made) == ("pending", None)


async def test_a_redelivered_event_changes_nothing(api: Api) -> None:
    made = await api.create()
    dead = delivered(DEAD, at=AT)
    await api.trakt_events.record([dead])
    await api.receive(CONNECTED)
    before = await api.call("GET", f"/api/lists/{made['id']}")
    await api.trakt_events.record([dead])
    after = await api.call("GET", f"/api/lists/{made['id']}")
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


@pytest.mark.parametrize("result", [on_trakt, synced])
async def test_a_result_on_trakt_makes_up_for_a_lost_event_of_the_account(api: Api, result: Any) -> None:  # noqa: ANN401
    waiting, mirrored = await api.create(), await api.create()
    await api.receive(DEAD)
    await api.receive(result(mirrored), at=LATER)
    assert await mirror_state(api, waiting) == ("pending", None)


async def test_a_reader_sees_that_the_account_has_changed(api: Api) -> None:
    made = await api.create()
    path = f"/api/lists/{made['id']}"
    etags = [(await api.call("GET", path)).headers["etag"]]
    for event in (CONNECTED, DEAD, CONNECTED, DISCONNECTED):
        await api.receive(event)
        fresh = await api.call("GET", path, headers={"If-None-Match": etags[-1]})
        assert fresh.status_code == 200
        etags.append(fresh.headers["etag"])
    await api.receive(DISCONNECTED, at=LATER)  # reported again: nothing new
    assert (await api.call("GET", path, headers={"If-None-Match": etags[-1]})).status_code == 304
    assert len(set(etags)) == 5
    assert (await api.call("POST", "/api/lists", json={"title": "Two", "list_type": "manual"})).headers[
        "etag"
    ] == '"1-4"'
    edit = await api.call("PATCH", path, json={"title": "Mine"}, headers={"If-Match": etags[0]})
    assert edit.status_code == 200


async def test_a_repeated_request_gets_the_answer_of_the_first_whatever_became_of_the_account(api: Api) -> None:
    body, key = {"title": "Heists", "list_type": "manual"}, {"Idempotency-Key": "one"}
    first = await api.call("POST", "/api/lists", json=body, headers=key)
    await api.receive(CONNECTED)
    again = await api.call("POST", "/api/lists", json=body, headers=key)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])


async def test_lists_without_a_trakt_list_are_found_whatever_the_account(api: Api) -> None:
    mirrored, waiting = await api.create(), await api.create()
    await api.receive(on_trakt(mirrored), DISCONNECTED)
    answers = [(await api.call("GET", f"/api/lists?mirrored={one}")).json()["lists"] for one in ("true", "false")]
    assert [[one["id"] for one in answer] for answer in answers] == [[mirrored["id"]], [waiting["id"]]]


@pytest.mark.parametrize("account", ["connected", "disconnected", "reauthorization_required", None])
def test_a_list_whose_version_is_on_trakt_is_in_sync_for_every_account(account: AccountState | None) -> None:
    record = MirrorRecord(501, "in_sync", 3)
    assert record.as_of(3, TraktAccount(account)) == record


async def test_the_openapi_document_names_the_reasons(api: Api) -> None:
    schemas = (await api.call("GET", "/openapi.json")).json()["components"]["schemas"]
    reasons, _null = schemas["MirrorStateOut"]["properties"]["reason"]["anyOf"]
    assert set(reasons["enum"]) == {
        "not_connected", "auth", "network", "rate_limited", "limit_reached", "account_locked", "rejected",
    }  # fmt: skip


async def is_vip(api: Api) -> bool | None:
    found: bool | None = await api.pool.fetchval("SELECT is_vip FROM trakt_account WHERE user_id = 'ada'")
    return found


async def test_whether_the_account_is_a_vips_is_kept_until_it_is_said_again(api: Api) -> None:
    made = await api.create()
    seen = []
    for event in (
        CONNECTED,
        TraktAccountConnected(user_id="ada", vip=True),
        CONNECTED,
        on_trakt(made),
        TraktAccountConnected(user_id="ada", vip=False),
    ):
        await api.receive(event)
        seen.append(await is_vip(api))
    assert seen == [None, True, True, True, False]


async def test_an_older_account_says_nothing_of_the_present_one(api: Api) -> None:
    await api.receive(TraktAccountConnected(user_id="ada", vip=True), at=LATER)
    await api.receive(TraktAccountConnected(user_id="ada", vip=False))
    assert await is_vip(api) is True
