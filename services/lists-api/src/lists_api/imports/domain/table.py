"""Reading the rows of a text with columns, whatever separates them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lists_api.imports.domain.cells import cleaned
from lists_api.imports.domain.media_words import plain

MAX_ROWS: Final = 50_000
"""Rows of a list that are read. A list of 10,000 titles has fewer, with all that spreadsheets append."""
REST: Final = "this row and all after it"
"""How the first row is named that is not read."""
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
    """Return the rows of the text, those of no cells too; at most one more than `MAX_ROWS`."""
    first, _, rest = text.lstrip("\ufeff\r\n ").partition("\n")
    separator = separator_of(first)
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        separator, _, text = first.strip()[-1], first, rest  # Excel's own first line
        separator = separator if separator in SEPARATORS else ","
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    begins = 1
    for _ in range(MAX_ROWS + 1):
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # the reader goes on behind the row
            cells = None
        yield Record(begins, cells)
        begins = reader.line_num + 1


def separator_of(line: str) -> str:
    """Return what separates the line's cells. Text within quotes does not count."""
    outside = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def heads_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the heads as they are compared: letters and digits, lower-case."""
    return tuple(plain(cell) for cell in cells)
