"""Erasing a user: nothing of theirs is left, the other services hear of it and confirm, nothing late brings it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.kafka.broker import Handler
from chassis.testing import rows_with
from lists_api.account.erasing import Erasing
from lists_api.lists.retention import sweep
from lists_api.mirror_state.testing import made_on_trakt, synced
from lists_api.store.personal import TABLES
from lists_api.subscribers import handler_of
from lists_api.testing import AT, Api, assert_problem, delivered, movies
from lists_api.testing_runs import World
from lists_api.testing_trakt_imports import found, start
from watchbuddy_contracts import (
    Event,
    ItemIds,
    NotificationsUserErased,
    TraktAccountConnected,
    TraktUserErased,
    TraktUserForgotten,
    TraktWatchedChanged,
    UserErasureRequested,
    WatchedItem,
    pseudonym_of,
)

ERASE = "/api/account/erase"
WORDS = "erase everything"
CANARY = "Canary of Ada"
SECOND = timedelta(seconds=1)


@pytest.fixture
def handle(api: Api) -> Handler:
    return handler_of(api.trakt_events, Erasing(api.pool, api.waker.wake, api.clock))


async def erase(api: Api, *, keep: bool = True) -> dict[str, Any]:
    answer = await api.call("POST", ERASE, json={"confirm": WORDS, "keep_trakt_lists": keep})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


async def hear(api: Api, handle: Handler, *events: Event) -> None:
    await handle([delivered(event, at=api.clock()) for event in events])


def connected(user: str = "ada") -> TraktAccountConnected:
    return TraktAccountConnected(user_id=user, trakt_user=f"{user}_on_trakt", vip=False)


def watched(user: str = "ada") -> TraktWatchedChanged:
    seen = WatchedItem(media_type="movie", ids=ItemIds(tmdb=5), last_watched_at=AT, plays=1)
    return TraktWatchedChanged(user_id=user, watched=(seen,), is_full=True)


async def use_everything(api: Api, handle: Handler, user: str, title: str) -> UUID:
    """Have a user do what users do; return the id of an import that waits."""
    made = await api.create(user=user, title=title, description=title, items=movies(1, 2))
    again: dict[str, Any] = {"json": {"title": title, "list_type": "manual"}, "headers": {"Idempotency-Key": "k"}}
    await api.call("POST", "/api/lists", user=user, **again)
    await api.call("PATCH", f"/api/lists/{made['id']}", user=user, json={"title": f"{title} 2"})
    await api.call("POST", f"/api/lists/{made['id']}/sync", user=user)
    await api.call("POST", f"/api/lists/{made['id']}/feed", user=user)
    smart = {"list_type": "smart", "title": f"{title} smart", "filters": {}, "item_limit": 3}
    await api.call("POST", "/api/lists", user=user, json=smart)
    await api.call("POST", "/api/lists/preview", user=user, json={"filters": {}})
    await api.call("PUT", "/api/ratings/movie/tmdb:1", user=user, json={"thumb": "up"})
    await api.call("POST", "/api/session/links", user=user)
    code = (await api.call("POST", "/api/session/links", user=user)).json()["url"].partition("#")[2]
    await api.http.post("/api/session", json={"code": code}, headers={"Sec-Fetch-Site": "same-origin"})
    api.http.cookies.clear()
    import_id = await start(api, user=user)
    events: list[Event] = [connected(user), watched(user)]
    await hear(api, handle, *events)
    return import_id


async def counts(api: Api, user: str) -> dict[str, int]:
    """Return how many rows of a user each table has that may have some."""
    return {table.name: len(await api.pool.fetch(table.select, user)) for table in TABLES}


async def test_nothing_is_left_of_the_user_and_of_another_everything(api: Api, handle: Handler) -> None:
    await use_everything(api, handle, "ada", CANARY)
    await use_everything(api, handle, "bob", "Of Bob")
    before, of_bob = await counts(api, "ada"), await counts(api, "bob")
    assert {name for name, count in before.items() if not count} == {
        "list_exclusion", "mirror", "held_title", "unwatched", "outbox_rejected",
    }  # fmt: skip
    await api.relay_everything()
    begun = await erase(api)
    assert sum((await counts(api, "ada")).values()) == 0
    assert await counts(api, "bob") == of_bob
    [stored] = await api.outbox()
    assert stored.event == UserErasureRequested(user_id="ada", erasure_id=begun["id"], keep_trakt_lists=True)
    await api.relay_everything()
    assert await rows_with(api.pool, "ada", CANARY) == {}
    assert (await api.call("GET", "/api/lists")).json()["lists"] == []  # the token is good: they may come back


async def test_it_is_complete_when_both_have_confirmed_and_nobody_needs_a_token_to_see_it(
    api: Api, handle: Handler
) -> None:
    begun = await erase(api, keep=False)
    assert (begun["state"], begun["lists_erased_at"]) == ("in_progress", api.clock().isoformat().replace("+00:00", "Z"))
    erasure_id, nobody = UUID(begun["id"]), pseudonym_of(UUID(begun["id"]))

    async def read() -> dict[str, Any]:
        answer = await api.http.get(begun["status_url"])
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    assert await read() == begun
    done = NotificationsUserErased(user_id=nobody, erasure_id=erasure_id)
    gone = TraktUserErased(user_id=nobody, erasure_id=erasure_id, trakt_lists_left=2)
    api.clock.advance(SECOND)
    await hear(api, handle, done, TraktUserForgotten(user_id="ada", erasure_id=erasure_id))
    assert ((await read())["state"], (await read())["trakt_erased_at"]) == ("in_progress", None)
    await hear(api, handle, gone)
    complete = await read()
    assert (complete["state"], complete["trakt_lists_left"]) == ("complete", 2)
    api.clock.advance(SECOND)
    for _ in range(10):
        await hear(api, handle, done, gone)
    assert await read() == complete


async def test_what_trakt_sync_says_before_its_last_word_brings_nothing_back(api: Api, handle: Handler) -> None:
    import_id = await use_everything(api, handle, "ada", CANARY)
    made = (await api.call("GET", "/api/lists")).json()["lists"][-1]["id"]
    begun = await erase(api)
    api.clock.advance(SECOND)
    late = [connected(), watched(), found(import_id), made_on_trakt(made), synced(made)]
    for _ in range(2):
        await hear(api, handle, *late)
    await api.relay_everything()
    assert await rows_with(api.pool, "ada", CANARY) == {}
    old = [delivered(event, at=api.clock()) for event in late]
    api.clock.advance(SECOND)
    forgotten = TraktUserForgotten(user_id="ada", erasure_id=begun["id"])
    # What was being stored while the user was erased goes then.
    await api.trakt_events.record([delivered(connected(), at=api.clock())])
    await hear(api, handle, forgotten)
    assert await rows_with(api.pool, "ada", CANARY) == {}
    api.clock.advance(SECOND)
    await hear(api, handle, connected(), forgotten)
    await handle(old)
    assert {name for name, count in (await counts(api, "ada")).items() if count} == {"trakt_account"}


async def test_it_is_asked_for_in_words(api: Api) -> None:
    await api.create()
    for body in ({}, {"confirm": "yes", "keep_trakt_lists": True}, {"confirm": WORDS}):
        assert_problem(await api.call("POST", ERASE, json=body), 422, "invalid-request")
    assert_problem(await api.http.post(ERASE, json={"confirm": WORDS, "keep_trakt_lists": True}), 401, "unauthorized")
    assert len((await api.call("GET", "/api/lists")).json()["lists"]) == 1
    assert_problem(await api.http.get(f"{ERASE}/{uuid4()}"), 404, "not-found")


async def test_a_run_that_is_under_way_ends_with_the_user(world: World) -> None:
    api = world.api
    await world.make()
    world.catalogue.while_it_ranks = None

    async def erased() -> None:
        await erase(api)

    world.catalogue.while_it_looks = erased
    await world.work_off()
    await api.relay_everything()
    assert await rows_with(api.pool, "ada", "Best") == {}


async def test_one_that_is_complete_is_forgotten_after_three_months(api: Api, handle: Handler) -> None:
    whole, half = await erase(api), await erase(api)
    erasure_id = UUID(whole["id"])
    nobody = pseudonym_of(erasure_id)
    await hear(
        api,
        handle,
        TraktUserForgotten(user_id="ada", erasure_id=erasure_id),
        TraktUserErased(user_id=nobody, erasure_id=erasure_id),
        NotificationsUserErased(user_id=nobody, erasure_id=erasure_id),
    )
    assert (await sweep(api.pool, api.settings, now=api.clock() + timedelta(days=90)))["erasures"] == 0
    swept = await sweep(api.pool, api.settings, now=api.clock() + timedelta(days=90) + SECOND)
    assert (swept["erasures"], swept["erased_users"]) == (1, 1)
    assert_problem(await api.http.get(whole["status_url"]), 404, "not-found")
    assert (await api.http.get(half["status_url"])).is_success
