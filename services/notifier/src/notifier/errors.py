"""What a caller of the notifier may get wrong.

PermanentError (chassis)
└── NotFoundError (chassis)        404  "not-found"
    └── MessageNotFoundError
"""

from chassis.errors import NotFoundError


class MessageNotFoundError(NotFoundError):
    """The caller has no such message: it never was, it was cleared or swept, or it is another user's."""

    def __init__(self, message_id: int) -> None:
        super().__init__(f"You have no message {message_id}.")
