"""The parameters of the notifier's HTTP requests."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chassis.http.paging import PageQuery
from notifier.catalogue import Severity
from notifier.stored import Filter

MAX_ID = 2**63 - 1
MessageId = Annotated[int, Field(ge=0, le=MAX_ID)]


class MessagesQuery(PageQuery):
    """Which messages to read, newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    before: MessageId | None = None
    """Those that came before this one: a page's `next_before`. Pages by it stay in place whatever comes or goes."""
    unread: bool = False
    """Unread ones only."""
    severity: Annotated[list[Severity], Field(default_factory=list, max_length=4)]
    """Those of one of these severities. Left out: of any."""
    list_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    """Those about this list."""

    @property
    def filter(self) -> Filter:
        return Filter(unread=self.unread, severities=tuple(self.severity), list_id=self.list_id)


class UpToQuery(BaseModel):
    """How far an act on all messages goes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    up_to: MessageId | None = None
    """The newest message that the user has seen: later ones stay as they are. Left out: all there are now."""
