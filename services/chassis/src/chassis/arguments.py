"""What all commands have in common. A wrong argument is refused in a line that says what to give."""

import argparse
import os
import sys
from datetime import UTC, datetime
from typing import Final, NoReturn

MAX_ID: Final = (1 << 63) - 1


class Parser(argparse.ArgumentParser):
    """Refuses a command line in one line. argparse prints the usage before it, ten lines of some commands."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (--help says more)\n")


def instant(text: str) -> datetime:
    """Return a time; one without a zone is UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: give ISO 8601, like 2026-11-27T03:00:00Z") from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def row_id(text: str) -> int:
    """Return the id of a list, or of another row."""
    if not text.isdecimal() or not 1 <= int(text) <= MAX_ID:
        raise argparse.ArgumentTypeError(f"{text!r} is no id: give a number, as `list` or the API shows it")
    return int(text)


def after_closed_pipe() -> int:
    """Return the exit status of a command whose reader has read enough (`| head`), and let it end in silence."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
    return 1
