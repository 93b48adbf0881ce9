"""The bodies of the notifier's HTTP responses."""

from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from chassis.http.examples import examples
from notifier.messages import Severity


class MessageOut(BaseModel):
    """A message for a user."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)

    id: int
    """Grows in the order of arrival."""
    text: str
    severity: Severity
    list_id: int | None
    """Null: the message is about the user's Trakt account."""
    created_at: datetime
    """When the cause happened, in UTC."""
    read: bool


EXAMPLE: Final = MessageOut(
    id=12,
    text="Created list 'Heists' on Trakt",
    severity="success",
    list_id=7,
    created_at=datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC),
    read=False,
)


class MessagesOut(BaseModel):
    """A page of messages, newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True) | examples(
        {"messages": [EXAMPLE.model_dump(mode="json")], "page": 1, "limit": 50, "total": 1, "unread": 1}
    )

    messages: list[MessageOut]
    page: int
    limit: int
    total: int
    """How many the filter lets through, on all pages."""
    unread: int
    """How many of all messages are unread, whatever the filter."""
