"""The file of rows that an import could not take."""

import csv
from pathlib import Path
from typing import IO, Any

from lists_api.catalogue.domain.imported import RejectedRow
from lists_api.errors import CatalogueFileError


class Rejects:
    """Writes rejected rows as CSV: file, line, reason, how the row begins. The file is made with its first row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add(self, source: Path, row: RejectedRow) -> None:
        """Write a row.

        Raises:
            CatalogueFileError: the file cannot be written.
        """
        try:
            if self._file is None:
                self._file = self.path.open("w", newline="", encoding="utf-8", errors="backslashreplace")
                self._writer = csv.writer(self._file)
                self._writer.writerow(("file", "line", "reason", "row"))
            self._writer.writerow((source.name, row.line, row.reason, row.excerpt.rstrip("\r\n").replace("\0", "")))
        except OSError as exc:
            raise CatalogueFileError(self.path, f"cannot be written: {exc.strerror or exc}") from exc
        self.count += 1

    def close(self) -> None:
        """Write what is left."""
        if self._file is not None:
            self._file.close()
