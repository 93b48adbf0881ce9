"""Token pairs: read in, sealed, never shown."""

import json
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import asyncpg
import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr, ValidationError

from chassis.postgres.database import Pool
from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.identity import is_same_account
from trakt_sync.accounts.token_import import decode, parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError
from trakt_sync.mirroring.remote import AccountSettings, Owner
from trakt_sync.store.accounts import AccountStore
from trakt_sync.store.connections import check_batch
from trakt_sync.testing import CLIENT, KEY, Harness, harness, make_settings, movies, unwanted, wanted
from trakt_sync.trakt.api import Trakt
from trakt_sync.trakt.tokens import Tokens
from trakt_sync.use_cases import disconnect
from watchbuddy_contracts import (
    TraktAccountConnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PAIR = {"access_token": "secret-a", "refresh_token": "secret-r"}


@pytest.mark.parametrize(
    "given",
    [
        {"expires_in": 3600, "created_at": int(NOW.timestamp()), "token_type": "bearer", "scope": "public"},
        {"expires_in": 3600},
        {"expires_at": (NOW + timedelta(hours=1)).isoformat()},
        {"expires_at": int((NOW + timedelta(hours=1)).timestamp())},
    ],
)
def test_expiry_is_read_in_every_form(given: dict[str, object]) -> None:
    parsed = parse_tokens(json.dumps({**PAIR, **given}), NOW)
    assert parsed.tokens.expires_at == NOW + timedelta(hours=1)
    assert parsed.tokens.access.get_secret_value() == "secret-a"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "not json secret-a",
        json.dumps(PAIR),
        json.dumps({**PAIR, "expires_in": "soon secret-a"}),
        json.dumps({"access_token": "secret-a", "expires_in": 1}),
        json.dumps({**PAIR, "refresh_token": "", "expires_in": 1}),
        json.dumps({**PAIR, "access_token": "secret-a\n", "expires_in": 1}),
        json.dumps({**PAIR, "access_token": "secret-ä", "expires_in": 1}),
        json.dumps({**PAIR, "expires_in": 10**18}),
        json.dumps({**PAIR, "expires_at": "0001-01-01T00:00:00+14:00"}),
        json.dumps({**PAIR, "expires_in": 1, "username": "a\x00"}),
    ],
)
def test_what_is_no_token_pair_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(BadTokensError) as caught:
        parse_tokens(text, NOW)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_token_text_is_read_in_every_encoding_that_editors_and_shells_write(encoding: str) -> None:
    text = json.dumps({**PAIR, "expires_in": 3600, "username": "zoë"}, ensure_ascii=False)
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("raw", [b"\xff", b'{"access_token": "secret-\xe4"}', b"\xff\xfe\x00"])
def test_bytes_that_are_no_text_are_refused_without_showing_them(raw: bytes) -> None:
    with pytest.raises(BadTokensError) as caught:
        decode(raw)
    assert "UTF-8" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("given", [{"created_at": 1795232296000, "expires_in": 1}, {"expires_at": 1795232296000}])
def test_time_in_milliseconds_is_refused_in_words(given: dict[str, int]) -> None:
    with pytest.raises(BadTokensError) as caught:
        parse_tokens(json.dumps({**PAIR, **given}), NOW)
    assert f"{next(iter(given))}: Value error, give seconds since 1970, not milliseconds" in str(caught.value)


def test_tokens_do_not_show_themselves() -> None:
    tokens = Tokens(SecretStr("secret-a"), SecretStr("secret-r"), NOW)
    assert "secret" not in f"{tokens} {tokens!r}"


def test_rotated_keys_open_what_older_ones_sealed_and_others_do_not() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    tokens = Tokens(SecretStr("secret-a"), SecretStr("secret-r"), NOW)
    sealed = Vault([old]).seal(tokens)
    assert b"secret" not in sealed
    assert Vault([new, old]).open(sealed, NOW) == tokens
    with pytest.raises(BadTokensError):
        Vault([new]).open(sealed, NOW)


@pytest.mark.parametrize(
    "keys", ["", " , ", "short", f"{KEY},nonsense"], ids=["none", "blank", "short", "a bad one after a good one"]
)
def test_bad_encryption_keys_end_the_start_and_are_not_shown(keys: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make_settings("postgresql://x/y", "http://127.0.0.1:9", token_encryption_keys=keys)
    assert "TOKEN_ENCRYPTION_KEYS" in str(caught.value)
    assert KEY not in str(caught.value)


async def test_database_holds_no_token_in_the_clear(running: Harness, admin: SimulatorAdmin) -> None:
    pair = await admin.account("ada")
    await running.connect("ada", pair.model_dump_json())
    row = await running.pool.fetchrow("SELECT * FROM account")
    assert pair.access_token not in str(row)
    assert pair.refresh_token not in str(row)


async def test_tokens_sealed_with_a_lost_key_hold_up_nobody_else(running: Harness, admin: SimulatorAdmin) -> None:
    await running.pool.execute("UPDATE account SET tokens = '\\x00'")
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2), user="bob"))
    await running.settled(2)
    assert len(await admin.lists_of("bob")) == 1


