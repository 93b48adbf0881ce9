"""What trakt-sync has of users: as docs/privacy.md says; and its part of an export."""

import argparse
import json

import pytest

from chassis.testing_privacy import assert_described
from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.__main__ import COMMANDS
from trakt_sync.store.personal import TABLES
from trakt_sync.testing import Harness, harness, movies, wanted
from trakt_sync.testing.http import application_on, client_of, http_settings


async def test_every_table_is_described_and_exported(running: Harness) -> None:
    await assert_described(running.pool, "trakt-sync", TABLES, passing={"outbox"})


async def test_an_export_has_what_is_the_users_and_no_secret(
    running: Harness, admin: SimulatorAdmin, dsn: str, simulator_url: str
) -> None:
    await running.connect("bob", (await admin.account("bob")).model_dump_json())
    await running.want(wanted(1, title="Of Ada", items=movies(1)), wanted(2, user="bob", title="Of Bob"))
    await running.settled(1, 2)
    async with (
        application_on(http_settings(dsn, simulator_url), wake=running.runtime.wake, now=running.clock) as app,
        client_of(app) as client,
    ):
        answer = await client.get("/api/trakt/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="trakt-sync.json"'
    own = answer.json()
    assert own.keys() == {table.name for table in TABLES if table.is_exported}
    counts = {name: len(rows) for name, rows in own.items() if rows}
    assert counts == {"account": 1, "desired_list": 1, "mirror": 1, "ledger": 1, "last_result": 1}
    assert own["desired_list"][0]["title"] == "Of Ada"
    assert own["account"][0].keys().isdisjoint({"tokens", "lease_token"})
    assert "bob" not in answer.text
    assert "Of Bob" not in answer.text


async def test_an_operator_prints_what_is_the_users_and_of_nobody_nothing(
    dsn: str,
    simulator_url: str,
    admin: SimulatorAdmin,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    async with harness(dsn, simulator_url) as made:  # nobody works, so nobody logs
        await made.connect("ada", (await admin.account("ada")).model_dump_json())
        await made.want(wanted(1, title="Of Ada", items=movies(1)), wanted(2, user="bob", title="Of Bob"))
    monkeypatch.setenv("DATABASE_URL", dsn)
    export = COMMANDS["user export"].run
    capfdbinary.readouterr()  # what was logged before
    assert await export(argparse.Namespace(user="ada")) == 0
    own = json.loads(capfdbinary.readouterr().out)
    assert [row["title"] for row in own["desired_list"]] == ["Of Ada"]
    assert [row["user_id"] for row in own["account"]] == ["ada"]
    assert own["account"][0].keys().isdisjoint({"tokens", "lease_token"})
    assert await export(argparse.Namespace(user="adda")) == 1
    said = capfdbinary.readouterr()
    assert (said.out, said.err) == (b"", b"trakt-sync has nothing of the user 'adda'\n")
