"""What can go wrong with the local stack.

PartError
├── PartFailedError      a part did not start, or ended by itself: its log says why
└── CannotStartError     it cannot be started like this, and nothing was started
    ├── MissingProgramError  a program of the machine is not there (java, mvn, initdb)
    └── NoStackError         a command for the running stack, and none runs here
"""

from pathlib import Path

TAIL_LINES = 15


class PartError(Exception):
    """A part of the stack has failed, or cannot start."""


class CannotStartError(PartError):
    """The options or the machine do not allow it. The text is one line for the user."""


class MissingProgramError(CannotStartError):
    """A program that the machine must bring is not on the PATH."""


class NoStackError(CannotStartError):
    """No stack is ready here."""


class PartFailedError(PartError):
    """A part ended or did not get ready.

    Args:
        name: the part, as the screen and `.local/stack.json` call it.
        reason: one line.
        log: where it writes; None when it wrote nowhere.
    """

    def __init__(self, name: str, reason: str, log: Path | None = None) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.log = log

    def tail(self, lines: int = TAIL_LINES) -> str:
        """Return the last lines of the part's log; empty when there is none."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
