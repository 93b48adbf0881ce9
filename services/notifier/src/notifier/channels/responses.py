"""The bodies of the responses about channels."""

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from chassis.http.examples import examples
from notifier.catalogue import Severity
from notifier.channels.addresses import Kind
from notifier.channels.attempts import Failure, State, words_of
from notifier.channels.channel import Channel
from notifier.channels.content import text_of
from notifier.channels.log_store import Entry
from notifier.channels.schemas import DigestModel, QuietHours, settings_fields
from watchbuddy_contracts.documented import Documented

CHANNEL_EXAMPLE: Final = {
    "id": 3,
    "kind": "webhook",
    "address": "https://hooks.example.org/…",
    "name": "My script",
    "severities": ["warning", "error"],
    "time_zone": "Europe/Berlin",
    "quiet_hours": {"begin": "22:00", "end": "07:30"},
    "digest": None,
    "enabled": True,
    "created_at": "2026-11-20T18:04:05Z",
    "last_sent_at": "2026-11-21T09:00:00Z",
    "failing_since": None,
    "failure": None,
    "waiting": 0,
    "old_secret_until": None,
}
DELIVERY_EXAMPLE: Final = {
    "id": "0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06",
    "state": "failed",
    "test": False,
    "messages": 1,
    "text": "Trakt access token expired. Please reauthorize.",
    "attempts": 2,
    "created_at": "2026-11-20T18:04:05Z",
    "attempted_at": "2026-11-20T18:04:11Z",
    "next_attempt_at": "2026-11-20T18:04:40Z",
    "failure": {"reason": "answered", "status": 503, "text": "the receiver answered 503"},
}
SECRET_EXAMPLE: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - that of the specification


class FailureOut(Documented):
    """Why an attempt was in vain."""

    reason: Failure
    status: int | None
    """The HTTP status, where there was an answer by HTTP."""
    text: str
    """The same for people."""

    @classmethod
    def of(cls, failure: Failure | None, status: int | None) -> Self | None:
        return None if failure is None else cls(reason=failure, status=status, text=words_of(failure, status))


class ChannelOut(Documented):
    """A channel."""

    model_config = examples(CHANNEL_EXAMPLE)

    id: int
    kind: Kind
    address: str
    """What may be shown of it: the scheme, and the host where that is no secret."""
    name: str
    severities: list[Severity]
    time_zone: str
    quiet_hours: QuietHours | None
    digest: DigestModel | None
    enabled: bool
    created_at: datetime
    last_sent_at: datetime | None
    failing_since: datetime | None
    """Null: the last attempt succeeded, or there was none."""
    failure: FailureOut | None
    """Of the last attempt."""
    waiting: int
    """Messages that are to be sent: held, collected, or tried again."""
    old_secret_until: datetime | None
    """Until then a webhook is signed by the secret before, too."""

    @classmethod
    def of(cls, channel: Channel) -> Self:
        failing = channel.failing
        same = ("id", "kind", "created_at", "last_sent_at", "waiting", "old_secret_until")
        return cls.model_validate(
            settings_fields(channel.given)
            | {name: getattr(channel, name) for name in same}
            | {
                "address": channel.shown,
                "failing_since": failing.since if failing else None,
                "failure": FailureOut.of(failing.failure, failing.status) if failing else None,
            }
        )


class ChannelsOut(Documented):
    """A user's channels, oldest first."""

    model_config = examples({"channels": [CHANNEL_EXAMPLE]})

    channels: list[ChannelOut]


class NewChannelOut(Documented):
    """A channel that was made."""

    model_config = examples({"channel": CHANNEL_EXAMPLE, "secret": SECRET_EXAMPLE})

    channel: ChannelOut
    secret: str | None
    """What a webhook's receiver verifies signatures by. It is shown here alone. Null: it is no webhook."""


class SecretOut(Documented):
    """A webhook's new secret."""

    model_config = examples({"secret": SECRET_EXAMPLE, "old_secret_until": "2026-11-21T18:04:05Z"})

    secret: str
    """It is shown here alone."""
    old_secret_until: datetime
    """Until then the one before signs too."""


class DeliveryOut(Documented):
    """One or more messages that are sent together."""

    model_config = examples(DELIVERY_EXAMPLE)

    id: UUID
    """A webhook's `webhook-id`, the same at every attempt."""
    state: State
    """`pending`, `sent`, `failed` (it is tried again), `exhausted` (it is not)."""
    test: bool
    messages: int
    text: str
    """As people get it: the first twenty messages."""
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    """Null: there is none."""
    failure: FailureOut | None
    """Of the last attempt."""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            id=entry.id,
            state=entry.state,
            test=entry.is_test,
            messages=len(entry.messages),
            text=text_of(entry.messages),
            attempts=entry.attempts,
            created_at=entry.created_at,
            attempted_at=entry.attempted_at,
            next_attempt_at=entry.due_at if entry.state in ("pending", "failed") else None,
            failure=FailureOut.of(entry.failure, entry.failure_status),
        )


class DeliveriesOut(Documented):
    """A page of a channel's log, newest first."""

    model_config = examples({"deliveries": [DELIVERY_EXAMPLE], "page": 1, "limit": 25, "total": 1})

    deliveries: list[DeliveryOut]
    page: int
    limit: int
    total: int
    """On all pages."""
