"""Token pairs: read in, sealed, saved, never shown."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr, ValidationError

from chassis.postgres.database import Pool
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.token_import import decode, parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError
from trakt_sync.store.accounts import AccountStore
from trakt_sync.testing import KEY, Harness, harness, make_settings, movies, wanted
from trakt_sync.testing.accounts import PAIR
from trakt_sync.trakt.tokens import Tokens

NOW = datetime(2026, 11, 21, tzinfo=UTC)


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
