"""What an event may ask of a mirror at most. lists-api refuses more; this guards against everybody else."""

from typing import Final

from chassis.errors import PermanentError
from watchbuddy_contracts import Event, ListState

MAX_ITEMS: Final = 10_000
MAX_TITLE: Final = 1_000
"""Characters. lists-api allows 255."""


class TooLargeError(PermanentError):
    """No list can be what the event says. It becomes a dead letter."""

    slug = "event-too-large"


def check(event: Event) -> None:
    """Raise when a list is to be larger than lists are.

    Raises:
        TooLargeError: too many items, or too long a title.
    """
    if isinstance(event, ListState):
        if len(event.items) > MAX_ITEMS:
            raise TooLargeError(f"list {event.list_id} has {len(event.items)} items, more than {MAX_ITEMS}")
        if len(event.title) > MAX_TITLE:
            raise TooLargeError(f"list {event.list_id} has a title of {len(event.title)} characters")
