"""The commands of the catalogue, as processes."""

import asyncio
import csv
import gzip
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from chassis.testing import eventually

HEADER = "media_type,title,year,imdb_id,tmdb_id,genres,original_language,runtime,vote_average,vote_count,popularity"
HEAT = "movie,Heat,1995,tt0113277,949,Crime|Drama,en,170,7.9,5000,20.5"


class Commands:
    """Runs `python -m lists_api catalogue …` on a database, in a folder."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn = dsn
        self.folder = folder

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lists_api", "catalogue", *arguments,
            cwd=self.folder, env={**os.environ, "DATABASE_URL": self.dsn, "LOG_LEVEL": "WARNING"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, *arguments: str) -> tuple[int | None, str, str]:
        process = await self.start(*arguments)
        output, errors = await process.communicate()
        return process.returncode, output.decode(), errors.decode()

    async def names(self) -> list[str]:
        connection = await asyncpg.connect(self.dsn)
        try:
            return [row["name"] for row in await connection.fetch("SELECT name FROM catalogue_title ORDER BY title_id")]
        finally:
            await connection.close()

    @asynccontextmanager
    async def no_title_written(self) -> AsyncIterator[None]:
        """Let whoever writes a title wait until the block ends."""
        connection = await asyncpg.connect(self.dsn)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE catalogue_title IN SHARE MODE")
                yield
        finally:
            await connection.close()

    async def has_staged(self) -> bool:
        connection = await asyncpg.connect(self.dsn)
        try:
            size: int = await connection.fetchval("SELECT pg_relation_size('catalogue_staging')")
        finally:
            await connection.close()
        return size > 0


@pytest.fixture
def commands(own_dsn: str, tmp_path: Path) -> Commands:
    return Commands(own_dsn, tmp_path)


async def test_an_import_says_what_it_did(commands: Commands) -> None:
    (commands.folder / "titles.csv").write_text(f"{HEADER}\n{HEAT}\nmovie,No id,,,,,,,,,\n")
    status, output, errors = await commands.run("import", "titles.csv")
    assert (status, output.splitlines()) == (
        0,
        [
            "titles.csv (titles as CSV): 1 titles, 1 added, 0 updated, 0 unchanged, 1 rejected",
            "1 rows with a reason in catalogue-import-rejects.csv",
        ],
    )
    assert "titles.csv: 100%, 1 rows" in errors
    with (commands.folder / "catalogue-import-rejects.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == [
            {"file": "titles.csv", "line": "3", "reason": "the row has no id", "row": "movie,No id,,,,,,,,,"}
        ]


@pytest.mark.parametrize(
    ("file", "message"),
    [("none.csv", "none.csv cannot be read: No such file or directory"), (".", ". cannot be read: Is a directory")],
    ids=["not there", "a folder"],
)
async def test_a_file_that_cannot_be_read_is_one_line_and_status_2(commands: Commands, file: str, message: str) -> None:
    assert await commands.run("import", file) == (2, "", f"{message}\n")


async def test_a_wrong_file_is_one_line_and_status_2(commands: Commands) -> None:
    (commands.folder / "list.csv").write_text("Position,Const\n1,tt0113277\n")
    status, output, errors = await commands.run("import", "list.csv")
    assert (status, output) == (2, "")
    assert errors == "list.csv is no catalogue file: its first line is none that we know\n"


async def test_an_export_reads_back_as_it_was(commands: Commands) -> None:
    (commands.folder / "titles.jsonl").write_text(
        '{"id": 1, "title": "Tab\\t and \\"quote\\"", "original_title": "L\'\\u00e9t\\u00e9", "genres": ["Drama"],'
        ' "release_date": "1999-01-02", "imdb_id": "tt0000101", "origin_country": ["FR", "US"], "vote_average": 7.25,'
        ' "keywords": [{"name": "based on novel"}, {"name": "null"}], "overview": "Two\\nlines, \\\\ and \\"quotes\\"",'
        ' "vote_count": 12, "popularity": 3.07, "poster_path": "/a.jpg", "adult": false, "original_language": "fr"}\n'
        '{"id": 2, "name": "None", "first_air_date": "", "external_ids": {"tvdb_id": 77}, "adult": true}\n'
    )
    assert (await commands.run("import", "titles.jsonl"))[0] == 0
    connection = await asyncpg.connect(commands.dsn)
    columns = (
        "media_type, trakt, tmdb, imdb, tvdb, name, original_name, folded, year, release_date, genres, keywords,"
        " language, countries, runtime, rating, votes, rating_source, popularity, overview, poster_path, is_adult,"
        " is_active"
    )
    read = f"SELECT {columns} FROM catalogue_title ORDER BY tmdb"  # noqa: S608
    before = [tuple(row) for row in await connection.fetch(read)]
    assert before[1][5] == "None"
    for name in ("out.csv.gz", "out.jsonl"):
        assert await commands.run("export", name) == (0, "", "")
        await connection.execute("TRUNCATE catalogue_title")
        assert (await commands.run("import", name))[0] == 0
        assert [tuple(row) for row in await connection.fetch(read)] == before, name
    status, output, _ = await commands.run("export")
    assert (status, output) == (0, gzip.decompress((commands.folder / "out.csv.gz").read_bytes()).decode())
    await connection.close()


async def test_stats_and_show_say_what_the_catalogue_knows(commands: Commands) -> None:
    status, output, _ = await commands.run("stats")
    assert (status, output) == (0, "the catalogue is empty; fill it with `catalogue import`\n")
    (commands.folder / "titles.csv").write_text(f"{HEADER}\n{HEAT}\nshow,Other,,,949,,,,,,\n")
    await commands.run("import", "titles.csv")
    lines = (await commands.run("stats"))[1].splitlines()
    assert lines[0].split() == ["media", "type", "movie", "show"]
    assert lines[1].split() == ["titles", "1", "1"]
    status, output, _ = await commands.run("show", "tt0113277")
    assert status == 0
    assert "name           Heat" in output.splitlines()
    assert "genres         crime, drama" in output.splitlines()
    assert (await commands.run("show", "tmdb:949"))[1].count("media_type") == 2
    assert (await commands.run("show", "trakt:7")) == (1, "", "the catalogue has no such title\n")
    assert (await commands.run("show", "heat"))[0] == 2


@pytest.fixture
def heeds_sigint() -> Iterator[None]:
    """Let processes heed SIGINT that ignore it when the tests are started in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_sigint")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
async def test_a_stopped_import_leaves_the_catalogue_and_runs_again(commands: Commands, number: signal.Signals) -> None:
    (commands.folder / "titles.csv").write_text(f"{HEADER}\n{HEAT}\n")
    await commands.run("import", "titles.csv")
    with (commands.folder / "many.csv").open("w") as file:
        file.write(f"{HEADER}\n")
        file.writelines(f"movie,Film {one},,,{one},,,,,,\n" for one in range(1, 60_001))
    async with commands.no_title_written():  # else it may end before it is stopped
        process = await commands.start("import", "many.csv")
        await eventually(commands.has_staged, within=timedelta(seconds=60))
        process.send_signal(number)
        _, errors = await process.communicate()
    assert process.returncode != 0
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert errors.decode().splitlines()[-1] == "interrupted: the catalogue is as it was"
    assert await commands.names() == ["Heat"]
    status, output, _ = await commands.run("import", "many.csv")
    assert (status, output.split(", ")[1]) == (0, "59,999 added")
