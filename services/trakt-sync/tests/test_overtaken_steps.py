"""Steps that are overtaken while their call is under way: by another holder of the lease, or by a deletion."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import TraktUnreachableError
from trakt_sync.mirroring.progress import Staleness
from trakt_sync.store import mirrors
from trakt_sync.store.accounts import AccountStore
from trakt_sync.testing import KEY, Harness, harness, movies, unwanted, wanted
from trakt_sync.trakt.api import Trakt, WriteLease
from trakt_sync.trakt.tokens import Tokens
from watchbuddy_contracts import TraktListDeleted, TraktListSynced, TraktReauthorizationRequired, TraktSyncFailed

LEASE = timedelta(milliseconds=300)


class Held:
    """Another Trakt, at which the first call of one method is held up until the test lets it go on.

    Args:
        is_sent: held up on its way back.
        is_slow: held up on its way to Trakt, past our last look at the lease.
        fails: without having been sent.
    """

    def __init__(
        self, real: Trakt, method: str, *, is_sent: bool = False, is_slow: bool = False, fails: bool = False
    ) -> None:
        self._real = real
        self._method = method
        self._is_sent = is_sent
        self._is_slow = is_slow
        self._fails = fails
        self._is_first = True
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.over = asyncio.Event()

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: object) -> object:
            if method != self._method or not self._is_first:
                return await getattr(self._real, method)(*arguments)
            self._is_first = False
            try:
                return await self._held(*arguments)
            finally:
                self.over.set()

        return call

    async def _held(self, lease: object, *arguments: object) -> object:
        if self._is_slow:
            lease = replace(cast("WriteLease", lease), until=datetime.max.replace(tzinfo=UTC))
        call = getattr(self._real, self._method)
        answer = await call(lease, *arguments) if self._is_sent else None
        self.begun.set()
        await self.go_on.wait()
        if self._fails:
            raise TraktUnreachableError("no connection to Trakt")
        return answer if self._is_sent else await call(lease, *arguments)


@asynccontextmanager
async def held(
    dsn: str, url: str, admin: SimulatorAdmin, method: str, *, lease: timedelta = LEASE, **options: bool
) -> AsyncIterator[tuple[Harness, Held]]:
    """Give a stand with ada's account, and a Trakt for the worker under test."""
    async with harness(dsn, url, trakt_lease=lease) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        yield one, Held(one.trakt, method, **options)


