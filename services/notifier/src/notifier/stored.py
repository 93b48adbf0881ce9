"""Messages as their user sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifier.catalogue import Severity
from notifier.links import Link


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message; `created_at` is when the cause happened."""

    id: int
    kind: str
    text: str
    severity: Severity
    list_id: int | None
    list_title: str | None
    link: Link | None
    created_at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages are meant.

    Args:
        severities: of one of these; empty: of any.
        list_id: about this list; None: about anything.
    """

    unread: bool = False
    severities: tuple[Severity, ...] = ()
    list_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages there are."""

    all: int
    unread: int


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page, newest first, with the user's counts at the same moment.

    Args:
        total: messages that the filter lets through, on all pages.
        counts: of all messages, whatever the filter; by severity.
        has_more: whether there are older ones that the filter lets through.
    """

    messages: list[StoredMessage]
    total: int
    counts: Mapping[Severity, Counts]
    has_more: bool
