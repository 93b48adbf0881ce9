"""The parameters of the notifier's HTTP requests."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chassis.http.paging import PageQuery

MAX_ID = 2**63 - 1
MessageId = Annotated[int, Field(ge=0, le=MAX_ID)]


class MessagesQuery(PageQuery):
    """Which messages to read, newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    unread: bool = False
    """Unread ones only."""


class UpToQuery(BaseModel):
    """How far an act on all messages goes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    up_to: MessageId | None = None
    """The newest message that the user has seen: later ones stay as they are. Left out: all there are now."""
