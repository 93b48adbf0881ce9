"""What the notifier gives over HTTP."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from notifier.messages import Severity


class MessageOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    text: str
    severity: Severity
    list_id: int | None
    """None: about the user's Trakt account."""
    created_at: datetime
    """When the cause happened, in UTC."""
    read: bool


class MessagesOut(BaseModel):
    """A page of messages, newest first."""

    messages: list[MessageOut]
    page: int
    limit: int
    total: int
    """On all pages, as far as the filter lets them through."""
    unread: int
    """Of all messages, whatever the filter."""
