"""The life of a token pair: renewed by one, kept through every failure but a dead grant."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.session import Session
from trakt_sync.accounts.token_import import parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.store.accounts import AccountStore
from trakt_sync.store.rotation import reseal_batch
from trakt_sync.testing import KEY, Harness, harness, movies, wanted
from trakt_sync.use_cases import connect
from watchbuddy_contracts import TraktAccountConnected, TraktReauthorizationRequired

TOKEN = "/oauth/token"
ITEMS = "/users/*/lists/*/items"


async def shown(admin: SimulatorAdmin, user: str = "ada") -> list[list[object]]:
    return [[item.ids["trakt"] for item in one.items] for one in await admin.lists_of(user)]


@pytest.mark.parametrize("status", [400, 401, 403, 420, 423, 429, 500])
async def test_status_of_the_token_endpoint_ends_no_connection_and_stops_nobody_else(
    running: Harness, admin: SimulatorAdmin, status: int
) -> None:
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await admin.expire_tokens("ada")
    await admin.fault("status", path=TOKEN, account="ada", status=status, body="<html>")
    await running.want(wanted(1, items=movies(1)))
    await eventually(lambda: admin.requests(path=TOKEN))
    await running.want(wanted(2, items=movies(2), user="bob"))
    await running.settled(2, within_s=5)
    if status == 423:
        running.move_clock(timedelta(hours=1))
    await running.settled(1)
    assert (await shown(admin), await shown(admin, "bob")) == ([[1]], [[2]])
    assert len(await admin.requests(path=TOKEN)) == 2
    assert await running.events(TraktReauthorizationRequired) == []


async def test_application_that_is_refused_in_words_makes_all_wait(running: Harness, admin: SimulatorAdmin) -> None:
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await admin.expire_tokens("ada")
    headers = {"Content-Type": "application/json"}
    await admin.fault("status", path=TOKEN, status=401, body='{"error": "invalid_client"}', headers=headers)
    await running.want(wanted(1, items=movies(1)))
    await eventually(
        lambda: running.pool.fetchval("SELECT count(*) FROM account WHERE lease_token IS NULL AND lists_at IS NOT NULL")
    )
    await running.want(wanted(2, items=movies(2), user="bob"))
    assert await shown(admin, "bob") == []
    assert await running.events(TraktReauthorizationRequired) == []


async def test_renewal_that_fails_waits_for_all_lists_together(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.expire_tokens("ada")
    await admin.fault("status", path=TOKEN, status=503, headers={"Retry-After": "300"}, times=None)
    await running.want(*(wanted(number, items=movies(number)) for number in range(1, 6)))
    await eventually(
        lambda: running.pool.fetchval("SELECT refresh_failures FROM account"), until=lambda failures: failures == 1
    )
    await running.pool.execute("UPDATE account SET blocked_until = '-infinity'")  # as when its user asks for a sync
    await running.want(wanted(6, items=movies(6)))
    await eventually(
        lambda: running.pool.fetchval("SELECT blocked_until > now() + interval '4 minutes' FROM account"), until=bool
    )
    assert len(await admin.requests(path=TOKEN)) == 1
    await admin.remove_faults()
    running.move_clock(timedelta(minutes=5))
    await running.settled(*range(1, 7))
    assert await running.pool.fetchval("SELECT refresh_failures FROM account") == 0


async def test_tokens_are_renewed_ahead_once_for_two_workers(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await one.pool.execute("UPDATE account SET expires_at = $1", one.clock() + timedelta(minutes=4))
        await admin.fault("latency", path=TOKEN, delay_s=0.2, times=None)
        async with one.worker(), one.worker():
            for number in range(1, 6):
                await one.want(wanted(number, items=movies(number)))
            await one.settled(1, 2, 3, 4, 5)
    assert len(await admin.requests(path=TOKEN)) == 1
    assert len(await shown(admin)) == 5


async def test_pair_that_another_worker_has_saved_meanwhile_is_gone_on_with(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await one.want(wanted(items=movies(1)))
        store = AccountStore(one.pool, Vault([KEY]), timedelta(seconds=10))
        (frozen,) = await store.claim(one.clock(), 1)
        fresh = await one.trakt.refresh(frozen.tokens.refresh)
        one.clock.move(timedelta(days=7))
        (account,) = await store.claim(one.clock(), 1)
        await store.save_tokens(frozen, fresh, one.clock())
        session = Session(account, store, one.trakt, now=one.clock, jitter=lambda: 0.5)
        assert await session.freshen() is None
        assert session.token == fresh.access


async def test_pairs_are_encrypted_with_the_first_key_some_at_a_time_and_a_renewal_meanwhile_is_kept(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    new = Fernet.generate_key().decode()
    both, users = Vault([new, KEY]), ["ada", "bob", "eve"]
    async with harness(dsn, simulator_url) as one:
        for user in users:
            await one.connect(user, (await admin.account(user)).model_dump_json())
        await one.pool.execute("UPDATE account SET lists_at = '-infinity' WHERE user_id = 'bob'")
        store = AccountStore(one.pool, Vault([KEY, new]), timedelta(seconds=10))
        (claimed,) = await store.claim(one.clock(), 1)
        assert (await reseal_batch(one.pool, both, "", is_dry=True, size=9)).old == 3
        first = await reseal_batch(one.pool, both, "", is_dry=False, size=2)
        assert (first.last, first.old, first.resealed) == ("bob", 2, 2)
        session = Session(claimed, store, one.trakt, now=lambda: claimed.tokens.expires_at, jitter=lambda: 0.5)
        assert await session.freshen() is None  # it was claimed before
        again = await reseal_batch(one.pool, both, "", is_dry=False, size=9)  # as after a kill
        assert (again.last, again.old, again.resealed) == ("eve", 2, 2)
        assert (await reseal_batch(one.pool, both, "", is_dry=False, size=9)).old == 0
        found = await AccountStore(one.pool, Vault([new]), timedelta(seconds=10)).claim(one.clock(), 9)
        assert {account.user_id for account in found} == {"ada", "eve"}
        stored = await one.pool.fetchval("SELECT tokens FROM account WHERE user_id = 'bob'")
        assert Vault([new]).open(stored, one.clock()).access == session.token


async def test_renewal_names_the_redirect_uri_of_the_login(running: Harness, admin: SimulatorAdmin) -> None:
    uri = "http://localhost:8000/callback"
    given = parse_tokens((await admin.account("ada", vip=True)).model_dump_json(), running.clock())
    given = replace(given, trakt_id="ada", redirect_uri=uri)
    await connect(running.pool, Vault([KEY]), "ada", given, running.clock())
    await admin.expire_tokens("ada")
    await running.want(wanted(items=movies(1)))
    await running.settled()
    (request,) = await admin.requests(path=TOKEN)
    assert isinstance(request.body, dict)
    assert request.body["redirect_uri"] == uri


async def test_401_renews_the_tokens_once_and_goes_on(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.expire_tokens("ada")
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert await shown(admin) == [[1]]
    assert len(await admin.requests(path="/oauth/token")) == 1
    assert await running.events(TraktReauthorizationRequired) == []


async def test_single_401_after_a_renewal_is_no_reason_to_connect_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.expire_tokens("ada")
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await admin.fault("status", method="POST", path=ITEMS, status=401, times=2)
    await running.want(wanted(version=2, items=movies(1, 2)))
    await running.settled()
    assert await shown(admin) == [[1, 2]]
    assert len(await admin.requests(path="/oauth/token")) == 1
    assert await running.events(TraktReauthorizationRequired) == []


async def test_renewed_token_that_is_refused_three_times_is_told_once(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(1, items=movies(1)))
    await running.settled()
    await admin.clear_requests()
    await admin.fault("status", path="/users/*", status=401, times=None)
    await running.want(wanted(1, version=2, items=movies(1, 2)), wanted(2, items=movies(2)))
    await running.sent(TraktReauthorizationRequired)
    requests = [request.path for request in await admin.requests()]
    assert (requests.count("/oauth/token"), len(requests)) == (1, 4)
    assert len(await running.events(TraktReauthorizationRequired)) == 1


async def test_dead_refresh_token_is_told_once_and_all_resumes_when_the_user_connects_again(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.expire_tokens("ada", refresh_too=True)
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2)))
    await running.sent(TraktReauthorizationRequired)
    await running.want(wanted(1, version=2, items=movies(1, 3)))
    requests = len(await admin.requests())
    await running.connect("ada", (await admin.account("ada")).model_dump_json())
    await running.settled(1, 2)
    assert sorted(await shown(admin), key=str) == [[1, 3], [2]]
    assert len(await running.events(TraktReauthorizationRequired)) == 1
    assert len(await running.events(TraktAccountConnected)) == 2
    assert requests <= 2


async def move_to_the_tokens_last_minute(running: Harness, admin: SimulatorAdmin) -> None:
    expires_at = await running.pool.fetchval("SELECT min(expires_at) FROM account")
    by = expires_at - running.clock() - timedelta(minutes=1)
    await admin.advance_clock(by.total_seconds())
    running.move_clock(by)


async def test_tokens_are_renewed_shortly_before_they_expire(running: Harness, admin: SimulatorAdmin) -> None:
    await move_to_the_tokens_last_minute(running, admin)
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert (await admin.requests())[0].path == "/oauth/token"
    assert (await running.pool.fetchval("SELECT expires_at FROM account")) > running.clock() + timedelta(days=1)


async def test_tokens_that_still_work_are_used_while_they_cannot_be_renewed(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.fault("status", path="/oauth/token", status=503, times=None)
    await move_to_the_tokens_last_minute(running, admin)
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert await shown(admin) == [[1]]
