"""What an account may have: read when it is connected and daily, and asked again when there may be room."""

from dataclasses import replace
from datetime import timedelta

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.token_import import parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.store.accounts import AccountStore
from trakt_sync.testing import KEY, Harness, harness, movies, wanted
from trakt_sync.use_cases import connect
from watchbuddy_contracts import TraktListSynced, TraktReauthorizationRequired

FREE = {"lists": 5, "items_per_list": 2, "total_items": 1000}
VIP = {"lists": 100, "items_per_list": 5000, "total_items": 100_000}
SETTINGS = (
    "SELECT is_vip, limits, timezone, trakt_slug, settings_due_at > settings_read_at AS is_due_later FROM account"
)


async def test_settings_are_saved_when_the_worker_asks_whose_account_it_is(
    running: Harness, admin: SimulatorAdmin
) -> None:
    pair = await admin.account("ada", vip=True, limits=VIP)
    await running.connect("ada", pair.model_dump_json(), is_identified=False)
    await running.want(wanted(items=movies(1)))
    await running.settled()
    row = await running.pool.fetchrow(SETTINGS)
    assert dict(row or {}) == {
        "is_vip": True,
        "limits": {"lists": 100, "items": 5000, "watchlist": 5000},
        "timezone": "Etc/UTC",
        "trakt_slug": "ada",
        "is_due_later": True,
    }
    assert len(await admin.requests(path="/users/settings")) == 1


async def test_settings_that_came_with_the_login_are_saved_and_not_asked_again(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url) as one:
        given = parse_tokens((await admin.account("ada", vip=True)).model_dump_json(), one.clock())
        settings = await one.trakt.read_settings(given.tokens.access)
        await connect(one.pool, Vault([KEY]), "ada", given.with_settings(settings), one.clock())
        (account,) = await AccountStore(one.pool, Vault([KEY]), timedelta(seconds=10)).claim(one.clock(), 1)
        assert not account.are_settings_due(one.clock())
        assert account.are_settings_due(one.clock() + timedelta(days=1))
        await connect(one.pool, Vault([KEY]), "ada", replace(given, trakt_id=None), one.clock())
        assert (await one.pool.fetchval("SELECT limits FROM account")) is None  # of another account, perhaps


async def audited(one: Harness) -> None:
    """Have the only account audited, its settings too."""
    await one.pool.execute("UPDATE account SET audit_at = $1, settings_due_at = NULL", one.clock())
    one.runtime.work_waker.wake()
    await eventually(lambda: one.pool.fetchval("SELECT audit_at > $1 FROM account", one.clock()), until=bool)


async def test_account_that_may_have_more_since_is_filled(running: Harness, admin: SimulatorAdmin) -> None:
    await admin.change_account("ada", vip=False, limits=FREE)
    await audited(running)
    await running.want(wanted(items=movies(1, 2, 3)))
    await running.settled()
    await admin.clear_requests()
    await audited(running)
    assert [request.path for request in await admin.requests()] == ["/users/settings", "/users/me/lists"]
    await admin.change_account("ada", vip=True, limits=VIP)
    await audited(running)
    await running.sent(TraktListSynced, count=2)
    (shown,) = await admin.lists_of("ada")
    assert [item.ids["trakt"] for item in shown.items] == [1, 2, 3]
    await running.settled()
    assert not await running.pool.fetchval("SELECT has_limited FROM account")


async def test_audit_asks_whose_account_it_is_though_there_is_no_list(running: Harness, admin: SimulatorAdmin) -> None:
    await running.connect("ada", (await admin.account("ada")).model_dump_json(), is_identified=False)
    await audited(running)
    assert await running.pool.fetchval("SELECT is_identified AND limits IS NOT NULL FROM account")
    assert [request.path for request in await admin.requests()] == ["/users/settings"]


async def test_audit_renews_the_tokens_of_an_account_at_rest_and_tells_of_a_dead_grant(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await running.pool.execute("UPDATE account SET expires_at = now()")
    await audited(running)
    assert await running.pool.fetchval("SELECT expires_at > now() + interval '1 day' FROM account")
    await admin.expire_tokens("ada", refresh_too=True)
    await running.pool.execute("UPDATE account SET expires_at = now(), audit_at = now()")
    running.runtime.work_waker.wake()
    await running.sent(TraktReauthorizationRequired)
    assert await running.pool.fetchval("SELECT state FROM account") == "reauthorization_required"


async def test_403_that_one_audit_meets_stops_nobody_else(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(1, items=movies(1)))
    await running.settled(1)
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    headers = {"Retry-After": "1800"}
    await admin.fault("status", method="GET", account="ada", status=403, headers=headers, times=None)
    await running.pool.execute("UPDATE account SET audit_at = $1 WHERE user_id = 'ada'", running.clock())
    running.runtime.work_waker.wake()
    wait = "SELECT blocked_until > now() + interval '29 minutes' FROM account WHERE user_id = 'ada'"
    await eventually(lambda: running.pool.fetchval(wait), until=bool)
    await running.want(wanted(2, items=movies(2), user="bob"))
    await running.settled(2, within_s=5)


async def test_room_that_a_removal_makes_is_for_the_lists_that_were_cut(
    running: Harness, admin: SimulatorAdmin
) -> None:
    await admin.change_account("ada", vip=False, limits={"lists": 5, "items_per_list": 50, "total_items": 40})
    await running.want(wanted(1, items=movies(*range(1, 21))))
    await running.settled(1)
    await running.want(wanted(2, items=movies(*range(101, 131))))
    await running.settled(2)
    await running.want(wanted(1, version=2, items=movies(*range(1, 11))))
    synced = (await running.sent(TraktListSynced, count=4))[-1]
    assert (synced.list_id, synced.added, synced.left_out) == (2, 10, ())
    assert sorted([len(shown.items) for shown in await admin.lists_of("ada")]) == [10, 30]
    await running.settled(1, 2)
    assert not await running.pool.fetchval("SELECT has_limited FROM account")
