"""The tests' own ground: the chosen parts do what the tests rely on."""

import gc
from pathlib import Path

import asyncpg
import pytest

from integration.parts import NotHereError, Parts, choose
from integration.records import Record, Records
from watchbuddy_contracts import LISTS, dead_letter_topic

# A topic of which no consumer knows, so that the records here are nobody's events.
NOBODYS = dead_letter_topic(LISTS.name, "notifier")


async def test_postgres_makes_databases(parts: Parts) -> None:
    connection = await asyncpg.connect(parts.postgres.part.dsn("postgres"))
    try:
        assert await connection.fetchval("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user")
    finally:
        await connection.close()


@pytest.mark.our_broker
async def test_the_brokers_records_outlive_an_interruption(parts: Parts) -> None:
    broker = parts.kafka.part
    records = Records(broker.settings)
    before = Record(NOBODYS, 0, 0, b"key", b"before", (("name", b"value"),))
    await records.write([before])

    await broker.interrupt()
    await broker.resume()
    await records.write([Record(NOBODYS, 0, 0, None, b"after", ())])

    found = [record for record in await records.read(NOBODYS) if record.value in (b"before", b"after")]
    assert [(record.key, record.value, record.headers) for record in found] == [
        (b"key", b"before", (("name", b"value"),)),
        (None, b"after", ()),
    ]


def test_what_is_forced_and_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotHereError, match="no address is given"):
        choose(tmp_path, {"WATCHBUDDY_TEST_PARTS": "environment"})


def test_a_machine_without_docker_engine_leaves_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(NotHereError, match="no Docker engine answers"):
        choose(tmp_path, {"WATCHBUDDY_TEST_PARTS": "containers"})
    gc.collect()  # an open socket warns now, and warnings are errors
