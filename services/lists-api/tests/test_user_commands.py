"""What operators do for a user: print everything, erase everything."""

import argparse
import json

import pytest

from chassis.export_command import export_user
from lists_api.commands.user_erase import add_arguments, user_erase
from lists_api.testing import Api, movies
from watchbuddy_contracts import UserErasureRequested


@pytest.fixture
def environment(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", api.settings.database_url.get_secret_value())
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")


@pytest.mark.usefixtures("environment")
async def test_a_user_is_printed_and_erased(api: Api, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    await api.create(title="Of Ada", items=movies(1))
    await api.create(user="bob", title="Of Bob")
    await api.relay_everything()
    await export_user("lists-api", "lists_api.store.personal", argparse.Namespace(user="ada"))
    printed = json.loads(capfdbinary.readouterr().out)
    assert [row["title"] for row in printed["list"]] == ["Of Ada"]

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    await user_erase(parser.parse_args(["--user", "ada", "--delete-trakt-lists", "--yes"]))
    [stored] = await api.outbox()
    event = stored.event
    assert event == UserErasureRequested(user_id="ada", erasure_id=event.erasure_id, keep_trakt_lists=False)
    assert f"/api/account/erase/{event.erasure_id}".encode() in capfdbinary.readouterr().out
    titles = [row["title"] for row in await api.pool.fetch("SELECT title FROM list")]
    assert titles == ["Of Bob"]


@pytest.mark.usefixtures("environment")
async def test_a_user_of_whom_nothing_is_there_is_told_as_such(
    api: Api, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    await api.create(title="Of Ada")
    await api.relay_everything()
    status = await export_user("lists-api", "lists_api.store.personal", argparse.Namespace(user="adda"))
    printed = capfdbinary.readouterr()
    assert (status, printed.out, printed.err) == (1, b"", b"lists-api has nothing of the user 'adda'\n")

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    await user_erase(parser.parse_args(["--user", "adda", "--yes"]))
    [stored] = await api.outbox()
    assert isinstance(stored.event, UserErasureRequested)
    assert capfdbinary.readouterr().out.startswith(b"lists-api had nothing of them; the others: ")
    assert await api.pool.fetchval("SELECT count(*) FROM list") == 1
