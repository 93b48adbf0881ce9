"""Reading the rows of a text with columns, whatever separates them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from lists_api.imports.domain.cells import cleaned
from lists_api.imports.domain.media_words import plain

MAX_ROWS: Final = 50_000
"""Rows of a list that are read. A list of 10,000 titles has fewer, with all that spreadsheets append."""
REST: Final = "this row and all after it"
"""How the first row is named that is not read."""
MAX_SPAN: Final = 500
"""Lines of a row. Descriptions have fewer."""
MAX_BROKEN: Final = 100
"""Rows with a quote that nobody closed. After so many, a row has one line, so that no file costs more than its size."""
SEPARATORS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Record:
    """A row of cells.

    Args:
        number: the line where it begins, from 1. A quoted cell may have several lines.
        cells: None: the row cannot be read, for it has a cell of more than 128 KiB.
    """

    number: int
    cells: Sequence[str] | None

    @property
    def is_blank(self) -> bool:
        return self.cells is not None and not any(cell.strip() for cell in self.cells)

    def by_head(self, heads: Sequence[str]) -> Mapping[str, str]:
        """Return the cells by the head of their column, cleaned. Of columns with one head, the first counts."""
        found: dict[str, str] = {}
        for head, cell in zip(heads, self.cells or (), strict=False):
            found.setdefault(head, cleaned(cell))
        return found


def records(text: str) -> Iterator[Record]:
    """Return the rows of the text, those of no cells too; at most one more than `MAX_ROWS`.

    A quote that nobody closed makes one cell of all lines up to the next quote. Such a row has another number of cells
    than the one before it: its first line is then a row by itself, and the lines after it are read anew.
    """
    separator, text = _separated(text)
    lines = _Lines(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=separator)
    begins, columns, broken = 1, 0, 0
    for _ in range(MAX_ROWS + 1):
        lines.begin(at_most=MAX_SPAN if broken < MAX_BROKEN else 1)
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell that is too long
            cells = None
        if lines.were_cut or (lines.count > 1 and (cells is None or columns not in (0, len(cells)))):
            cells = _unquoted(lines.first_again(), separator)
            broken += 1
        yield Record(begins, cells)
        begins += lines.count
        columns = len(cells) if cells else columns


class _Lines:
    """The lines of a text, of which a row takes a bounded number, and gives back all but the first."""

    def __init__(self, text: io.StringIO) -> None:
        self._text = text
        self._start = 0
        self._at_most = 0
        self.count = 0
        self.were_cut = False

    def begin(self, *, at_most: int) -> None:
        """Begin a row."""
        self._start, self._at_most, self.count, self.were_cut = self._text.tell(), at_most, 0, False

    def first_again(self) -> str:
        """Return the row's first line. The next row begins behind it."""
        self._text.seek(self._start)
        self.count = 1
        return self._text.readline()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if self.count == self._at_most:
            self.were_cut = True
            raise StopIteration
        line = next(self._text)
        self.count += 1
        return line


def _separated(text: str) -> tuple[str, str]:
    """Return what separates the cells, and the text without a line that only says so, as Excel writes it."""
    text = text.lstrip("\ufeff")
    first, line_end, _ = text.lstrip("\r\n ").partition("\n")
    named = first.strip().lower().removeprefix("sep=")
    if named in SEPARATORS and named != first.strip():
        # The line stays as an empty one, so that the others keep their numbers.
        return named, text.replace(first + line_end, line_end, 1)
    return separator_of(first), text


def _unquoted(line: str, separator: str) -> list[str] | None:
    """Return the cells of a line whose quotes mean nothing; None: it cannot be read."""
    try:
        return next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), [])
    except csv.Error:
        return None


def separator_of(line: str) -> str:
    """Return what separates the line's cells. Text within quotes does not count."""
    outside = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def heads_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the heads as they are compared: letters and digits, lower-case."""
    return tuple(plain(cell) for cell in cells)
