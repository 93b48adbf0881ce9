"""A text file: a table whose head tells the format, a list of Letterboxd, or one id a line."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from lists_api.imports.domain.cells import cleaned
from lists_api.imports.domain.collecting import Collector, Found
from lists_api.imports.domain.formats.letterboxd import is_letterboxd_list, read_letterboxd_list
from lists_api.imports.domain.formats.tables import TableFormat, format_of
from lists_api.imports.domain.references import reference
from lists_api.imports.domain.rows import LeftOut, ParsedFile
from lists_api.imports.domain.table import MAX_ROWS, REST, Record, heads_of, records

_TRIED = 20
"""First lines of which one must name a title, for a text without a head."""


def parse_text(text: str) -> ParsedFile | None:
    """Return the list in the text; None: it has none."""
    every = list(records(text))
    rows = [row for row in every[:MAX_ROWS] if not row.is_blank]
    if not rows:
        return None
    rest = [LeftOut(every[-1].number, REST, "over_limit")] if len(every) > MAX_ROWS else []
    if is_letterboxd_list(rows):
        return ParsedFile("letterboxd", (read_letterboxd_list(rows),))
    head = rows[0].cells
    if head is not None and (known := format_of(heads_of(head), head)) is not None:
        found = _table(known, heads_of(head), rows[1:])
        return ParsedFile(known.slug, (Collector().take_all(chain(found, rest)).finished(),))
    if any(_line(row) is not None for row in islice(rows, _TRIED)):
        lines = (_line(row) or LeftOut(row.number, _shown(row), "no_title") for row in _without_comments(rows))
        return ParsedFile("ids", (Collector().take_all(chain(lines, rest)).finished(),))
    return None


def _table(known: TableFormat, heads: Sequence[str], rows: Sequence[Record]) -> Iterator[Found]:
    for row in rows:
        if row.cells is None:
            yield LeftOut(row.number, "", "unreadable")
        else:
            yield known.read(row.number, dict.fromkeys(heads, "") | dict(row.by_head(heads)))


def _line(row: Record) -> Found:
    """Return the first cell of the row that names a title."""
    found = (reference(cleaned(cell), number_of_row=row.number) for cell in (row.cells or ())[:8])
    return next((one for one in found if one is not None), None)


def _without_comments(rows: Sequence[Record]) -> Iterator[Record]:
    return (row for row in rows if not (row.cells and row.cells[0].lstrip().startswith("#")))


def _shown(row: Record) -> str:
    return cleaned(", ".join((row.cells or ())[:8]))
