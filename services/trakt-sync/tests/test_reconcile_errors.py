"""The table of errors, row by row: what becomes of the list, its account, and what the user hears.

The row of 401 is in test_tokens.
"""

from datetime import datetime, timedelta

import httpx
import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, movies, unwanted, wanted
from trakt_sync.use_cases import ask
from watchbuddy_contracts import TraktListSynced, TraktSyncFailed

LISTS = "/users/*/lists"
ITEMS = "/users/*/lists/*/items"


async def trakt_ids(admin: SimulatorAdmin, user: str = "ada") -> list[list[object]]:
    return [[item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of(user)]


async def test_429_parks_the_account_as_long_as_trakt_says_and_is_no_news(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.fault("status", method="POST", path=ITEMS, status=429, headers={"Retry-After": "1"})
    started = running.clock()
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert await trakt_ids(admin) == [[1]]
    assert running.clock() - started >= timedelta(seconds=1)
    assert await running.events(TraktSyncFailed) == []


async def test_429_of_the_edge_in_html_is_obeyed_told_once_and_others_go_on(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.fault("rate_limited_html", method="POST", path=LISTS, account="ada")
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2), user="bob"))
    await running.settled(2)
    (told,) = await running.sent(TraktSyncFailed)
    assert (told.operation, told.reason) == ("create", "rate_limited")
    assert timedelta(seconds=290) < told.retry_at - running.clock() <= timedelta(seconds=300)
    assert (await trakt_ids(admin), await trakt_ids(admin, "bob")) == ([], [[2]])
    intent = (await running.job(1)).progress.intent
    assert intent is not None
    assert intent.is_refused  # it is looked for before the next


async def test_429_without_a_waiting_time_is_tried_again_with_growing_delay(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.fault("status", method="POST", path=LISTS, status=429, times=2)
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert await trakt_ids(admin) == [[1]]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(503, "network"), (500, "network"), (420, "limit_reached"), (403, "rejected"), (422, "rejected")],
)
async def test_any_answer_with_a_waiting_time_makes_the_account_wait_for_it(
    running: Harness, admin: SimulatorAdmin, status: int, reason: str
) -> None:
    headers = {"Retry-After": "600"}
    await admin.fault("status", method="POST", path=LISTS, status=status, headers=headers, times=None)
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2)))
    (told,) = await running.sent(TraktSyncFailed)
    assert told.reason == reason
    assert told.retry_at - running.clock() > timedelta(seconds=590)
    assert len(await admin.requests(method="POST")) == 1
    waits_until = await running.pool.fetchval("SELECT least(claim_lists_at, claim_imports_at) FROM account")
    assert timedelta(seconds=590) < waits_until - running.clock() <= timedelta(seconds=600)


