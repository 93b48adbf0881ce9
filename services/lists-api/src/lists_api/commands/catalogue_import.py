"""`python -m lists_api catalogue import`: fill the catalogue from files."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Final

from chassis.settings import DatabaseSettings, load
from lists_api.catalogue.importing import FileReport, ImportReport, import_files
from lists_api.catalogue.rejects import Rejects
from lists_api.commands.import_progress import ImportProgress
from lists_api.errors import CatalogueFileError
from lists_api.opened import opened
from lists_api.store.catalogue import has_titles

DEFAULT_REJECTS: Final = Path("catalogue-import-rejects.csv")
INTERRUPTED: Final = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="IMDb's title.basics.tsv and title.ratings.tsv, a TMDB dataset (CSV or JSON Lines), or an export of ours; "
        "plain or gzip",
    )
    parser.add_argument("--if-empty", action="store_true", help="do nothing when the catalogue has titles already")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    parser.add_argument(
        "--rejects",
        type=Path,
        metavar="FILE",
        default=DEFAULT_REJECTS,
        help=f"where rows go that cannot be taken, with the reason (default: {DEFAULT_REJECTS})",
    )


async def catalogue_import(arguments: argparse.Namespace) -> int:
    """Import the files; return the exit status."""
    settings = load(DatabaseSettings)
    rejects, progress = Rejects(arguments.rejects), ImportProgress(sys.stderr)
    try:
        async with opened(settings) as base:  # the database is up to date then
            if arguments.if_empty and await has_titles(base.pool):
                return 0
            report = await import_files(
                settings.database_url.get_secret_value(),
                arguments.files,
                progress=progress,
                rejects=rejects,
                is_dry_run=arguments.dry_run,
            )
    except CatalogueFileError as exc:
        progress.end()
        print(exc.detail, file=sys.stderr)
        return 2
    except asyncio.CancelledError:
        progress.end()
        print("interrupted: the catalogue is as it was", file=sys.stderr)
        return INTERRUPTED
    finally:
        rejects.close()
    progress.end()
    _show(report, rejects)
    return 0


def _show(report: ImportReport, rejects: Rejects) -> None:
    for one in report.files:
        print(f"{one.path.name} ({one.format}): {_described(one)}")
    if report.rated:
        print(f"{report.rated:,} ratings changed")
    if rejects.count:
        print(f"{rejects.count:,} rows with a reason in {rejects.path}")
    if report.is_dry_run:
        print("nothing was changed: this was a dry run")


def _described(report: FileReport) -> str:
    if report.has_ratings_only:
        return f"{report.rows:,} ratings, {report.rejected:,} rejected"
    merged = report.merged
    assert merged is not None  # noqa: S101 - the import has ended
    parts = [
        f"{report.rows:,} titles",
        f"{merged.added:,} added",
        f"{merged.updated:,} updated",
        f"{merged.unchanged:,} unchanged",
        f"{report.rejected:,} rejected",
    ]
    if merged.joined:
        parts.append(f"{merged.joined:,} joined with another")
    if merged.kept_apart:
        parts.append(f"{len(merged.kept_apart):,} contradict known titles")
    return ", ".join(parts)
