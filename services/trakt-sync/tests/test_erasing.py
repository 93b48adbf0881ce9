"""Erasing a user: nothing of them is left, their lists go from Trakt or stay, and nothing late brings it back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from chassis.kafka.envelope import Delivered
from chassis.testing import eventually, rows_with
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.vault import Vault
from trakt_sync.retention import sweep
from trakt_sync.store.accounts import AccountStore
from trakt_sync.subscribers import handler_of
from trakt_sync.testing import Harness, harness, import_of, movies, unwanted, wanted
from trakt_sync.testing.fakes import DeadlyTrakt, When
from trakt_sync.testing.harness import KEY
from trakt_sync.trakt.tokens import Tokens
from trakt_sync.use_cases import leave
from watchbuddy_contracts import Event, EventHeaders, TraktListSynced, TraktUserErased, TraktUserForgotten
from watchbuddy_contracts import UserErasureRequested as Requested

CANARY = "Canary of Ada"
ERASURE = UUID("0b6f3c1e-7a52-4b0e-9f57-3d1c0a8e6b21")
OWNERS = """
SELECT user_id FROM account UNION SELECT user_id FROM desired_list UNION SELECT user_id FROM work_queue"""
PSEUDONYM = f"erased:{ERASURE}"


def delivered(event: Event, time: datetime) -> Delivered:
    return Delivered(event, EventHeaders.of(event, event_id=uuid4(), source="/tests", time=time))


async def hear(running: Harness, *events: Event, time: datetime | None = None) -> None:
    """Hand events to the service as one poll brings them; without a time, they are of now."""
    handle = handler_of(running.pool, wake=running.runtime.wake, now=running.clock)
    await handle([delivered(event, time or running.clock()) for event in events])


def erasure(*, keep: bool, erasure_id: UUID = ERASURE) -> Requested:
    return Requested(user_id="ada", erasure_id=erasure_id, keep_trakt_lists=keep)


async def mirrored(running: Harness, *list_ids: int) -> None:
    for list_id in list_ids:
        await hear(running, wanted(list_id, items=movies(list_id), title=f"{CANARY} {list_id}"))
    await running.settled(*list_ids)


async def emptied(running: Harness) -> None:
    """Take what was sent so far: the relay does."""
    await running.pool.execute("DELETE FROM outbox")


async def erased(running: Harness) -> TraktUserErased:
    """Wait for the end; nothing of the user is in any table then, and nobody was told of anything else."""
    [event] = await running.sent(TraktUserErased)
    told = [type(one) for one in await running.events()]
    assert told[told.index(TraktUserForgotten) :] == [TraktUserForgotten, TraktUserErased]
    await emptied(running)
    assert await rows_with(running.pool, "ada", CANARY, PSEUDONYM) == {}
    found: TraktUserErased = event
    return found


async def names(admin: SimulatorAdmin, user: str = "ada") -> list[str]:
    return sorted(one.name for one in await admin.lists_of(user))


async def test_lists_go_from_trakt_then_the_tokens_and_then_all_that_is_known(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await hear(running, wanted(9, user="bob", items=movies(9), title="Of Bob"))
    await mirrored(running, 1, 2, 3)
    await running.settled(9)
    await hear(running, import_of("some-list"))
    await emptied(running)
    await hear(running, erasure(keep=False))
    event = await erased(running)
    assert (event.user_id, event.erasure_id, event.trakt_lists_left) == (PSEUDONYM, ERASURE, 0)
    assert await names(admin) == []
    assert [one.method for one in await admin.requests(path="/oauth/revoke")] == ["POST"]
    assert await names(admin, "bob") == ["Of Bob"]
    assert (await rows_with(running.pool, "bob")).keys() == {"account", "desired_list", "last_result", "mirror"}


async def test_lists_stay_on_trakt_where_they_are_to(running: Harness, admin: SimulatorAdmin) -> None:
    await mirrored(running, 1, 2)
    await emptied(running)
    await hear(running, erasure(keep=True))
    assert (await erased(running)).trakt_lists_left == 0
    assert len(await names(admin)) == 2
    assert [one.method for one in await admin.requests(path="/oauth/revoke")] == ["POST"]


async def test_of_whom_nothing_is_known_is_erased_as_well(running: Harness) -> None:
    await running.pool.execute("DELETE FROM account")
    await hear(running, erasure(keep=False))
    assert (await erased(running)).trakt_lists_left == 0


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_tokens_that_are_dead_end_it_and_it_is_told_what_stays(
    running: Harness, admin: SimulatorAdmin, when: str
) -> None:
    await mirrored(running, 1, 2)
    if when == "before":
        await running.pool.execute("UPDATE account SET state = 'reauthorization_required'")
    else:
        await admin.expire_tokens("ada", refresh_too=True)
    await emptied(running)
    await hear(running, erasure(keep=False))
    assert (await erased(running)).trakt_lists_left == 2


async def test_a_trakt_that_does_not_delete_is_waited_for_and_not_for_ever(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await mirrored(running, 1)
    await admin.fault("status", status=503, method="DELETE", times=None)
    await emptied(running)
    await hear(running, erasure(keep=False))
    await eventually(running.due_at, until=lambda due: due is not None and due > running.clock())
    assert [row["user_id"] for row in await running.pool.fetch(OWNERS)] == [PSEUDONYM]
    assert (await rows_with(running.pool, '"user_id": "ada"')) == {}
    late = running.clock() + timedelta(days=13)
    assert (await sweep(running.pool, running.settings, now=late))["erasures"] == 0
    late += timedelta(days=2)
    assert (await sweep(running.pool, running.settings, now=late))["erasures"] == 1
    assert (await erased(running)).trakt_lists_left == 1


async def test_who_comes_back_at_once_is_somebody_new(running: Harness, admin: SimulatorAdmin) -> None:
    await mirrored(running, 1)
    await admin.fault("status", status=503, method="DELETE", times=None)
    await hear(running, erasure(keep=False))
    await eventually(running.due_at, until=lambda due: due is not None and due > running.clock())
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    running.move_clock(timedelta(seconds=1))
    await hear(running, wanted(7, items=movies(7), title="New"))
    await running.settled(7)
    assert await names(admin) == [f"{CANARY} 1", "New"]
    await admin.remove_faults()
    running.move_clock(timedelta(minutes=10))
    assert (await running.sent(TraktUserErased))[0].trakt_lists_left == 0
    assert await names(admin) == ["New"]
    assert [row["list_id"] for row in await running.pool.fetch("SELECT list_id FROM desired_list")] == [7]
    assert [one.list_id for one in await running.events(TraktListSynced)] == [1, 7]


async def test_what_is_redelivered_and_what_is_late_brings_nothing_back(
    running: Harness, admin: SimulatorAdmin
) -> None:
    before = running.clock()
    await mirrored(running, 1)
    await emptied(running)
    request = delivered(erasure(keep=True), running.clock())
    handle = handler_of(running.pool, wake=running.runtime.wake, now=running.clock)
    for _ in range(10):
        await handle([delivered(wanted(1, items=movies(1), title=CANARY), before), request])
    await erased(running)
    await hear(running, wanted(2, title=CANARY), unwanted(3, title=CANARY), import_of("l"), time=before)
    await handle([request])
    assert await running.events() == []
    assert await rows_with(running.pool, "ada", CANARY) == {}
    assert len(await names(admin)) == 1


async def test_a_user_who_leaves_already_is_erased(running: Harness, admin: SimulatorAdmin) -> None:
    await mirrored(running, 1, 2)
    await admin.fault("status", status=503, method="DELETE", times=1)
    await leave(running.pool, "ada", running.clock())
    await emptied(running)
    await hear(running, erasure(keep=False))
    running.move_clock(timedelta(minutes=10))
    assert (await erased(running)).trakt_lists_left == 0
    assert await names(admin) == []


@pytest.mark.parametrize(("method", "when"), [("delete_list", "after"), ("revoke", "after")])
async def test_a_worker_that_dies_in_the_middle_is_not_noticed(
    dsn: str, simulator_url: str, admin: SimulatorAdmin, method: str, when: When
) -> None:
    pair = await admin.account("ada", vip=True)
    deadly: list[DeadlyTrakt] = []

    def wrap(real: Any) -> Any:  # noqa: ANN401 - it has the methods of the other
        deadly.append(DeadlyTrakt(real))
        return deadly[0]

    async with harness(dsn, simulator_url, trakt=wrap) as made:
        await made.connect("ada", pair.model_dump_json())
        async with made.worker():
            await mirrored(made, 1, 2)
            await emptied(made)
            deadly[0].kill_at(method, when)
            await hear(made, erasure(keep=False))
            await eventually(lambda: _deaths(deadly[0]), until=lambda count: count == 0)
            made.move_clock(timedelta(minutes=1))  # the dead worker's lease ends
            assert (await erased(made)).trakt_lists_left == 0
    assert await names(admin) == []


async def test_what_we_put_on_the_watchlist_goes_and_what_the_user_put_there_stays(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.seed({"username": "ada", "watchlist": {"items": [{"type": "movie", "ids": {"trakt": 9}}]}})
    await hear(running, wanted(5, items=movies(5), target="watchlist"))
    await running.settled(5)
    await emptied(running)
    await hear(running, erasure(keep=False))
    assert (await erased(running)).trakt_lists_left == 0
    watchlist = await admin.watchlist_of("ada")
    assert watchlist is not None
    assert [item.ids["trakt"] for item in watchlist.items] == [9]


async def test_a_list_that_was_being_made_when_its_user_was_erased_is_found_and_deleted(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    pair = await admin.account("ada", vip=True)
    deadly: list[DeadlyTrakt] = []

    def wrap(real: Any) -> Any:  # noqa: ANN401 - it has the methods of the other
        deadly.append(DeadlyTrakt(real))
        return deadly[0]

    async with harness(dsn, simulator_url, trakt=wrap) as made:
        await made.connect("ada", pair.model_dump_json())
        deadly[0].kill_at("create_list", "after")
        async with made.worker():
            await hear(made, wanted(1, items=movies(1), title=CANARY))
            await eventually(lambda: _deaths(deadly[0]), until=lambda count: count == 0)
            assert await names(admin) == [CANARY]
            await hear(made, erasure(keep=False))
            made.move_clock(timedelta(minutes=10))
            assert (await erased(made)).trakt_lists_left == 0
    assert await names(admin) == []


async def test_tokens_that_are_renewed_while_the_user_is_erased_are_not_lost(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    vault = Vault([KEY])
    async with harness(dsn, simulator_url) as made:
        await made.connect("ada", (await admin.account("ada")).model_dump_json())
        store = AccountStore(made.pool, vault, timedelta(minutes=1))
        made.clock.move(timedelta(seconds=1))
        [account] = await store.claim(made.clock(), 1)
        await hear(made, erasure(keep=False))
        await made.connect("ada", (await admin.account("ada")).model_dump_json())  # at once anew
        renewed = Tokens(SecretStr("access"), SecretStr("refresh"), made.clock() + timedelta(days=7))
        await store.save_tokens(account, renewed, made.clock())
        rows = await made.pool.fetch("SELECT user_id, tokens, expires_at FROM account ORDER BY user_id")
        held = {row["user_id"]: vault.open(row["tokens"], row["expires_at"]).access for row in rows}
        assert held.keys() == {"ada", PSEUDONYM}
        assert held[PSEUDONYM] == renewed.access != held["ada"]


async def _deaths(deadly: DeadlyTrakt) -> int:
    return deadly.deaths_left
