"""How far an import is: one line that changes on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable
from typing import Final, TextIO

from lists_api.catalogue.source import CatalogueFile

EVERY_S: Final = {True: 0.2, False: 10.0}
"""Seconds between two lines: on a terminal, and elsewhere."""
MINUTE: Final = 60


class ImportProgress:
    """Writes what goes on. Time left is by the bytes read of a file."""

    def __init__(self, out: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._is_terminal = out.isatty()
        self._file: CatalogueFile | None = None
        self._began = self._shown = clock()
        self._width = 0

    def reading(self, file: CatalogueFile, rows: int) -> None:
        now = self._clock()
        if file is not self._file:
            self._file, self._began, self._shown = file, now, now
        is_read = file.position >= file.size
        if now - self._shown < EVERY_S[self._is_terminal] and not is_read:
            return
        self._shown = now
        passed, share = now - self._began, file.position / max(file.size, 1)
        text = f"{file.path.name}: {share:.0%}, {rows:,} rows"
        if passed > 0:
            text += f", {rows / passed:,.0f} rows/s"
        if 0 < share < 1:
            text += f", {_duration(passed / share * (1 - share))} left"
        self._write(text)

    def step(self, text: str) -> None:
        self._write(text)

    def end(self) -> None:
        """Leave the line that changes."""
        if self._is_terminal and self._width:
            self._out.write("\r" + " " * self._width + "\r")
            self._out.flush()

    def _write(self, text: str) -> None:
        if self._is_terminal:
            self._out.write("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            self._out.write(text + "\n")
        self._out.flush()


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // MINUTE}:{whole % MINUTE:02} min" if whole >= MINUTE else f"{whole} s"