@pytest.mark.parametrize("is_identified", [True, False], ids=["asked at the import", "asked by the worker"])
async def test_another_trakt_account_gets_all_lists_anew_and_no_lie_is_told(
    running: Harness, admin: SimulatorAdmin, *, is_identified: bool
) -> None:
    await running.connect("ada", (await admin.account("ada")).model_dump_json(), is_identified=is_identified)
    await running.want(wanted(1, items=movies(1, 2)), wanted(2, items=movies(3)), wanted(3), wanted(4))
    await running.settled(1, 2, 3, 4)
    left = {one.ids["trakt"] for one in await admin.lists_of("ada")}
    fault = await admin.fault("status", method="DELETE", status=503, times=2)
    await running.want(unwanted(4))
    await eventually(lambda: admin.requests(method="DELETE"))
    await running.connect("ada", (await admin.account("bob", vip=True)).model_dump_json(), is_identified=is_identified)
    await admin.remove_fault(fault)
    await running.want(wanted(2, version=2, items=movies(3)), unwanted(3))
    await running.settled(1, 2, 3, 4)
    await running.sent(TraktListSynced, count=6)
    shown = sorted([item.ids["trakt"] for item in one.items] for one in await admin.lists_of("bob"))
    assert shown == [[1, 2], [3]]
    assert {one.ids["trakt"] for one in await admin.lists_of("ada")} == left
    gone = await running.events(TraktListDeleted)
    assert {event.list_id for event in gone} == {3, 4}
    assert left.isdisjoint(event.trakt_list_id for event in gone)


@pytest.mark.parametrize("is_identified", [True, False], ids=["asked at the import", "asked by the worker"])
async def test_lists_are_taken_up_again_on_a_trakt_account_that_the_user_comes_back_to(
    running: Harness, admin: SimulatorAdmin, *, is_identified: bool
) -> None:
    async def move_to(name: str) -> None:
        pair = await admin.account(name, vip=True)
        await running.connect("ada", pair.model_dump_json(), is_identified=is_identified)

    async def shown(name: str) -> list[list[object]]:
        return sorted([item.ids["trakt"] for item in one.items] for one in await admin.lists_of(name))

    await move_to("ada")
    await running.want(wanted(1, items=movies(1, 2)), wanted(2, items=movies(3)), wanted(3, items=movies(4)))
    await running.settled(1, 2, 3)
    mine = (await running.job(1)).trakt_list_id
    await move_to("bob")
    await running.want(wanted(1, version=2, items=movies(2, 5)), unwanted(3))
    await running.settled(1, 2, 3)
    assert (await shown("ada"), await shown("bob")) == ([[1, 2], [3], [4]], [[2, 5], [3]])
    await move_to("ada")
    await eventually(lambda: shown("ada"), until=lambda lists: lists == [[2, 5], [3]])
    await running.settled(1, 2, 3)
    assert await shown("ada") == [[2, 5], [3]]
    assert (await running.job(1)).trakt_list_id == mine
    synced = [event for event in await running.events(TraktListSynced) if event.list_id == 1][-1]
    assert (synced.trakt_list_id, synced.added, synced.removed) == (mine, 1, 1)
    assert await running.events(TraktDriftFound) == []
    await running.want(unwanted(2))
    await move_to("bob")
    await eventually(lambda: shown("bob"), until=lambda lists: lists == [[2, 5]])


class NamelessTrakt:
    """Another Trakt, whose settings do not say whose account it is."""

    def __init__(self, real: Trakt) -> None:
        self._real = real

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401 - as the real one has it
        return getattr(self._real, method)

    async def read_settings(self, token: SecretStr) -> AccountSettings:
        return replace(await self._real.read_settings(token), owner=Owner())


