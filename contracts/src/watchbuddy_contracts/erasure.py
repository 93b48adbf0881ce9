"""Erasing a user: lists-api asks for it, each other service says when nothing of the user is left (decision 62).

A user may come back under the same id. So each topic says where the life that was erased ends: what a consumer reads
before that is of the user who is gone, however late it comes.
"""

from typing import Final
from uuid import UUID

from pydantic import Field

from watchbuddy_contracts.events import Event, UserId
from watchbuddy_contracts.lists import LISTS_TOPIC, Count
from watchbuddy_contracts.trakt import TRAKT_TOPIC

NOTIFICATIONS_TOPIC: Final = "watchbuddy.notifications.v1"
PSEUDONYM: Final = "erased:"
"""How the ids begin that stand for erased users. No token's `sub` may begin so."""


def pseudonym_of(erasure_id: UUID) -> str:
    """Return the user id that stands for an erased user while something of theirs is still to be deleted."""
    return f"{PSEUDONYM}{erasure_id}"


def is_pseudonym(user_id: str) -> bool:
    """Return whether an id stands for an erased user. Nobody is told of what happens to such a user."""
    return user_id.startswith(PSEUDONYM)


def erasure_of(pseudonym: str) -> UUID:
    """Return the erasure whose user a pseudonym stands for."""
    return UUID(pseudonym.removeprefix(PSEUDONYM))


class ErasureEvent(Event):
    """An event of a user's erasure."""

    erasure_id: UUID
    """Of this erasure. A user who comes back may be erased again."""

    @property
    def subject(self) -> str:
        return str(self.erasure_id)


class UserErasureRequested(ErasureEvent, ce_type="watchbuddy.list.user_erasure_requested.v1", topic=LISTS_TOPIC):
    """A user wants everything of theirs deleted; lists-api has done so.

    On this topic nothing comes behind it of what the user had before.
    """

    keep_trakt_lists: bool
    """Whether the lists on Trakt stay there."""


class TraktUserForgotten(ErasureEvent, ce_type="watchbuddy.trakt.user_forgotten.v1", topic=TRAKT_TOPIC):
    """trakt-sync has nothing under the user's id any more. Lists may still be on their way from Trakt.

    On this topic nothing comes behind it of what the user had before.
    """


class TraktUserErased(ErasureEvent, ce_type="watchbuddy.trakt.user_erased.v1", topic=TRAKT_TOPIC):
    """trakt-sync has nothing of the user any more."""

    user_id: UserId
    """A pseudonym, `erased:` and the erasure's id."""
    trakt_lists_left: Count = Field(default=0)
    """How many lists of our making could not be deleted on Trakt. 0 also where they were to stay."""


class NotificationsUserErased(
    ErasureEvent, ce_type="watchbuddy.notification.user_erased.v1", topic=NOTIFICATIONS_TOPIC
):
    """The notifier has nothing of the user any more."""

    user_id: UserId
    """A pseudonym, `erased:` and the erasure's id."""
