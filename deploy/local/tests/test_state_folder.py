"""A state folder that version 0.1.0 made is used as it is."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from local_stack.commands.choices import backing_services
from local_stack.errors import CannotStartError
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.screen.progress import PlainDisplay
from local_stack.system.description import Keys
from local_stack.system.home import Home

# As 0.1.0 wrote it.
KEYS = """{
  "local_key": "wxl2m0Yq3sW0tPz7nFhJcA5dKe8RbVgT1uXiOyQpLkMaNsDfGhJkLzXcVbNm1234",
  "encryption_keys": "pCz1wzX8mVn2oF0m7o3VvH3qf1VZkq4yS0jv2n7q8dE="
}
"""


@pytest.fixture
def state() -> Iterator[Path]:
    """Give a folder that PostgreSQL's account can pass through when we are root."""
    with tempfile.TemporaryDirectory(prefix="wb-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "keys.json").write_text(KEYS)
        (folder / "lock").touch()
        yield folder


async def test_its_keys_and_its_databases_are_those_of_the_version_before(state: Path, tmp_path: Path) -> None:
    binaries = PostgresBinaries.embedded(state)
    before = PostgresServer(binaries, state / f"postgres-{binaries.major}", log=tmp_path / "before.log", durable=False)
    await before.start()
    try:
        connection = await asyncpg.connect(before.dsn("notifier"))
        await connection.execute("CREATE TABLE kept (text text)")
        await connection.execute("INSERT INTO kept VALUES ('a message')")
        await connection.close()
    finally:
        await before.stop()
    with Home(state, tmp_path / ".local") as home:
        assert home.keys() == Keys(**json.loads(KEYS))
        postgres = backing_services(home, PlainDisplay(), "embedded", None).postgres
        await postgres.start()
        try:
            connection = await asyncpg.connect(postgres.dsn("notifier"))
            assert await connection.fetchval("SELECT text FROM kept") == "a message"
            await connection.close()
        finally:
            await postgres.stop()


def test_databases_of_another_major_version_are_refused_and_left_alone(state: Path, tmp_path: Path) -> None:
    (state / "postgres-9").mkdir()
    with Home(state, tmp_path / ".local") as home, pytest.raises(CannotStartError, match="are of postgres-9"):
        backing_services(home, PlainDisplay(), "embedded", None)
    assert (state / "postgres-9").is_dir()