async def test_all_lists_come_to_another_account_though_trakt_does_not_say_whose_it_is(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url, trakt=lambda real: cast("Trakt", NamelessTrakt(real))) as one, one.worker():
        for name in ("ada", "bob"):
            pair = await admin.account(name, vip=True)
            await one.connect("ada", pair.model_dump_json(), is_identified=False)
            await one.want(*(wanted(number, items=movies(number)) for number in (1, 2, 3)))
            await one.want(wanted(2, version=2, items=movies(2, 4)))
            await eventually(
                lambda name=name: admin.lists_of(name),  # type: ignore[misc]
                until=lambda lists: sorted(len(shown.items) for shown in lists) == [1, 1, 2],
            )
        await one.settled(1, 2, 3)
        assert len(await admin.lists_of("ada")) == 3
        before = [event.trakt_list_id for event in await one.events(TraktListCreated)]
        await one.connect("ada", (await admin.account("bob")).model_dump_json(), is_identified=False)
        await one.sent(TraktListSynced, count=len(await one.events(TraktListSynced)) + 3)
        assert [event.trakt_list_id for event in await one.events(TraktListCreated)] == before


async def test_switch_of_a_killed_worker_goes_on_where_it_was(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    numbers = range(1, 8)
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        await one.want(*(wanted(number, items=movies(number)) for number in numbers))
        async with one.worker():
            await one.settled(*numbers)
        await one.connect("ada", (await admin.account("bob", vip=True)).model_dump_json())
        (account,) = await AccountStore(one.pool, Vault([KEY]), timedelta(seconds=10)).claim(one.clock(), 1)
        assert await check_batch(one.pool, account, one.clock(), 3)
        assert await one.pool.fetchval("SELECT count(*) FROM work_queue") == 3
        one.move_clock(timedelta(seconds=10))  # it is heard of no more
        async with one.worker():
            await one.settled(*numbers)
    made = await one_of_each(admin, "bob")
    assert made == [[number] for number in numbers]
    assert await one_of_each(admin, "ada") == made


async def one_of_each(admin: SimulatorAdmin, user: str) -> list[list[object]]:
    return sorted([item.ids["trakt"] for item in shown.items] for shown in await admin.lists_of(user))


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        (Owner("a" * 32), Owner("a" * 32), True),
        (Owner("a" * 32, slug="ada"), Owner("b" * 32, slug="ada"), False),
        (Owner("trakt:1"), Owner("trakt:2"), False),
        (Owner("a" * 32, slug="ada"), Owner("trakt:1", slug="ada"), True),
        (Owner("a" * 32, slug="ada"), Owner("trakt:1", slug="bob"), None),
        (Owner("a" * 32), Owner("trakt:1"), None),
        (Owner(), Owner("a" * 32), None),
        (Owner("a" * 32), Owner(), None),
    ],
)
def test_accounts_are_told_apart_by_the_id_that_both_logins_have(
    before: Owner, after: Owner, is_same: bool | None
) -> None:
    assert is_same_account(before, after) is is_same


async def test_list_that_is_gone_when_the_user_comes_back_is_made_anew(running: Harness, admin: SimulatorAdmin) -> None:
    pairs = {name: await admin.account(name, vip=True) for name in ("ada", "bob")}
    await running.connect("ada", pairs["ada"].model_dump_json())
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await running.connect("ada", pairs["bob"].model_dump_json())
    await running.settled()
    (left,) = await admin.lists_of("ada")
    async with httpx.AsyncClient(base_url=str(running.settings.trakt_api_url), headers=pairs["ada"].headers()) as http:
        assert (await http.delete(f"users/me/lists/{left.ids['trakt']}")).is_success
    await running.connect("ada", pairs["ada"].model_dump_json())
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert [item.ids["trakt"] for item in shown.items] == [1]


async def test_list_that_is_to_stay_deleted_stays_so_when_the_user_comes_back(
    running: Harness, admin: SimulatorAdmin
) -> None:
    pairs = {name: await admin.account(name, vip=True) for name in ("ada", "bob")}
    await running.connect("ada", pairs["ada"].model_dump_json())
    await running.want(wanted(items=movies(1), when_deleted="detach"))
    await running.settled()
    (mine,) = await admin.lists_of("ada")
    running.move_clock(timedelta(minutes=10))
    async with httpx.AsyncClient(base_url=str(running.settings.trakt_api_url), headers=pairs["ada"].headers()) as http:
        assert (await http.delete(f"users/me/lists/{mine.ids['trakt']}")).is_success
    await running.audited()
    await running.sent(TraktDriftFound)
    for version, (name, lists) in enumerate((("bob", 1), ("ada", 0), ("ada", 0)), start=2):
        await disconnect(running.pool, Vault([KEY]), "ada", running.clock())
        await running.want(wanted(version=version, items=movies(version), when_deleted="detach"))
        await running.connect("ada", pairs[name].model_dump_json())
        await running.settled()
        assert len(await admin.lists_of(name)) == lists


