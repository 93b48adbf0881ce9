"""Importing files into the catalogue: read all into staging tables, then merge them in one transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

import asyncpg

from chassis.postgres.database import Connection, connect
from lists_api.catalogue.domain.imported import MAX_EXCERPT, ImportedRating, ImportedTitle, RejectedRow
from lists_api.catalogue.rejects import Rejects
from lists_api.catalogue.source import CatalogueFile, opened
from lists_api.store import catalogue_copy, catalogue_import, catalogue_merge, priors

PATIENCE: Final = timedelta(hours=12)
"""The longest statement: the COPY of a whole file."""
BATCH: Final = 2_000
"""Rows that are sent together, some 300 kB: as fast as more, and the progress moves."""


class Progress(Protocol):
    """Where an import says how far it is."""

    def reading(self, file: CatalogueFile, rows: int) -> None:
        """So many rows of the file have been taken."""

    def step(self, text: str) -> None:
        """Something else goes on."""


@dataclass(slots=True)
class FileReport:
    """What became of a file's rows. `rejected` are those of the rejects file; the others are counted once each."""

    path: Path
    format: str
    has_ratings_only: bool = False
    rows: int = 0
    rejected: int = 0
    merged: catalogue_merge.Merged | None = None


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do."""

    files: list[FileReport] = field(default_factory=list)
    rated: int = 0
    is_dry_run: bool = False


async def import_files(
    dsn: str, paths: Sequence[Path], *, progress: Progress, rejects: Rejects, is_dry_run: bool = False
) -> ImportReport:
    """Import the files, the later ones over the earlier ones. Until the end the catalogue stays as it was.

    Raises:
        CatalogueFileError: a file cannot be read, or has no format that we know; nothing was imported.
    """
    report = ImportReport(is_dry_run=is_dry_run)
    for path in paths:
        with opened(path) as file:  # a wrong one is told before any work
            report.files.append(FileReport(path, file.format.name, file.format.has_ratings_only))
    async with _session(dsn, progress) as connection:
        for number, one in enumerate(report.files):
            await _stage(connection, number, one, progress, rejects)
        transaction = connection.transaction()
        await transaction.start()
        try:
            await _merge(connection, report, progress, rejects)
        except BaseException:  # interrupted too: nothing of it may stay
            await transaction.rollback()
            raise
        await (transaction.rollback() if is_dry_run else transaction.commit())
        await catalogue_import.empty_staging(connection)
    return report


@asynccontextmanager
async def _session(dsn: str, progress: Progress) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Open a connection that has the lock of imports and empty staging tables."""
    no_limit = {"lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
    connection = await connect(dsn, purpose="import", patience=PATIENCE, **no_limit)
    try:
        if not await catalogue_import.try_lock(connection):
            progress.step("waiting for another import to end")
            await catalogue_import.wait_for_lock(connection)
        await catalogue_import.empty_staging(connection)
        yield connection
    finally:
        connection.terminate()  # the lock ends with the session; a statement that was left goes on no longer


async def _stage(
    connection: "asyncpg.Connection[asyncpg.Record]",
    number: int,
    report: FileReport,
    progress: Progress,
    rejects: Rejects,
) -> None:
    with opened(report.path) as file:
        copy = catalogue_copy.copy_ratings if file.format.has_ratings_only else catalogue_copy.copy_titles
        await copy(connection, _batches(file, number, report, progress, rejects))


async def _batches(
    file: CatalogueFile, number: int, report: FileReport, progress: Progress, rejects: Rejects
) -> AsyncIterator[bytes]:
    rows: list[ImportedTitle | ImportedRating] = []
    for row in file.format.read(file.lines()):
        if isinstance(row, RejectedRow):
            report.rejected += 1
            rejects.add(report.path, row)
            continue
        rows.append(row)
        if len(rows) == BATCH:
            yield _encoded(rows, number, report, rejects)
            rows.clear()
            progress.reading(file, report.rows)
    yield _encoded(rows, number, report, rejects)
    progress.reading(file, report.rows)


def _encoded(
    rows: Sequence[ImportedTitle | ImportedRating], number: int, report: FileReport, rejects: Rejects
) -> bytes:
    lines = [
        catalogue_copy.title_line(number, row) if isinstance(row, ImportedTitle) else catalogue_copy.rating_line(row)
        for row in rows
    ]
    report.rows += len(lines)
    try:
        return "".join([line + "\n" for line in lines]).encode()
    except UnicodeEncodeError:
        return b"".join(_encoded_alone(row, line, report, rejects) for row, line in zip(rows, lines, strict=True))


def _encoded_alone(row: ImportedTitle | ImportedRating, line: str, report: FileReport, rejects: Rejects) -> bytes:
    try:
        return f"{line}\n".encode()
    except UnicodeEncodeError:
        report.rows -= 1
        report.rejected += 1
        rejects.add(report.path, RejectedRow(row.line, "the row is not UTF-8", line[:MAX_EXCERPT]))
        return b""


async def _merge(connection: Connection, report: ImportReport, progress: Progress, rejects: Rejects) -> None:
    await catalogue_import.prepare_merge(connection)
    async with catalogue_import.indexes_set_aside(connection, rows=sum(one.rows for one in report.files)):
        for number, one in enumerate(report.files):
            if one.has_ratings_only:
                continue
            progress.step(f"merging {one.path.name}")
            one.merged = await catalogue_merge.merge_file(connection, number)
            _reject_contradictions(one, rejects)
        report.rated = await catalogue_import.rate_titles(connection)
        progress.step("building indexes")
    progress.step("counting")
    await catalogue_import.make_anew(connection)
    progress.step("weighing the titles against each other")
    await priors.refresh_candidates(connection)


def _reject_contradictions(report: FileReport, rejects: Rejects) -> None:
    assert report.merged is not None  # noqa: S101 - it was merged just now
    for line, is_left_out in report.merged.kept_apart:
        rest = "left out: all its ids belong to them" if is_left_out else "kept apart, without the ids that they have"
        rejects.add(report.path, RejectedRow(line, f"its ids contradict those of known titles; {rest}", ""))
    for line in report.merged.crowded:
        reason = f"it shares an id with more than {catalogue_merge.MAX_TURNS} other rows of the file"
        rejects.add(report.path, RejectedRow(line, reason, ""))