async def test_read_with_a_waiting_time_is_not_tried_again_at_once(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await running.pool.execute("UPDATE mirror SET reread_after = now()")
    await admin.fault("status", method="GET", status=503, headers={"Retry-After": "2"})
    await running.want(wanted(version=2, items=movies(1, 2)))
    await running.settled()
    first, again = (await admin.requests(method="GET"))[:2]
    assert datetime.fromisoformat(again.at) - datetime.fromisoformat(first.at) >= timedelta(seconds=2)


async def waits_for(running: Harness) -> str | None:
    reason: str | None = await running.pool.fetchval("SELECT waits_for FROM work_queue WHERE list_id = 1")
    return reason


async def test_403_stops_all_calls_and_tells_no_user(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("forbidden_html", times=None)
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await running.want(*(wanted(list_id, items=movies(1)) for list_id in range(1, 20)))
    await eventually(lambda: admin.requests(status=403))
    await running.want(*(wanted(list_id, items=movies(1), user="bob") for list_id in range(20, 40)))
    await eventually(
        lambda: running.pool.fetchval("SELECT count(*) FROM account WHERE lease_token IS NULL"), until=lambda n: n == 2
    )
    assert len(await admin.requests()) <= 4  # one of each account may have been under way, each with a probe
    assert await running.events(TraktSyncFailed) == []


async def test_403_that_one_list_meets_stops_nobody_else(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(1, items=movies(1)))
    await running.settled(1)
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await admin.expire_tokens("bob")
    await admin.fault("status", method="DELETE", status=403, times=None)
    await running.want(unwanted(1), wanted(2, items=movies(2)))
    await running.settled(2)
    (told,) = await running.sent(TraktSyncFailed)
    assert (told.list_id, told.operation, told.reason) == (1, "delete", "rejected")


@pytest.mark.parametrize("status", [400, 403, 409, 422])
async def test_passing_refusal_of_one_call_is_no_news_and_the_list_goes_on(
    running: Harness, admin: SimulatorAdmin, status: int
) -> None:
    await admin.fault("status", method="POST", path=LISTS, status=status)
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert await trakt_ids(admin) == [[1]]
    assert await running.events(TraktSyncFailed) == []


async def test_edits_do_not_hide_a_failure(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await admin.fault("status", method="POST", path=ITEMS, status=502, times=None)
    for version in range(2, 6):  # each is tried at once, and never a second time
        await running.want(wanted(version=version, items=movies(1, version)))
        await eventually(lambda: waits_for(running), until=lambda reason: reason == "network")
        await running.pool.execute("DELETE FROM work_queue")
    (told,) = await running.events(TraktSyncFailed)
    assert told.reason == "network"


async def test_network_failure_after_a_refusal_is_another_incident(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("status", method="POST", path=ITEMS, status=422, times=3)
    await running.want(wanted(items=movies(1)))
    await running.sent(TraktSyncFailed)
    fault = await admin.fault("status", status=503, times=None)
    await running.want(wanted(version=2, items=movies(2)))
    told = await running.sent(TraktSyncFailed, count=2)
    assert [event.reason for event in told] == ["rejected", "network"]
    await admin.remove_fault(fault)
    await running.settled()


async def test_order_is_sent_in_spite_of_stale_reads(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("stale_items", delay_s=0.25, times=None)
    await running.want(wanted(items=movies(1, 2), is_ordered=True))
    await running.settled()
    await running.want(wanted(version=2, items=movies(3, 2, 1), is_ordered=True))
    await running.settled()
    assert await trakt_ids(admin) == [[3, 2, 1]]


async def test_odd_answers_of_trakt_do_no_harm(running: Harness, admin: SimulatorAdmin) -> None:
    for kind in ("extra_fields", "null_ids", "null_years"):
        await admin.fault(kind, times=None)
    await running.want(wanted(items=movies(1, 2), is_ordered=True))
    await running.settled()
    await running.want(wanted(version=2, items=movies(2, 1), is_ordered=True))
    await running.settled()
    assert await trakt_ids(admin) == [[2, 1]]


async def test_423_parks_the_account_and_tells_the_user(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("locked", times=None)
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2)))
    (told,) = await running.sent(TraktSyncFailed)
    assert (told.operation, told.reason) == ("create", "account_locked")
    assert await running.pool.fetchval("SELECT block_reason FROM account") == "account_locked"
    assert len(await admin.requests()) == 1
    await admin.remove_faults()
    assert await ask(running.pool, "ada", 1, running.clock())  # an unlocked account is noticed at its user's sync
    running.runtime.work_waker.wake()
    await running.settled(1)


async def test_other_refusal_is_told_once_and_tried_again_until_it_passes(
    running: Harness, admin: SimulatorAdmin
) -> None:
    fault = await admin.fault(
        "status", method="POST", path=ITEMS, status=422, times=None, headers={"X-Error-Message": "too odd"}
    )
    await running.want(wanted(items=movies(1)))
    (told,) = await running.sent(TraktSyncFailed)
    assert (told.operation, told.reason) == ("sync", "rejected")
    assert "too odd" in told.detail
    attempts = (await running.job()).progress.incident.attempts
    assert await running.due_at() == told.retry_at
    await eventually(running.job, until=lambda job: job.progress.incident.attempts > attempts)
    assert len(await running.events(TraktSyncFailed)) == 1
    await admin.remove_fault(fault)
    await running.settled(within_s=20)
    assert await trakt_ids(admin) == [[1]]


async def test_other_refusal_does_not_stop_the_next_version(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.fault("status", method="POST", path=ITEMS, status=422, times=3)
    await running.want(wanted(items=movies(1)))
    await running.sent(TraktSyncFailed)
    await running.want(wanted(version=2, items=movies(2)))
    await running.settled(within_s=1)
    assert await trakt_ids(admin) == [[2]]


async def test_success_after_a_failure_that_was_told_is_told_at_the_same_version_too(running: Harness) -> None:
    await running.want(wanted(items=movies(1, 999_999)))
    await running.settled()
    await running.pool.execute("UPDATE mirror SET notified = 'network'")
    running.move_clock(timedelta(days=31))
    (_, again) = await running.sent(TraktListSynced, count=2)
    assert (again.version, again.added, again.removed) == (1, 0, 0)


async def test_another_look_at_an_unknown_title_that_fails_is_not_told(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 999_999)))
    await running.settled()
    await admin.fault("status", method="POST", path=ITEMS, status=502, times=3)
    running.move_clock(timedelta(days=31))
    await eventually(running.job, until=lambda job: job.progress.incident.attempts >= 3)
    month = timedelta(days=29)
    await eventually(running.due_at, until=lambda due_at: due_at is not None and due_at > running.clock() + month)
    assert await running.events(TraktSyncFailed) == []
    assert len(await running.events(TraktListSynced)) == 1


async def test_unknown_title_is_told_once_skipped_and_not_sent_again(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 999_999)))
    await running.settled()
    await admin.clear_requests()
    await running.want(wanted(version=2, items=movies(999_999, 1)))
    await running.settled()
    assert await admin.requests() == []
    for synced in await running.events(TraktListSynced):
        assert [item.ids.trakt for item in synced.not_found] == [999_999]


async def test_unknown_title_is_tried_again_after_thirty_days(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1, 999_999)))
    await running.settled()
    await admin.options(unknown_ids_exist=True)
    running.move_clock(timedelta(days=31))
    (_, synced) = await running.sent(TraktListSynced, count=2)
    assert (synced.added, synced.not_found) == (1, ())


@pytest.mark.parametrize("kind", ["stale_items", "duplicate_rows"])
async def test_hand_edited_list_is_read_and_repaired_in_spite_of_bad_reads(
    running: Harness, admin: SimulatorAdmin, simulator_url: str, kind: str
) -> None:
    await running.want(wanted(items=movies(*range(1, 301))))
    await running.settled()
    pair = await admin.account("ada")
    (shown,) = await admin.lists_of("ada")
    await edit_by_hand(simulator_url, pair.headers(), int(shown.ids["trakt"]))
    await admin.fault(kind, delay_s=0.2, times=3 if kind == "duplicate_rows" else None)  # type: ignore[arg-type]
    await running.want(wanted(version=2, items=movies(*range(1, 302))))
    await running.settled(within_s=20)
    assert set((await trakt_ids(admin))[0]) == set(range(1, 302))


async def edit_by_hand(url: str, headers: dict[str, str], list_id: int) -> None:
    async with httpx.AsyncClient(base_url=url, headers=headers) as http:
        answer = await http.post(f"/users/me/lists/{list_id}/items", json={"movies": [{"ids": {"trakt": 4000}}]})
        answer.raise_for_status()
