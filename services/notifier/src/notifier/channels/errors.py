"""What a caller of the channels' API may get wrong.

PermanentError (chassis)
├── NotFoundError (chassis)            404  "not-found"
│   ├── ChannelNotFoundError
│   └── DeliveryNotFoundError
├── TooManyRequestsError (chassis)     429  "too-many-requests"
│   └── TooManyTestsError
├── TooManyChannelsError               409  "too-many-channels"
└── NoWebhookError                     409  "no-webhook"
"""

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from chassis.errors import NotFoundError, PermanentError, TooManyRequestsError
from chassis.http.problem_kinds import Header, Problem
from notifier.channels.channel import MOST_CHANNELS


class ChannelNotFoundError(NotFoundError):
    """The caller has no such channel: it never was, was deleted, or is another user's."""

    def __init__(self, channel_id: int) -> None:
        super().__init__(f"You have no channel {channel_id}.")


class DeliveryNotFoundError(NotFoundError):
    """The caller's channel has no such delivery, or not any more."""

    def __init__(self) -> None:
        super().__init__("You have no such delivery.")


class TooManyTestsError(TooManyRequestsError):
    """The user has asked for a test just now."""

    def __init__(self, every: timedelta, wait: timedelta) -> None:
        super().__init__(f"There is one test in {every.total_seconds():.0f} seconds.", wait)


class TooManyChannelsError(PermanentError):
    """The user has as many channels as there may be."""

    slug = "too-many-channels"
    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} channels, and there may be no more.")


class NoWebhookError(PermanentError):
    """What is asked for is of webhooks alone."""

    slug = "no-webhook"
    status = 409

    def __init__(self) -> None:
        super().__init__("This channel is no webhook, and has no secret.")


class TooManyChannels(Problem):
    """The user has as many channels as there may be."""

    slug: Literal["too-many-channels"]
    status: Literal[409]
    detail: str = Field(examples=[f"You have {MOST_CHANNELS} channels, and there may be no more."])


class NoWebhook(Problem):
    """The channel is no webhook."""

    slug: Literal["no-webhook"]
    status: Literal[409]
    detail: str = Field(examples=["This channel is no webhook, and has no secret."])


_RETRY_AFTER: Header = {"required": True, "schema": {"type": "string"}, "description": "Seconds."}


class TooManyTests(Problem):
    """The user has asked for a test just now."""

    slug: Literal["too-many-requests"]
    status: Literal[429]
    detail: str = Field(examples=["There is one test in 10 seconds."])
    headers: ClassVar = {"Retry-After": _RETRY_AFTER}
