"""When an account is claimed: found by its own row, and never overlooked, whatever happens at the same time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.account import Account
from trakt_sync.accounts.vault import Vault
from trakt_sync.store import work_queue
from trakt_sync.store.accounts import NEXT_DUE, AccountStore
from trakt_sync.store.connections import check_lists
from trakt_sync.testing import KEY, Harness, harness, import_of, movies, wanted
from watchbuddy_contracts import TraktListSynced


async def claimed(one: Harness, limit: int = 9) -> list[Account]:
    return await AccountStore(one.pool, Vault([KEY]), timedelta(seconds=10)).claim(one.clock(), limit)


async def release(one: Harness, account: Account) -> None:
    await AccountStore(one.pool, Vault([KEY]), timedelta(seconds=10)).release(account)


@pytest.fixture
async def one(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Harness]:
    async with harness(dsn, simulator_url) as made:
        for user in ("ada", "bob"):
            await made.connect(user, (await admin.account(user, vip=True)).model_dump_json())
        for account in await claimed(made):
            await check_lists(made.pool, account, made.clock())
            await release(made, account)
        yield made


async def test_account_whose_lists_were_not_looked_at_is_claimed_again(one: Harness) -> None:
    await one.pool.execute("UPDATE account SET checked_list_id = 0, lists_at = now() WHERE user_id = 'ada'")
    for _ in range(2):
        (account,) = await claimed(one)
        assert account.has_unchecked
        await release(one, account)


async def test_account_without_work_is_claimed_by_nobody(one: Harness) -> None:
    assert await claimed(one) == []
    assert await one.pool.fetchval(NEXT_DUE) == await one.pool.fetchval("SELECT min(audit_at) FROM account")


async def test_lists_that_came_before_the_account_are_found_when_it_is_connected(
    one: Harness, admin: SimulatorAdmin
) -> None:
    await one.want(wanted(user="eve"))
    assert await claimed(one) == []
    await one.connect("eve", (await admin.account("eve")).model_dump_json())
    assert [account.user_id for account in await claimed(one)] == ["eve"]


async def test_list_that_comes_in_while_the_account_is_claimed_is_found_after(one: Harness) -> None:
    await one.want(wanted(list_id=1, user="ada"))
    (account,) = await claimed(one)
    await one.want(wanted(list_id=2, user="ada"))
    assert await claimed(one) == []
    await one.pool.execute("DELETE FROM work_queue WHERE list_id = 1")
    await release(one, account)
    assert [account.user_id for account in await claimed(one)] == ["ada"]


async def test_account_of_a_killed_worker_is_claimed_when_its_lease_ends(one: Harness) -> None:
    await one.want(wanted(user="ada"))
    await claimed(one)
    one.clock.move(timedelta(seconds=9))
    assert await claimed(one) == []
    one.clock.move(timedelta(seconds=2))
    (account,) = await claimed(one)
    assert (account.user_id, account.is_taken_over) == ("ada", True)


async def test_who_was_served_last_comes_last(one: Harness) -> None:
    await one.want(wanted(list_id=1, user="ada"), wanted(list_id=2, user="bob"))
    for user in ("ada", "bob", "ada", "bob"):
        (account,) = await claimed(one, 1)
        assert account.user_id == user
        await release(one, account)


async def test_import_comes_before_lists(one: Harness) -> None:
    await one.want(wanted(user="ada"))
    await one.want(import_of("7", user="bob"))
    (account,) = await claimed(one, 1)
    assert (account.user_id, account.has_import) == ("bob", True)


async def test_blocked_account_is_due_when_the_block_ends(one: Harness) -> None:
    until = one.clock() + timedelta(hours=1)
    await one.want(wanted(user="ada"))
    await one.pool.execute("UPDATE account SET blocked_until = $1 WHERE user_id = 'ada'", until)
    assert await claimed(one) == []
    assert await one.pool.fetchval(NEXT_DUE) == until


async def test_list_that_waits_for_trakt_is_found_when_trakt_is_back(one: Harness) -> None:
    await one.want(wanted(user="ada"))
    (account,) = await claimed(one)
    await one.pool.execute("UPDATE work_queue SET waits_for = 'network', due_at = now() + interval '1 day'")
    await release(one, account)
    assert await claimed(one) == []
    await work_queue.resume(one.pool, one.clock())
    assert [account.user_id for account in await claimed(one)] == ["ada"]


async def test_edits_at_the_same_time_as_steps_are_all_mirrored(running: Harness) -> None:
    async def edit(list_id: int) -> None:
        for version in range(1, 9):
            await running.want(wanted(list_id=list_id, version=version, items=movies(*range(1, version + 1))))
            await asyncio.sleep(0)  # a turn of the loop, not a wait: the other edits go between

    await asyncio.gather(*(edit(list_id) for list_id in (1, 2, 3)))
    await running.settled(1, 2, 3)
    newest = {event.list_id: event.version for event in await running.events(TraktListSynced)}
    assert newest == {1: 8, 2: 8, 3: 8}
