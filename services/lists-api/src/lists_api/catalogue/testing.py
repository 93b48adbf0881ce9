"""For tests of imports into the catalogue: the files, what they became, and what was told on the way."""

from pathlib import Path
from typing import Any

import asyncpg

from lists_api.catalogue.importing import ImportReport, import_files
from lists_api.catalogue.rejects import Rejects
from lists_api.catalogue.source import CatalogueFile

OWN = (
    "media_type,title,year,imdb_id,tmdb_id,genres,original_language,runtime,vote_average,vote_count,popularity,trakt_id"
)
"""The columns of a file of one's own."""
HEAT = "movie,Heat,1995,tt0113277,949,Crime|Drama,en,170,7.9,5000,20.5,481"
"""A row of such a file."""
SOME_ROWS = 2_000
"""After so many rows an import is under way."""


class Steps:
    """A progress that only keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.rows = 0

    def reading(self, file: CatalogueFile, rows: int) -> None:
        assert 0 <= file.position <= file.size
        self.rows = rows

    def step(self, text: str) -> None:
        self.steps.append(text)


class Catalogue:
    """A catalogue, and the files that go into it."""

    def __init__(self, dsn: str, folder: Path, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.dsn = dsn
        self.folder = folder
        self.connection = connection
        self.rejects = folder / "rejects.csv"
        self.progress = Steps()

    def file(self, *lines: str, name: str = "titles.csv") -> Path:
        path = self.folder / name
        path.write_bytes("".join(f"{line}\n" for line in lines).encode())
        return path

    async def take(self, *paths: Path, is_dry_run: bool = False) -> ImportReport:
        rejects = Rejects(self.rejects)
        try:
            return await import_files(self.dsn, paths, progress=self.progress, rejects=rejects, is_dry_run=is_dry_run)
        finally:
            rejects.close()

    async def own(self, *rows: str) -> ImportReport:
        return await self.take(self.file(OWN, *rows))

    async def has_read(self) -> bool:
        return self.progress.rows > SOME_ROWS

    async def is_waiting(self) -> bool:
        return "waiting for another import to end" in self.progress.steps

    async def titles(self, columns: str = "media_type, trakt, tmdb, imdb, name") -> list[tuple[Any, ...]]:
        rows = await self.connection.fetch(f"SELECT {columns} FROM catalogue_title ORDER BY title_id")  # noqa: S608
        return [tuple(row) for row in rows]


def merged(report: ImportReport, file: int = 0) -> tuple[int, int, int, int]:
    """Return how many titles a file added, updated, left unchanged and joined."""
    one = report.files[file].merged
    assert one is not None
    return one.added, one.updated, one.unchanged, one.joined
