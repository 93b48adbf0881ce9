"""Lists on Trakt that cannot be read at once: what is waited for, what ends the import, and what the user is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import pytest

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin, SimulatorProcess
from trakt_sync.errors import (
    AccountLockedError,
    ListGoneError,
    PrivateListError,
    RateLimitedError,
    RejectedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.mirroring.list_import import READ_WITHIN, ListImport, failed
from trakt_sync.testing import Harness, harness, import_of, movies, wanted
from trakt_sync.testing.fakes import DeadlyTrakt
from trakt_sync.testing.list_imports import answer, reason, seed
from trakt_sync.trakt.api import Trakt
from watchbuddy_contracts import (
    TraktAccountConnected,
    TraktListRead,
    TraktListReadFailed,
    TraktReauthorizationRequired,
    TraktSyncFailed,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
JOB = ListImport(UUID(int=1), "ada", "heists", "me", NOW)
LISTS = "/users/*/lists/*"


async def test_an_expired_token_is_renewed_and_the_list_read(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin)
    await admin.expire_tokens("ada")
    await running.want(import_of("best-heists", "grace"))
    await running.want(import_of("mine", number=2))
    events = await running.sent(TraktListRead, TraktListReadFailed, count=2)
    assert {type(event) for event in events} == {TraktListRead, TraktListReadFailed}
    assert len(await admin.requests(path="/oauth/token")) <= 1


async def test_tokens_that_trakt_accepts_no_more_end_all_imports_of_the_user(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.expire_tokens("ada", refresh_too=True)
    await running.want(import_of("one", number=1), import_of("two", number=2), import_of("three", number=3))
    events = await running.sent(TraktListReadFailed, count=3)
    assert [event.reason for event in events] == ["auth"] * 3
    assert {event.import_id.int for event in events} == {1, 2, 3}
    assert len(await running.events(TraktReauthorizationRequired)) == 1
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    await seed(admin)
    await running.want(import_of("best-heists", "grace", number=4))
    await running.sent(TraktListRead)


async def test_a_list_that_waits_beside_an_import_has_its_account_given_up_too(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.fault("latency", path="/oauth/token", delay_s=0.2)
    await admin.expire_tokens("ada", refresh_too=True)
    await running.want(wanted(items=movies(1)), import_of("one"))
    assert await reason(running) == ("auth", None)
    assert len(await running.sent(TraktReauthorizationRequired)) == 1


async def test_a_429_is_obeyed_and_told_to_nobody(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin)
    await admin.fault("status", path=LISTS, status=429, headers={"Retry-After": "60"})
    await running.want(import_of("best-heists", "grace"))

    async def blocked() -> str | None:
        found: str | None = await running.pool.fetchval("SELECT block_reason FROM account")
        return found

    assert await eventually(blocked) == "rate_limited"
    await running.want(wanted(items=movies(1)))
    assert await running.events(TraktListRead, TraktListReadFailed) == []
    running.move_clock(timedelta(seconds=61))
    assert isinstance(await answer(running), TraktListRead)
    await running.settled()


async def test_an_outage_is_told_once_and_the_list_is_read_after_it(dsn: str) -> None:
    async with SimulatorProcess("--no-rate-limits") as process, harness(dsn, process.url) as made:
        await made.connect("ada", (await process.admin.account("ada")).model_dump_json())
        await seed(process.admin)
        fault = await process.admin.fault("status", path=LISTS, status=503, times=None)
        async with made.worker():
            await made.want(import_of("best-heists", "grace"))
            (told,) = await made.sent(TraktListReadFailed)
            assert (told.reason, told.retry_at is not None) == ("network", True)
            await made.sent(TraktAccountConnected)
            await process.admin.remove_fault(fault)
            made.move_clock(timedelta(minutes=5))
            await made.sent(TraktListRead)
            assert len(await made.events(TraktListReadFailed)) == 1


async def test_what_is_asked_while_trakt_is_away_is_told_once_and_answered_within_seconds_after(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await seed(admin)
    fault = await admin.fault("status", status=503, times=None)
    await running.want(wanted(items=movies(1)))
    await running.sent(TraktSyncFailed)  # the breaker is open: nothing but probes goes to Trakt

    async def probed() -> int:
        return len(await admin.requests(status=503))

    before = await probed()
    await running.want(*(import_of("best-heists", "grace", number=number) for number in (1, 2, 3)))
    told = await running.sent(TraktListReadFailed, count=3)
    assert {(event.reason, event.retry_at is None) for event in told} == {("network", False)}
    await eventually(probed, until=lambda count: count >= before + 3)  # it stays open, and nobody is told again
    await admin.remove_fault(fault)
    assert len(await running.sent(TraktListRead, count=3, within_s=6)) == 3
    assert len(await running.events(TraktListReadFailed)) == 3
    await running.settled()


async def test_a_list_that_cannot_be_read_for_a_day_is_given_up(running: Harness, admin: SimulatorAdmin) -> None:
    await seed(admin)
    await admin.fault("status", path=LISTS, status=503, times=None)
    await running.want(import_of("best-heists", "grace"))
    await running.sent(TraktListReadFailed)
    await admin.remove_faults()
    running.move_clock(READ_WITHIN)
    events = await running.sent(TraktListReadFailed, count=2)
    assert [(event.reason, event.retry_at is None) for event in events] == [("network", False), ("network", True)]
    assert await running.pool.fetchval("SELECT count(*) FROM list_import WHERE done_at IS NULL") == 0


@pytest.fixture
async def dying(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[tuple[Harness, DeadlyTrakt]]:
    deadly: list[DeadlyTrakt] = []

    def wrap(real: object) -> DeadlyTrakt:
        deadly.append(DeadlyTrakt(real))  # type: ignore[arg-type]
        return deadly[0]

    async with harness(dsn, simulator_url, trakt=wrap) as made:  # type: ignore[arg-type]
        await made.connect("ada", (await admin.account("ada")).model_dump_json())
        yield made, deadly[0]


@pytest.mark.parametrize("method", ["find_list", "read_list"])
async def test_a_worker_that_dies_while_it_reads_is_replaced_and_the_answer_comes_once(
    dying: tuple[Harness, DeadlyTrakt], admin: SimulatorAdmin, method: str
) -> None:
    made, deadly = dying
    await seed(admin)
    deadly.kill_at(method, "after")
    async with made.worker():
        await made.want(import_of("best-heists", "grace"))

        async def dead() -> int:
            return deadly.deaths_left

        await eventually(dead, until=lambda left: left == 0)
        made.move_clock(timedelta(minutes=2))
        await made.sent(TraktListRead)
    assert len(await made.events(TraktListRead, TraktListReadFailed)) == 1


class DefectiveTrakt:
    """Another Trakt, which finds no list without a defect of ours."""

    def __init__(self, real: Trakt) -> None:
        self._real = real

    def __getattr__(self, method: str) -> object:
        if method == "find_list":
            raise ValueError("a defect")
        return getattr(self._real, method)


async def test_an_import_that_meets_a_defect_holds_up_no_list_and_comes_again(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    await seed(admin)
    async with harness(dsn, simulator_url) as made:
        await made.connect("ada", (await admin.account("ada")).model_dump_json())
        async with made.worker(cast("Trakt", DefectiveTrakt(made.trakt))):
            await made.want(import_of("best-heists", "grace"), wanted(items=movies(1)))
            await made.settled()
        assert await made.events(TraktListRead, TraktListReadFailed) == []
        async with made.worker():
            made.move_clock(timedelta(minutes=2))
            assert isinstance(await answer(made), TraktListRead)


FINAL: dict[str, TraktError] = {
    "not_found": ListGoneError("Trakt has no such list"),
    "private": PrivateListError("private"),
    "rejected": RejectedError("Trakt answered 422"),
}


@pytest.mark.parametrize("expected", FINAL)
def test_what_no_retry_helps_ends_the_import(expected: str) -> None:
    step = failed(JOB, FINAL[expected], NOW, jitter=0)
    assert isinstance(step.event, TraktListReadFailed)
    assert (step.event.reason, step.event.retry_at, step.due_at) == (expected, None, None)


def test_a_locked_account_ends_the_import_with_its_reason() -> None:
    step = failed(JOB, AccountLockedError("the Trakt account is locked"), NOW, jitter=0)
    assert isinstance(step.event, TraktListReadFailed)
    assert (step.event.reason, step.event.detail, step.due_at) == ("rejected", "the Trakt account is locked", None)


@pytest.mark.parametrize("error", [TraktUnavailableError("502"), TraktUnreachableError("no connection")], ids=repr)
def test_an_outage_is_waited_for_longer_each_time_and_told_once(error: TraktError) -> None:
    first = failed(JOB, error, NOW, jitter=1)
    assert isinstance(first.event, TraktListReadFailed)
    assert first.event.retry_at == first.due_at
    waits = []
    for attempts in range(12):
        step = failed(replace(JOB, attempts=attempts, is_notified=True), error, NOW, jitter=1)
        assert (step.event, step.attempts) == (None, attempts + 1)
        assert step.due_at is not None
        waits.append(step.due_at - NOW)
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] == timedelta(minutes=5)


def test_a_wait_beyond_the_imports_time_ends_it() -> None:
    late = NOW + READ_WITHIN - timedelta(seconds=1)
    step = failed(JOB, RateLimitedError("429", timedelta(minutes=1)), late, jitter=0)
    assert isinstance(step.event, TraktListReadFailed)
    assert (step.event.reason, step.due_at) == ("network", None)
    assert step.account.blocked_until == late + timedelta(minutes=1)
