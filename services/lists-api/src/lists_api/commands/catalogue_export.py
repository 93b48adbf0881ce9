"""`python -m lists_api catalogue export`: the catalogue as a file that `catalogue import` reads back."""

import argparse
import csv
import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

from chassis.settings import DatabaseSettings, load
from lists_api.catalogue.domain.formats.writing import COLUMNS, json_line, record_of
from lists_api.opened import opened
from lists_api.store.catalogue import read_all_titles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="CSV, or JSON Lines when it ends in .jsonl; compressed when .gz follows (default: CSV on standard output)",
    )


async def catalogue_export(arguments: argparse.Namespace) -> int:
    """Write every title; return the exit status."""
    file: Path | None = arguments.file
    is_json = file is not None and file.name.removesuffix(".gz").endswith(".jsonl")
    async with opened(load(DatabaseSettings)) as base:
        try:
            with _writing(file) as out:
                table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
                if not is_json:
                    table.writeheader()
                async for title in read_all_titles(base.pool):
                    if is_json:
                        out.write(json_line(title) + "\n")
                    else:
                        table.writerow(record_of(title))
        except OSError as exc:
            print(f"{file or 'standard output'} cannot be written: {exc.strerror or exc}", file=sys.stderr)
            return 2
    return 0


@contextmanager
def _writing(file: Path | None) -> Iterator[TextIO]:
    """Open a file that stands in its place only when it is whole."""
    if file is None:
        yield sys.stdout
        return
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        if file.suffix == ".gz":
            with gzip.open(unfinished, "wt", encoding="utf-8", newline="") as out:
                yield cast("TextIO", out)
        else:
            with unfinished.open("w", encoding="utf-8", newline="") as out:
                yield out
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
