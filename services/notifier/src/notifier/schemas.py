"""Requests and answers of the HTTP API."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from notifier.messages import Severity

MAX_ID = 2**63 - 1
MessageId = Annotated[int, Field(ge=0, le=MAX_ID)]


class PageQuery(BaseModel):
    """Which messages to read, newest first."""

    model_config = ConfigDict(extra="forbid")

    unread: bool = False
    """Unread ones only."""
    page: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class UpToQuery(BaseModel):
    """How far an act on all messages goes."""

    model_config = ConfigDict(extra="forbid")

    up_to: MessageId | None = None
    """The newest message that the user has seen: later ones stay as they are. None: all there are now."""


class MessageBody(BaseModel):
    """A message."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    text: str
    severity: Severity
    list_id: int | None
    """None: about the user's Trakt account."""
    created_at: datetime
    """When the cause happened, in UTC."""
    read: bool


class MessagePageBody(BaseModel):
    """A page of messages, newest first."""

    messages: list[MessageBody]
    page: int
    limit: int
    total: int
    """On all pages, as far as the filter lets them through."""
    unread: int
    """Of all messages, whatever the filter."""
