"""Dead letters are shown, mended and sent again, to the group that could not handle them, and then count no more."""

import argparse
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.dead_letters.__main__ import COMMANDS
from chassis.errors import PermanentError
from chassis.kafka.envelope import Delivered, Reader
from chassis.settings import ServiceSettings
from chassis.testing import eventually
from chassis.testing_delivery import GROUP, Fetched, Headers, consuming, dead_letters, deletion, send
from watchbuddy_contracts import LISTS, ListDeleted, dead_letter_topic

DLQ = dead_letter_topic(LISTS.name, GROUP)
Run = Callable[..., Awaitable[tuple[int | None, str]]]


@pytest.fixture
def run(settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; return its status and what it wrote to standard output."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.kafka_bootstrap_servers)

    async def run_command(name: str, *arguments: str) -> tuple[int | None, str]:
        parser = argparse.ArgumentParser()
        COMMANDS[name].arguments(parser)
        capsys.readouterr()
        status = await COMMANDS[name].run(parser.parse_args(arguments))
        return status, capsys.readouterr().out

    return run_command


class Handler:
    """A handler with a defect of some lists, until it is mended; `done` has the lists that it has handled."""

    def __init__(self, *broken: int) -> None:
        self.broken = set(broken)
        self.done: list[int] = []

    def __call__(self, delivered: Delivered) -> None:
        list_id = int(delivered.headers.subject)
        if list_id in self.broken:
            raise PermanentError("cannot")
        self.done.append(list_id)

    async def has_done(self, *list_ids: int) -> None:
        async def done() -> list[int]:
            return self.done

        await eventually(done, until=lambda seen: seen == list(list_ids))


async def test_letters_are_replayed_once_by_what_they_have_in_common_and_the_rest_stays(
    settings: ServiceSettings, run: Run
) -> None:
    handler = Handler(7, 8)
    async with consuming(settings, handler):
        await send(settings, deletion(7), deletion(8))
        [letter, _] = await dead_letters(settings, 2)
        status, listed = await run("list", "--json")
        letters = [json.loads(line) for line in listed.splitlines()]
        assert status == 1
        assert [(one["place"], one["list"], one["user"], one["reason"]) for one in letters] == [
            (f"{DLQ}/0/0", "7", "ada", "permanent"),
            (f"{DLQ}/0/1", "8", "ada", "permanent"),
        ]

        handler.broken.clear()
        before = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        for nobodys in (["--user", "bob"], ["--until", before], ["--list", "9"], [f"{DLQ}/0/5"]):
            assert await run("replay", *nobodys) == (2, "")
        assert (await run("replay"))[0] == 2  # nothing is named
        assert (await run("replay", "--list", "8", "--since", before, "--dry-run"))[0] == 0
        assert (await run("replay", "--list", "8", "--user", "ada", "--since", before))[0] == 0
        await handler.has_done(8)
        assert (await run("replay", "--list", "8"))[0] == 2  # once
        status, listed = await run("list")
        assert status == 1
        assert f"{DLQ}/0/0" in listed
        assert len(listed.splitlines()) == 1

        assert (await run("replay", "--all"))[0] == 0
        await handler.has_done(8, 7)
    assert await run("list") == (0, "")
    assert letter["key"] == repr(b"ada")


async def test_a_letter_that_would_come_back_is_left_until_it_is_mended(
    settings: ServiceSettings, run: Run, tmp_path: Path
) -> None:
    value, headers = deletion(7)
    without_id: Headers = [one for one in headers if one[0] != "ce_id"]
    handler, mended = Handler(), tmp_path / "value.json"
    async with consuming(settings, handler):
        await send(settings, (b"{}", headers), (value, without_id), (b"\x1b[31mred", headers))
        await dead_letters(settings, 3)
        assert (await run("replay", "--all"))[0] == 1
        with pytest.raises(SystemExit, match=r"^2$"):
            await run("replay", f"{DLQ}/0/0", "--value-file", str(mended))  # it is not there

        mended.write_bytes(b'{"list_id": "seven"}')
        assert (await run("replay", "--all", "--value-file", str(mended)))[0] == 2  # of which one?
        assert (await run("replay", f"{DLQ}/0/0", "--value-file", str(mended)))[0] == 1
        mended.write_bytes(value)
        assert (await run("replay", f"{DLQ}/0/0", "--value-file", str(mended), "--dry-run"))[0] == 0
        assert (await run("replay", f"{DLQ}/0/0", "--value-file", str(mended)))[0] == 0
        await handler.has_done(7)
        assert (await run("replay", f"{DLQ}/0/1", "--header", f"ce_id={uuid4()}"))[0] == 0
        await handler.has_done(7, 7)

        status, shown = await run("show", f"{DLQ}/0/2")
        assert status == 0
        assert "ce_subject: 7" in shown
        assert "\\x1b[31mred" in shown
        assert "\x1b" not in shown
        assert (await run("drop", f"{DLQ}/0/2"))[0] == 0
    assert await run("list") == (0, "")
    assert (await run("show", f"{DLQ}/0/2"))[0] == 2
    assert handler.done == [7, 7]


def test_a_replayed_record_is_for_its_group_alone() -> None:
    value, headers = deletion(7)
    record = Fetched(0, value, [*headers, ("replay_group", GROUP.encode())])
    assert Reader([ListDeleted], GROUP).wanted([record]) == [record]
    assert Reader([ListDeleted], "notifier").wanted([record]) == []


async def test_without_kafka_the_status_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    assert await run("list") == (2, "")
