"""What the notifier has of users: as docs/privacy.md says; and its part of an export."""

import argparse
import json

import httpx
import pytest

from chassis.postgres.database import Pool
from chassis.testing import FakeClock
from chassis.testing_privacy import assert_described
from notifier.__main__ import COMMANDS
from notifier.dispatch import Dispatcher
from notifier.personal import TABLES
from notifier.testing import TIME, application_on, bearer, delivered, settings_for, sync_started
from notifier.testing_channels import Delivering


async def test_every_table_is_described_and_exported(pool: Pool) -> None:
    await assert_described(pool, "notifier", TABLES, passing=set())


async def test_an_export_has_what_is_the_users_and_no_secret(dsn: str, pool: Pool, dispatcher: Dispatcher) -> None:
    channels = Delivering(pool, FakeClock(TIME))
    await channels.add(name="Of Ada", address="json://127.0.0.1/a-secret")
    await channels.add("bob", name="Of Bob")
    await dispatcher.dispatch([delivered(sync_started(title="Ada's")), delivered(sync_started("bob", "Bob's"))])
    await channels.settle()
    async with application_on(settings_for(dsn)) as http:
        transport = httpx.ASGITransport(http.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
            answer = await client.get("/api/notifications/export", headers=bearer())
    own = answer.json()
    assert {name: len(rows) for name, rows in own.items()} == {
        "messages": 1,
        "condition": 0,
        "channels": 1,
        "deliveries": 1,
    }
    assert (own["messages"][0]["list_title"], own["channels"][0]["name"]) == ("Ada's", "Of Ada")
    assert own["channels"][0].keys().isdisjoint({"address", "secret", "old_secret"})
    assert "a-secret" not in answer.text
    assert "Bob" not in answer.text


async def test_an_operator_prints_what_is_the_users_and_of_nobody_nothing(
    dsn: str,
    pool: Pool,
    dispatcher: Dispatcher,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    await Delivering(pool, FakeClock(TIME)).add(name="Of Ada", address="json://127.0.0.1/a-secret")
    await dispatcher.dispatch([delivered(sync_started(title="Ada's")), delivered(sync_started("bob", "Bob's"))])
    monkeypatch.setenv("DATABASE_URL", dsn)
    export = COMMANDS["user export"].run
    capfdbinary.readouterr()  # what was logged before
    assert await export(argparse.Namespace(user="ada")) == 0
    own = json.loads(capfdbinary.readouterr().out)
    assert [row["list_title"] for row in own["messages"]] == ["Ada's"]
    assert [row["name"] for row in own["channels"]] == ["Of Ada"]
    assert own["channels"][0].keys().isdisjoint({"address", "secret", "old_secret"})
    assert await export(argparse.Namespace(user="adda")) == 1
    said = capfdbinary.readouterr()
    assert (said.out, said.err) == (b"", b"notifier has nothing of the user 'adda'\n")
