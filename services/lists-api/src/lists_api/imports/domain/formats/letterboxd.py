"""Letterboxd's lists, as they lie in its export: two tables in one file, the list's own first."""

from collections.abc import Sequence
from typing import Final

from lists_api.imports.domain.cells import cleaned, year_of
from lists_api.imports.domain.collecting import Collector
from lists_api.imports.domain.rows import FileList, FileRow, LeftOut
from lists_api.imports.domain.table import Record, heads_of

_MARK: Final = "letterboxd list export"
_LIST_HEADS: Final = {"date", "name", "tags", "url", "description"}
_FILM_HEADS: Final = {"position", "name", "year"}
MAX_DESCRIPTION: Final = 4000


def is_letterboxd_list(rows: Sequence[Record]) -> bool:
    """Return whether the file is a list. Exports of version 7 have a first line that says so, earlier ones not."""
    first = rows[0].cells if rows else None
    return bool(first) and (_is_mark(first or ()) or _has_heads(rows[0], _LIST_HEADS))


def read_letterboxd_list(rows: Sequence[Record]) -> FileList:
    """Return the list with its name and description.

    The description may hold blank lines, and a text like the films' head. It is one quoted cell all the same, so the
    films begin at the first row, after the list's own, that has the heads.
    """
    rows = [row for row in rows if not row.is_blank]
    at = 1 if rows[0].cells and _is_mark(rows[0].cells) else 0
    own = {}
    if at < len(rows) and _has_heads(rows[at], _LIST_HEADS):
        heads = heads_of(rows[at].cells or ())
        own = dict(zip(heads, rows[at + 1].cells or (), strict=False)) if at + 1 < len(rows) else {}
        at += 2
    while at < len(rows) and not _has_heads(rows[at], _FILM_HEADS):
        at += 1
    films = Collector()
    if at < len(rows):
        heads = heads_of(rows[at].cells or ())
        films.take_all(_film(row, heads) for row in rows[at + 1 :])
    return films.finished(cleaned(own.get("name", "")), _description(own.get("description", "")))


def _film(row: Record, heads: Sequence[str]) -> FileRow | LeftOut:
    if row.cells is None:
        return LeftOut(row.number, "", "unreadable")
    cells = row.by_head(heads)
    return FileRow(row.number, name=cells.get("name", ""), year=year_of(cells.get("year", "")))


def _description(text: str) -> str:
    lines = (cleaned(line, limit=MAX_DESCRIPTION) for line in text[:MAX_DESCRIPTION].splitlines())
    return "\n".join(lines).strip()[:MAX_DESCRIPTION]


def _is_mark(cells: Sequence[str]) -> bool:
    return bool(cells) and cells[0].strip().lower().startswith(_MARK)


def _has_heads(row: Record, wanted: set[str]) -> bool:
    return row.cells is not None and wanted <= set(heads_of(row.cells))
