"""`python -m lists_api import`: lists of a file that another tool exported."""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from chassis.arguments import row_id
from chassis.errors import PermanentError
from chassis.settings import load
from lists_api.imports.domain.matching import Ambiguous, NotRecognised
from lists_api.imports.domain.report import ImportReport, ListReport
from lists_api.imports.domain.rows import LeftOut
from lists_api.imports.use_cases import ImportRequest, import_file
from lists_api.lists.use_cases import ListUseCases
from lists_api.opened import opened_cases
from lists_api.settings import Settings

MAX_BYTES: Final = 8 * 1024 * 1024
"""As over HTTP."""
MAX_SHOWN: Final = 20
"""Rows of a kind that are shown; the others are counted."""
_REASONS: Final = {
    "not_in_catalogue": "the catalogue has no such title",
    "unknown_kind": "neither the file nor the catalogue says whether it is a movie or a show",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="of IMDb, Letterboxd, Trakt, TMDB, MDBList, Yamtrack, Radarr or WatchBuddy; or ids, one a line",
    )
    parser.add_argument("--user", required=True, metavar="ID", help="whose lists they become")
    parser.add_argument("--title", metavar="TEXT", help="of the list, where the file has one (default: the file's own)")
    parser.add_argument("--list", type=row_id, metavar="ID", dest="list_id", help="add to this list, and make none")
    parser.add_argument("--dry-run", action="store_true", help="only report")


async def list_import(arguments: argparse.Namespace) -> int:
    """Import the file and print the report; return the exit status."""
    async with opened_cases(load(Settings)) as cases:
        return await import_and_print(cases, arguments)


async def import_and_print(cases: ListUseCases, arguments: argparse.Namespace) -> int:
    """Import the file and print the report; return the exit status: 2 when the file, or what it makes, is refused."""
    file: Path = arguments.file
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except OSError as exc:
        return _refused(f"{file} cannot be read: {exc.strerror or exc}")
    if len(content) > MAX_BYTES:
        return _refused(f"{file} has more than {MAX_BYTES} bytes")
    request = ImportRequest(
        content, file.name, title=arguments.title, list_id=arguments.list_id, is_dry_run=arguments.dry_run
    )
    try:
        report = await import_file(cases, arguments.user, request)
    except PermanentError as exc:
        return _refused(exc.detail)
    print("\n".join(lines_of(file.name, report)))
    return 0


def lines_of(file_name: str, report: ImportReport) -> Iterator[str]:
    """Return the report as lines for a terminal."""
    yield f"{file_name} ({report.format})"
    for one in report.lists:
        yield from _list_lines(one, is_dry_run=report.is_dry_run)
    if report.files_left_alone:
        yield f"left alone: {_first(report.files_left_alone)}"
    if report.is_dry_run:
        yield "nothing was changed: this was a dry run"


def _list_lines(report: ListReport, *, is_dry_run: bool) -> Iterator[str]:
    where = "" if report.list_id is None else f", list {report.list_id}"
    done = "would be taken" if is_dry_run else "taken"
    yield f"  {report.title}: {report.taken:,} titles {done}{where}"
    if report.refused:
        yield f"    not made: {report.refused}"
    if report.skipped:
        yield f"    {report.skipped:,} were on the list before"
    matched, left_out = report.matched, report.left_out
    kinds = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in left_out.counts.items())
    yield from _rows(f"left out ({kinds})", left_out.rows, left_out.total)
    yield from _rows("ambiguous", matched.ambiguous, len(matched.ambiguous))
    yield from _rows("not recognised", matched.not_recognised, len(matched.not_recognised))


def _rows(name: str, rows: Sequence[LeftOut | Ambiguous | NotRecognised], total: int) -> Iterator[str]:
    if not total:
        return
    yield f"    {total:,} {name}"
    yield from (f"      row {row.number:<6} {row.text}: {_why(row)}" for row in rows[:MAX_SHOWN])
    if total > MAX_SHOWN:
        yield f"      and {total - MAX_SHOWN:,} more"


def _why(row: LeftOut | Ambiguous | NotRecognised) -> str:
    match row:
        case LeftOut():
            return row.reason.replace("_", " ")
        case NotRecognised():
            return _REASONS[row.reason]
    return "could be " + _first([f"{one.name} ({one.year or '?'}, {one.ids.label})" for one in row.choices], limit=5)


def _first(texts: Sequence[str], *, limit: int = MAX_SHOWN) -> str:
    more = len(texts) - limit
    return ", ".join(texts[:limit]) + (f", and {more:,} more" if more > 0 else "")


def _refused(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 2
