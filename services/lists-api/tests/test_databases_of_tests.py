"""What a run of tests makes on a Postgres that it was given, it takes away again (the root's conftest.py)."""

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

ROOT = Path(__file__).parents[3]
A_RUN = """
def test_one(make_database):
    print("made", make_database("chassis", "lists_api"))
"""


async def test_a_run_leaves_no_database_behind_on_a_server_it_was_given(postgres_server: str, tmp_path: Path) -> None:
    file = tmp_path / "test_one.py"
    file.write_text(A_RUN)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-q", "-s", "-p", "conftest", "-W", "ignore"),
        *("-c", str(ROOT / "pyproject.toml"), str(file)),
        cwd=ROOT,
        env=os.environ | {"TEST_DATABASE_URL": postgres_server},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    made = urlsplit(out.decode().partition("made ")[2].split()[0]).path.removeprefix("/")
    prefix = made.rpartition("_")[0]
    connection = await asyncpg.connect(postgres_server)
    try:
        left = await connection.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix)
    finally:
        await connection.close()
    assert (prefix.startswith("test_"), left) == (True, [])
