"""The bodies of the notifier's HTTP responses."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.http.examples import examples
from notifier.catalogue import Severity
from notifier.links import Link
from notifier.stored import MessagePage
from watchbuddy_contracts import ListRunChanged, RunState, Trigger
from watchbuddy_contracts.documented import Documented


class MessageOut(Documented):
    """A message for a user."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    """Grows in the order of arrival."""
    kind: str
    """What it tells of, in a word for programs, such as `trakt_list_incomplete`. Further ones may come."""
    text: str
    severity: Severity
    list_id: int | None
    """Null: the message is about the user's Trakt account."""
    list_title: str | None
    """The list's title when it happened."""
    link: Link | None
    """Where the matter stands. Null: nowhere any more, as that of a deleted list."""
    created_at: datetime
    """When the cause happened, in UTC."""
    read: bool


EXAMPLE: Final = MessageOut(
    id=12,
    kind="trakt_list_incomplete",
    text="Synced to Trakt: +8 -0 (2 not found, 5 over your account's limit)",
    severity="warning",
    list_id=7,
    list_title="Heists",
    link=Link(to="titles", list_id=7, title_states=("not_found", "left_out")),
    created_at=datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC),
    read=False,
)


class CountsOut(Documented):
    """How many messages there are."""

    model_config = ConfigDict(from_attributes=True)

    all: int
    unread: int


class BySeverityOut(Documented):
    """How many messages there are of each severity."""

    model_config = ConfigDict(from_attributes=True)

    info: CountsOut
    success: CountsOut
    warning: CountsOut
    error: CountsOut


class AllCountsOut(CountsOut):
    """How many messages the user has, whatever the filter."""

    by_severity: BySeverityOut


class MessagesOut(Documented):
    """A page of messages, newest first."""

    model_config = examples(
        {
            "messages": [EXAMPLE.model_dump(mode="json")],
            "page": 1,
            "limit": 50,
            "total": 1,
            "next_before": None,
            "unread": 1,
            "counts": {
                "all": 1,
                "unread": 1,
                "by_severity": {
                    "info": {"all": 0, "unread": 0},
                    "success": {"all": 0, "unread": 0},
                    "warning": {"all": 1, "unread": 1},
                    "error": {"all": 0, "unread": 0},
                },
            },
        }
    )

    messages: list[MessageOut]
    page: int
    limit: int
    total: int
    """How many the filter lets through, on all pages."""
    next_before: int | None
    """What to send as `before` for those that come after these. Null: these are the last."""
    unread: int
    """How many of all messages are unread, whatever the filter."""
    counts: AllCountsOut

    @classmethod
    def of(cls, found: MessagePage, *, page: int, limit: int) -> "MessagesOut":
        counts = AllCountsOut(
            all=sum(one.all for one in found.counts.values()),
            unread=sum(one.unread for one in found.counts.values()),
            by_severity=BySeverityOut.model_validate(dict(found.counts)),
        )
        return cls(
            messages=[MessageOut.model_validate(message) for message in found.messages],
            page=page,
            limit=limit,
            total=found.total,
            next_before=found.messages[-1].id if found.has_more else None,
            unread=counts.unread,
            counts=counts,
        )


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
