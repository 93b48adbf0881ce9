"""The bodies of the notifier's HTTP responses."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.http.examples import examples
from notifier.messages import Severity
from watchbuddy_contracts import ListRunChanged, RunState, Trigger
from watchbuddy_contracts.documented import Documented


class MessageOut(Documented):
    """A message for a user."""

    model_config = ConfigDict(from_attributes=True)

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


class MessagesOut(Documented):
    """A page of messages, newest first."""

    model_config = examples(
        {"messages": [EXAMPLE.model_dump(mode="json")], "page": 1, "limit": 50, "total": 1, "unread": 1}
    )

    messages: list[MessageOut]
    page: int
    limit: int
    total: int
    """How many the filter lets through, on all pages."""
    unread: int
    """How many of all messages are unread, whatever the filter."""


class RunOut(Documented):
    """How far a sync run of a list is."""

    model_config = ConfigDict(from_attributes=True)

    list_id: int
    run_id: UUID
    trigger: Trigger
    state: RunState
    step: str | None
    """What the run is doing, in a word; null: nothing now."""
    percent: Annotated[int, Field(ge=0, le=100)]
    updated: int | None
    removed: int | None
    total: int | None
    at: datetime
    """When it was so, in UTC."""


RUN_EXAMPLE: Final = RunOut(
    list_id=7,
    run_id=UUID("0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06"),
    trigger="manual",
    state="running",
    step="scoring",
    percent=60,
    updated=None,
    removed=None,
    total=None,
    at=datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC),
)


class RunNotice(BaseModel):
    """A change of a run on its way to the user's streams, as the payload of a Postgres notification (< 8,000 bytes)."""

    user_id: str
    run: RunOut

    @classmethod
    def of(cls, event: ListRunChanged, at: datetime) -> "RunNotice":
        return cls(user_id=event.user_id, run=RunOut.model_validate(event.model_dump() | {"at": at}))