async def test_unanswered_creation_is_found_after_a_change_of_account_there_and_back(
    running: Harness, admin: SimulatorAdmin
) -> None:
    pairs = {name: (await admin.account(name, vip=True)).model_dump_json() for name in ("ada", "bob")}
    await running.connect("ada", pairs["ada"])
    await admin.fault("status", method="POST", path="/users/*/lists", status=502, after=True)
    unread = await admin.fault("status", method="GET", path="/users/*/lists", account="ada", status=503, times=None)
    await running.want(wanted(items=movies(1)))
    await eventually(running.job, until=lambda job: job.progress.intent is not None)
    await eventually(lambda: admin.requests(method="POST", account="ada"))
    await running.connect("ada", pairs["bob"])
    await running.settled()
    await admin.remove_fault(unread)
    await running.connect("ada", pairs["ada"])
    await running.settled()
    (shown,) = await admin.lists_of("ada")
    assert [item.ids["trakt"] for item in shown.items] == [1]
    assert [event.adopted for event in await running.events(TraktListCreated)] == [False, True]


async def test_same_trakt_account_keeps_its_lists(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    for is_identified in (False, True):
        pair = await admin.account("ada")
        await running.connect("ada", pair.model_dump_json(), is_identified=is_identified)
    await running.want(wanted(version=2, items=movies(1, 2)))
    await running.settled()
    assert len(await running.events(TraktListCreated)) == 1
    assert len(await admin.lists_of("ada")) == 1


class AwayPool:
    """Another pool, while Postgres is away for some statements."""

    def __init__(self, real: Pool, failures: int) -> None:
        self._real = real
        self.failures = failures

    async def execute(self, *arguments: Any) -> str:  # noqa: ANN401 - as asyncpg has it
        if self.failures:
            self.failures -= 1
            raise ConnectionRefusedError("Postgres is away")
        return await self._real.execute(*arguments)


async def test_renewed_tokens_are_saved_though_postgres_was_away(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    fresh = Tokens(SecretStr("secret-a"), SecretStr("secret-r"), datetime.now(UTC) + timedelta(days=7))
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada")).model_dump_json())
        await one.want(wanted(items=movies(1)))
        accounts = AccountStore(one.pool, Vault([KEY]), timedelta(seconds=10))
        (account,) = await accounts.claim(one.clock(), 1)
        away = AwayPool(one.pool, failures=3)
        await AccountStore(cast("Pool", away), Vault([KEY]), accounts.lease_for).save_tokens(
            account, fresh, one.clock()
        )
        assert away.failures == 0
        await accounts.release(account)
        (account,) = await accounts.claim(one.clock(), 1)
        assert account.tokens == fresh


async def test_times_of_a_clock_that_was_ahead_hold_nobody_up(running: Harness, admin: SimulatorAdmin) -> None:
    await running.pool.execute(
        "UPDATE account SET next_write_at = now() + interval '1 day', lease_until = now() + interval '1 day'"
    )
    await running.want(wanted(items=movies(1)))
    await running.settled()
    assert len(await admin.lists_of("ada")) == 1


async def command(dsn: str, *arguments: str, text: str = "", **variables: str) -> tuple[int | None, str, str]:
    environment = {
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "TOKEN_ENCRYPTION_KEYS": KEY,
        "TRAKT_API_URL": "http://127.0.0.1:9",
        "TRAKT_AUTH_URL": "http://127.0.0.1:9",
        "TRAKT_CLIENT_ID": CLIENT.client_id,
        "TRAKT_CLIENT_SECRET": CLIENT.client_secret.get_secret_value(),
        **variables,
    }
    process = await create_subprocess_exec(
        sys.executable, "-m", "trakt_sync", *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
    )
    out, err = await process.communicate(text.encode())
    return process.returncode, out.decode(), err.decode()


async def test_import_connects_an_account_and_its_lists_go_on(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    pair = await admin.account("ada")
    async with harness(dsn, simulator_url) as one, one.worker():
        await one.want(wanted(items=movies(1)))
        status, out, err = await command(dsn, "account", "import", "--user", "ada", text=pair.model_dump_json())
        assert (status, out) == (0, "connected the Trakt account (ada) of ada\n"), err
        await one.settled()
        assert len(await admin.lists_of("ada")) == 1
        (connected,) = await one.events(TraktAccountConnected)
        assert (connected.user_id, connected.trakt_user) == ("ada", "ada")
        assert await one.pool.fetchval("SELECT trakt_id FROM account") is not None  # asked by the worker


async def test_import_asks_whose_account_it_is(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> None:
    for name, is_vip in (("ada", True), ("bob", False)):
        pair = (await admin.account(name, vip=is_vip)).model_dump_json()
        arguments = ("account", "import", "--user", "ada")
        status, _, err = await command(dsn, *arguments, text=pair, TRAKT_API_URL=simulator_url)
        assert status == 0, err
    assert [request.path for request in await admin.requests()] == ["/users/settings"] * 2
    connection = await asyncpg.connect(dsn)
    try:
        assert await connection.fetchval("SELECT is_identified FROM account")
        events = [json.loads(row["value"]) for row in await connection.fetch("SELECT value FROM outbox ORDER BY id")]
        assert [(event["trakt_user"], event["vip"]) for event in events] == [("ada", True), ("bob", False)]
    finally:
        await connection.close()


async def test_import_says_so_when_trakt_refuses_the_access_token(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    pair = await admin.account("ada")
    await admin.expire_tokens("ada")
    arguments = ("account", "import", "--user", "ada")
    status, out, err = await command(dsn, *arguments, text=pair.model_dump_json(), TRAKT_API_URL=simulator_url)
    assert status == 0, err
    assert "connected" not in out
    assert "refuses the access token" in out
    async with harness(dsn, simulator_url) as one, one.worker():
        await one.want(wanted(items=movies(1)))
        await one.settled()
    assert len(await admin.lists_of("ada")) == 1


async def test_account_list_shows_each_account_and_neither_token(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    pair = await admin.account("ada")
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", pair.model_dump_json())
        await one.want(wanted(items=movies(1)))
    status, out, err = await command(dsn, "account", "list")
    assert status == 0
    (_, line) = out.splitlines()
    assert line.split()[:3] == ["ada", "ada", "connected"]
    assert line.split()[-2:] == ["1", "1"]
    for secret in (pair.access_token, pair.refresh_token):
        assert secret not in out + err


async def test_account_rotate_says_what_it_did_and_whose_tokens_no_key_opens(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url) as one:
        for user in ("ada", "bob"):
            await one.connect(user, (await admin.account(user)).model_dump_json())
        await one.pool.execute("UPDATE account SET tokens = '\\x00' WHERE user_id = 'bob'")
    keys = f"{Fernet.generate_key().decode()},{KEY}"
    status, out, err = await command(dsn, "account", "rotate", TOKEN_ENCRYPTION_KEYS=keys, TRAKT_CLIENT_ID="")
    assert (status, err) == (1, "no key opens the token pair of bob\n")
    assert out.splitlines()[-1] == "encrypted 1 token pairs with the first key"


async def test_account_commands_ask_for_no_setting_that_they_do_not_use(dsn: str, admin: SimulatorAdmin) -> None:
    pair = (await admin.account("ada")).model_dump_json()
    unused = {"KAFKA_BOOTSTRAP_SERVERS": "", "TRAKT_CLIENT_SECRET": ""}
    status, _, err = await command(dsn, "account", "import", "--user", "ada", text=pair, **unused)
    assert status == 0, err
    status, _, err = await command(dsn, "account", "list", TOKEN_ENCRYPTION_KEYS="", TRAKT_CLIENT_ID="", **unused)
    assert status == 0, err
    status, _, err = await command(dsn, "work", **unused)
    assert status == 2
    assert "KAFKA_BOOTSTRAP_SERVERS" in err
    assert "TRAKT_CLIENT_SECRET" in err


async def test_import_of_nonsense_ends_with_2_and_one_line(dsn: str) -> None:
    status, out, err = await command(dsn, "account", "import", "--user", "ada", text='{"access_token": "secret"}')
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "refresh_token" in err
    assert "secret" not in err


@pytest.mark.parametrize("user", ["", "a" * 256, "a\nb"])
async def test_import_for_an_impossible_user_ends_with_2(dsn: str, user: str) -> None:
    status, _, err = await command(dsn, "account", "import", "--user", user, text=json.dumps({**PAIR, "expires_in": 1}))
    assert status == 2
    assert "printable" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["trakt_lease", "trakt_write_interval"])
def test_time_that_would_be_taken_for_a_clocks_error_is_refused(name: str) -> None:
    # The claim passes over leases and pauses of more than ten minutes: with longer ones an account had many writers.
    with pytest.raises(ValidationError, match=name):
        make_settings("postgresql://x/y", "http://127.0.0.1:9", **{name: timedelta(minutes=15)})


async def test_bad_setting_ends_with_2_and_one_line_that_names_it(dsn: str) -> None:
    status, _, err = await command(dsn, "work", TRAKT_WRITE_INTERVAL="soon")
    assert (status, len(err.splitlines())) == (2, 1)
    assert "TRAKT_WRITE_INTERVAL" in err
