"""The commands on accounts and the settings that they ask for, as the operator runs them."""

import json
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from datetime import timedelta

import asyncpg
import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import CLIENT, KEY, harness, make_settings, movies, wanted
from trakt_sync.testing.accounts import PAIR
from watchbuddy_contracts import TraktAccountConnected


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
