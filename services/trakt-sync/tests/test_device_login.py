"""Logging in by device code at the simulated Trakt, by one process and by several."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from chassis.testing import eventually
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.accounts.login import DuePoll, after_poll
from trakt_sync.accounts.vault import Vault
from trakt_sync.store import logins
from trakt_sync.testing import KEY, Harness, harness
from trakt_sync.testing.events import movies, wanted
from trakt_sync.testing.http import application_on, bearer, client_of, http_settings
from trakt_sync.trakt.device_code import DeviceCode
from watchbuddy_contracts import TraktAccountConnected

DEVICE = "/api/trakt/device"
STATUS = "/api/trakt/status"
NOW = datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC)
QUICK = 0.05


@pytest.fixture
async def made(dsn: str, simulator_url: str, admin: SimulatorAdmin) -> AsyncIterator[Harness]:
    """The reconciler without an account, on a Trakt that may be polled often."""
    await admin.options(device_interval_s=QUICK)
    async with harness(dsn, simulator_url) as made:
        yield made


@pytest.fixture
async def app(made: Harness, dsn: str, simulator_url: str) -> AsyncIterator[FastAPI]:
    async with application_on(http_settings(dsn, simulator_url), wake=made.runtime.wake) as app:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


async def login_of(client: httpx.AsyncClient, state: str) -> dict[str, Any]:
    """Wait for the state of the login."""

    async def look() -> dict[str, Any]:
        found: dict[str, Any] = (await client.get(DEVICE)).json()
        return found

    return await eventually(look, until=lambda login: login["state"] == state)


async def test_a_user_logs_in_by_device_code_and_a_list_that_waited_arrives(
    made: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await made.want(wanted(items=movies(1, 2)))
    before = (await client.get(STATUS)).json()
    assert (before["state"], before["trakt_user"]) == ("disconnected", None)

    begun = await client.post(DEVICE)
    assert (begun.status_code, begun.json()["state"]) == (200, "pending")
    assert (await client.post(DEVICE)).json()["user_code"] == begun.json()["user_code"]
    await admin.account("grace", vip=True)
    await admin.decide_device(begun.json()["user_code"], "grace")

    assert (await login_of(client, "connected"))["detail"] == "Your Trakt account is connected."
    status = (await client.get(STATUS)).json()
    assert (before["trakt_url"], status["trakt_url"]) == (None, "https://trakt.tv/users/grace")
    assert (status["state"], status["trakt_user"], status["vip"], status["blocked_until"]) == (
        "connected",
        "grace",
        True,
        None,
    )
    account = (await client.get("/api/trakt/account")).json()
    assert account["limits"]["items_per_list"] == 5_000
    assert account["limits"]["read_at"] is not None
    assert [event.trakt_user for event in await made.events(TraktAccountConnected)] == ["grace"]
    async with made.worker():
        await made.settled()
    assert [one.item_count for one in await admin.lists_of("grace")] == [2]


async def test_a_login_that_the_user_denies_or_forgets_says_so_and_another_can_be_begun(
    client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    begun = (await client.post(DEVICE)).json()
    await admin.decide_device(begun["user_code"], "grace", approve=False)
    await login_of(client, "denied")

    await admin.options(device_code_lifetime_s=1)
    second = (await client.post(DEVICE)).json()
    assert second["user_code"] != begun["user_code"]
    await login_of(client, "expired")
    assert (await client.get(STATUS)).json()["state"] == "disconnected"


async def test_a_login_outlives_its_process_and_a_trakt_that_is_away(
    made: Harness, dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    settings = http_settings(dsn, simulator_url)
    async with application_on(settings) as app, client_of(app) as client:
        user_code = (await client.post(DEVICE)).json()["user_code"]
    sealed = await made.pool.fetchval("SELECT device_code FROM device_login")
    assert user_code.encode() not in sealed
    await admin.account("grace")
    await admin.decide_device(user_code, "grace")
    await admin.fault("status", path="/oauth/device/token", status=503, times=2)
    async with application_on(settings) as app, client_of(app) as client:
        await login_of(client, "connected")


async def test_a_process_that_stops_ends_the_login_that_it_has_in_hand(
    made: Harness, dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    await admin.account("grace")
    await admin.fault("latency", path="/users/settings", delay_s=0.5)
    async with application_on(http_settings(dsn, simulator_url)) as app, client_of(app) as client:
        await admin.decide_device((await client.post(DEVICE)).json()["user_code"], "grace")

        async def granted() -> list[int]:
            return [request.status for request in await admin.requests(path="/oauth/device/token")]

        await eventually(granted, until=lambda statuses: 200 in statuses, every=timedelta(milliseconds=5))
    assert await made.pool.fetchval("SELECT state FROM account") == "connected"


async def test_a_user_who_disconnects_while_a_login_ends_stays_disconnected_and_its_tokens_are_void(
    made: Harness, client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await admin.account("grace")
    await admin.fault("latency", path="/users/settings", delay_s=0.3)
    await admin.decide_device((await client.post(DEVICE)).json()["user_code"], "grace")

    async def statuses(path: str) -> list[int]:
        return [request.status for request in await admin.requests(path=path)]

    await eventually(lambda: statuses("/oauth/device/token"), until=lambda found: 200 in found)
    await client.post("/api/trakt/disconnect")
    await eventually(lambda: statuses("/oauth/revoke"), until=lambda found: found == [200])
    assert (await client.get(STATUS)).json()["state"] == "disconnected"
    assert await made.events(TraktAccountConnected) == []


async def test_two_processes_poll_a_login_as_often_as_one(
    made: Harness, dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    await admin.options(device_interval_s=0.2)
    settings = http_settings(dsn, simulator_url)
    async with application_on(settings) as one, application_on(settings), client_of(one) as client:
        user_code = (await client.post(DEVICE)).json()["user_code"]

        async def polls() -> list[int]:
            return [request.status for request in await admin.requests(path="/oauth/device/token")]

        statuses = await eventually(polls, until=lambda found: len(found) >= 4)
        await admin.account("grace")
        await admin.decide_device(user_code, "grace")
        await login_of(client, "connected")
    assert set(statuses) == {400}  # and no 429
    assert await made.pool.fetchval("SELECT count(*) FROM account") == 1


async def test_another_users_login_is_not_seen_and_no_token_is_refused(client: httpx.AsyncClient) -> None:
    await client.post(DEVICE)
    assert (await client.get(DEVICE, headers=bearer("eve"))).status_code == 404
    for method, path in (("GET", DEVICE), ("POST", DEVICE), ("GET", STATUS)):
        answer = await client.request(method, path, headers={"Authorization": ""})
        assert (answer.status_code, answer.json()["slug"]) == (401, "unauthorized")


async def test_a_trakt_that_begins_no_login_is_said_to_be_away(
    client: httpx.AsyncClient, admin: SimulatorAdmin
) -> None:
    await admin.fault("status", path="/oauth/device/code", status=503, times=1)
    answer = await client.post(DEVICE)
    assert (answer.status_code, answer.json()["slug"], answer.headers["Retry-After"]) == (503, "trakt-away", "1")
    assert (await client.get(DEVICE)).status_code == 404


async def test_an_account_that_waits_says_until_when_and_why(made: Harness, client: httpx.AsyncClient) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    await made.pool.execute(
        "INSERT INTO account (user_id, state, tokens, expires_at, connected_at, blocked_until, block_reason)"
        " VALUES ('ada', 'connected', '', now(), now(), $1, 'account_locked')",
        until,
    )
    status = (await client.get(STATUS)).json()
    assert (status["block_reason"], datetime.fromisoformat(status["blocked_until"])) == ("account_locked", until)
    assert status["detail"].startswith("Trakt has locked your account")
    await made.pool.execute("UPDATE account SET state = 'reauthorization_required'")
    status = (await client.get(STATUS)).json()
    assert (status["state"], status["blocked_until"]) == ("reauthorization_required", None)


async def test_the_poll_of_a_process_that_died_is_taken_over_and_what_it_still_says_does_not_count(
    made: Harness,
) -> None:
    vault, taken_for = Vault([KEY]), timedelta(seconds=30)
    code = DeviceCode(SecretStr("d"), "ABCD", "https://trakt.tv/activate", timedelta(minutes=10), timedelta(seconds=5))
    await logins.add_device(made.pool, vault, "ada", uuid4(), code, NOW, open_until=NOW)

    async def take(after_s: float) -> Sequence[DuePoll]:
        now = NOW + timedelta(seconds=after_s)
        return await logins.take_polls(made.pool, vault, now, until=now + taken_for, limit=9)

    assert await take(4) == []
    [died] = await take(5)
    assert died.device_code.get_secret_value() == "d"
    assert await take(34) == []
    [next_one] = await take(35)
    await logins.record_poll(made.pool, died, after_poll(died, "denied", NOW))
    login = await logins.read_device(made.pool, "ada")
    assert login is not None
    assert login.state == "pending"

    # Its tokens count all the same, whatever the other was told meanwhile.
    await logins.record_poll(made.pool, next_one, after_poll(next_one, "used", NOW))
    async with made.pool.acquire() as connection:
        assert await logins.end_device(connection, died)
        assert not await logins.end_device(connection, died)


async def test_every_statement_of_logins_fits_the_schema(made: Harness) -> None:
    statements = [
        value
        for name, value in vars(logins).items()
        if name.isupper() and isinstance(value, str) and not name.startswith("_")
    ]
    async with made.pool.acquire() as connection:
        for statement in statements:
            await connection.prepare(statement)
