"""Which process this is: its service and the command that it runs. Postgres shows it for every connection."""

from contextvars import ContextVar
from typing import Final

_NAME: Final[ContextVar[str]] = ContextVar("process", default="watchbuddy")


def identify(service: str, command: str) -> None:
    """Say, once at the start, which command of which service this process runs."""
    _NAME.set(f"{service.replace('_', '-')} {command}")


def identity() -> str:
    """Return service and command, as in "lists-api relay"; "watchbuddy" outside a service's command."""
    return _NAME.get()