async def trakt_ids(admin: SimulatorAdmin) -> list[list[object]]:
    return [[item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of("ada")]


async def let_lease_run_out(one: Harness) -> None:
    """Let the lease run out as that of a worker does which renews it no more; another may take it then."""
    await one.pool.execute("UPDATE account SET lease_token = gen_random_uuid(), lease_until = now()")
    one.runtime.work_waker.wake()


async def freeze(one: Harness, trakt: Held) -> None:
    """Freeze the worker at the call that is held up, for longer than its lease."""
    await trakt.begun.wait()
    thawed_at = one.clock() + LEASE
    await let_lease_run_out(one)
    await eventually(lambda: one.pool.fetchval("SELECT clock_timestamp()"), until=lambda time: time > thawed_at)


async def test_removal_of_a_frozen_worker_takes_nothing_that_is_wanted_again(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with held(dsn, simulator_url, admin, "remove_items") as (one, trakt), one.worker(cast("Trakt", trakt)):
        await one.want(wanted(items=movies(1, 2, 3)))
        await one.settled()
        await one.want(wanted(version=2, items=movies(1)))
        await trakt.begun.wait()
        await one.want(wanted(version=3, items=movies(1, 2, 3)))
        await freeze(one, trakt)
        await one.settled()
        trakt.go_on.set()
        await trakt.over.wait()
        assert await trakt_ids(admin) == [[1, 2, 3]]


async def test_creation_of_a_frozen_worker_makes_no_second_list(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with held(dsn, simulator_url, admin, "create_list") as (one, trakt), one.worker(cast("Trakt", trakt)):
        await one.want(wanted(items=movies(1, 2)))
        await freeze(one, trakt)
        await one.settled()
        trakt.go_on.set()
        await trakt.over.wait()
        assert await trakt_ids(admin) == [[1, 2]]


async def test_write_that_comes_to_trakt_late_all_the_same_is_found_and_mended(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with (
        held(dsn, simulator_url, admin, "remove_items", is_slow=True) as (one, trakt),
        one.worker(cast("Trakt", trakt)),
    ):
        await one.want(wanted(items=movies(1, 2, 3)))
        await one.settled()
        await one.want(wanted(version=2, items=movies(1)))
        await trakt.begun.wait()
        await one.want(wanted(version=3, items=movies(1, 2, 3)))
        await freeze(one, trakt)
        await one.settled()
        trakt.go_on.set()
        await trakt.over.wait()
        await eventually(one.job, until=lambda job: job.progress.is_stale)
        await one.settled()
        assert await trakt_ids(admin) == [[1, 2, 3]]


async def test_renewed_tokens_survive_the_loss_of_the_lease(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with (
        held(dsn, simulator_url, admin, "refresh", lease=timedelta(seconds=2), is_sent=True) as (one, trakt),
        one.worker(cast("Trakt", trakt)),
    ):
        await admin.expire_tokens("ada")
        await one.want(wanted(items=movies(1)))
        await trakt.begun.wait()
        await let_lease_run_out(one)
        # The next holder finds the refresh token used up, and waits for who may have used it.
        await eventually(
            lambda: one.pool.fetchval("SELECT block_reason FROM account"), until=lambda reason: reason == "auth"
        )
        trakt.go_on.set()
        await one.sent(TraktListSynced)
        assert await one.events(TraktReauthorizationRequired) == []


async def test_tokens_that_a_killed_worker_used_up_are_given_up_a_lease_later(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with held(dsn, simulator_url, admin, "") as (one, _):
        await admin.expire_tokens("ada", refresh_too=True)
        await one.want(wanted(items=movies(1)))
        await let_lease_run_out(one)
        async with one.worker():
            await one.sent(TraktReauthorizationRequired)
        assert len(await admin.requests(path="/oauth/token")) == 2


async def test_tokens_that_are_saved_after_the_account_was_given_up_bring_it_back(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with held(dsn, simulator_url, admin, "") as (one, _):
        await one.want(wanted(items=movies(1)))
        accounts = AccountStore(one.pool, Vault([KEY]), LEASE)
        (account,) = await accounts.claim(one.clock(), 1)
        fresh = Tokens(account.tokens.access, account.tokens.refresh, one.clock() + timedelta(days=3))
        await one.pool.execute(
            "UPDATE account SET state = 'reauthorization_required', lease_token = NULL, lists_at = '-infinity'"
        )
        saved = await accounts.save_tokens(account, fresh, one.clock())
        assert saved.tokens == fresh
        row = await one.pool.fetchrow("SELECT state, expires_at FROM account")
        assert row is not None
        assert tuple(row) == ("connected", fresh.expires_at)


async def test_nothing_is_said_of_a_list_after_its_deletion(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with (
        held(dsn, simulator_url, admin, "refresh", fails=True) as (one, trakt),
        one.worker(cast("Trakt", trakt)),
    ):
        one.move_clock(timedelta(days=30))  # the tokens have expired
        await one.want(wanted(items=movies(1)))
        await trakt.begun.wait()
        await one.want(unwanted())  # nothing of it is on Trakt: it is over at once
        trakt.go_on.set()
        await eventually(
            lambda: one.pool.fetchval("SELECT lease_token IS NULL FROM account"), until=lambda is_free: is_free
        )
        result = await one.pool.fetchrow("SELECT version, ce_type FROM last_result")
        assert result is not None
        assert tuple(result) == (2, TraktListDeleted.ce_type)
        assert await one.due_at() is None
        assert [type(event) for event in await one.events(TraktListDeleted, TraktSyncFailed)] == [TraktListDeleted]


async def test_mark_of_a_late_write_outlives_the_step_in_hand(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    lease = timedelta(seconds=5)
    async with (
        held(dsn, simulator_url, admin, "update_list", lease=lease) as (one, trakt),
        one.worker(cast("Trakt", trakt)),
    ):
        await one.want(wanted(items=movies(1, 2)))
        await one.settled()
        await one.want(wanted(version=2, title="Other", items=movies(1, 2)))
        await trakt.begun.wait()
        read_after = one.clock() + timedelta(minutes=1)
        await mirrors.mark_stale(one.pool, 1, (await one.job()).trakt_list_id, read_after)
        trakt.go_on.set()
        await one.sent(TraktListSynced, count=2)
        await eventually(one.due_at, until=lambda due_at: due_at is not None and due_at > one.clock())
        progress = (await one.job()).progress
        assert (progress.applied_version, progress.staleness) == (2, Staleness(read_after))
