"""Shows the start of the parts: a live table on a terminal, plain lines elsewhere."""

import sys
import time
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

LIVE_REFRESHES_A_SECOND = 8


class PlainDisplay:
    """One line per event, for logs and pipes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def starting(self, name: str) -> None: ...

    def ready(self, name: str, after: timedelta) -> None:
        self.say(f"{name} ready ({after.total_seconds():.1f} s)")

    def say(self, line: str) -> None:
        print(line, flush=True)  # noqa: T201 - this is the screen


class LiveDisplay:
    """A table of the parts that start. Other lines appear above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began: dict[str, float] = {}
        self._ready: dict[str, timedelta] = {}
        self._live: Live | None = None

    def __enter__(self) -> Self:
        self._live = Live(get_renderable=self._table, console=self._console, refresh_per_second=LIVE_REFRESHES_A_SECOND)
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def starting(self, name: str) -> None:
        self._began[name] = time.monotonic()

    def ready(self, name: str, after: timedelta) -> None:
        self._ready[name] = after

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, began in self._began.items():
            if name in self._ready:
                table.add_row(Text("✓", "green"), name, Text(f"{self._ready[name].total_seconds():.1f} s", "dim"))
            else:
                table.add_row(Spinner("dots"), name, Text(f"{time.monotonic() - began:.0f} s", "dim"))
        return table


AnyDisplay = PlainDisplay | LiveDisplay


def display_for_screen() -> AnyDisplay:
    return LiveDisplay(Console()) if sys.stdout.isatty() else PlainDisplay()
