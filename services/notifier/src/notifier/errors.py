"""What a caller of the notifier may get wrong.

PermanentError (chassis)
├── NotFoundError (chassis)         404  "not-found"
│   └── MessageNotFoundError
└── TooManyRequestsError (chassis)  429
    └── TooManyStreamsError              "too-many-streams"
"""

from datetime import timedelta
from typing import Final

from chassis.errors import NotFoundError, TooManyRequestsError

RETRY_AFTER: Final = timedelta(seconds=30)
"""After it, streams that nobody reads any more have been noticed."""


class MessageNotFoundError(NotFoundError):
    """The caller has no such message: it never was, it was cleared or swept, or it is another user's."""

    def __init__(self, message_id: int) -> None:
        super().__init__(f"You have no message {message_id}.")


class TooManyStreamsError(TooManyRequestsError):
    """The user has as many streams of this process as they may have."""

    slug = "too-many-streams"

    def __init__(self, limit: int) -> None:
        detail = f"You have {limit} live streams open, which is as many as you may have."
        super().__init__(detail, RETRY_AFTER, limit=limit)
