"""What a delivery says: a text for people, or the body of a webhook."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from notifier.catalogue import Severity
from notifier.channels.attempts import Failure, words_of
from notifier.channels.channel import Told

TITLE: Final = "WatchBuddy"
MAX_LINES: Final = 20
"""Of a text. Services cut long ones off; Telegram's limit of 4,096 characters is among the lowest."""
TEST: Final = "This is a test of '{name}'. Messages of your lists will come here."
LOST: Final = "Messages could not be sent to '{name}' any more: {words}. Look at this channel, and test it."
WORST_FIRST: Final[tuple[Severity, ...]] = ("error", "warning", "success", "info")


def text_of(messages: Sequence[Told]) -> str:
    """Return one text for all the messages, oldest first."""
    lines = [_line(message) for message in messages[:MAX_LINES]]
    if len(messages) == 1:
        return lines[0]
    if more := len(messages) - len(lines):
        lines.append(f"and {more} more")
    return "\n".join(lines)


def _line(message: Told) -> str:
    """Return the message as it is understood where nothing else says of which list it is."""
    name = f"'{message.list_title}'"
    return message.text if message.list_title is None or name in message.text else f"{name}: {message.text}"


def title_of(messages: Sequence[Told]) -> str:
    return TITLE if len(messages) == 1 else f"{TITLE}: {len(messages)} messages"


def severity_of(messages: Sequence[Told]) -> Severity:
    """Return the worst one."""
    return min((message.severity for message in messages), key=WORST_FIRST.index)


def webhook_body(messages: Sequence[Told], *, is_test: bool, created_at: datetime) -> str:
    """Return the JSON body, the same at every attempt.

    Its form is that of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec
    """
    data = [
        {
            "id": message.id,
            "kind": message.kind,
            "text": message.text,
            "severity": message.severity,
            "list_id": message.list_id,
            "list_title": message.list_title,
            "created_at": message.created_at.isoformat(),
        }
        for message in messages
    ]
    kind = "channel.test" if is_test else "messages.created"
    body = {"type": kind, "timestamp": created_at.isoformat(), "data": {"messages": data}}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def lost_text(name: str, failure: Failure, status: int | None) -> str:
    """Return what a user is told when a delivery is given up."""
    return LOST.format(name=name, words=words_of(failure, status))
