"""For tests of messages: events by name, and what a user is told of one."""

from typing import Any, Final
from uuid import UUID

import watchbuddy_contracts
from notifier.messages import Message, news, told_of
from notifier.testing import TIME
from watchbuddy_contracts import Event

HEAD: Final = {"user_id": "ada", "list_id": 7, "version": 3, "title": "Heists"}


def event(name: str, /, **fields: Any) -> Event:  # noqa: ANN401 - fields of any event
    """Return the event of this class name, about a list of ada's unless the fields say otherwise."""
    model: type[Event] = getattr(watchbuddy_contracts, name)
    return model.model_validate(HEAD | fields)


def said_of(one: Event) -> Message | None:
    """Return the first that a user is told of an event, when nothing was wrong before."""
    told = told_of(one, UUID(int=1), TIME)
    return next((new.message for new in news({}, [told] if told else [])), None)


def text_of(said: Event) -> str:
    """Return the words of the message of an event that has one."""
    message = said_of(said)
    assert message is not None
    return message.text
