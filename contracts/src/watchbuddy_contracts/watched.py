"""What a user has watched, from trakt-sync."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from watchbuddy_contracts.events import AccountEvent
from watchbuddy_contracts.items import Item
from watchbuddy_contracts.trakt import TRAKT_TOPIC


class WatchedItem(Item):
    """A movie or show that was watched, of a show at least one episode."""

    last_watched_at: datetime
    plays: Annotated[int, Field(ge=1)] = 1
    """How often in all, also where the event tells of a new play: of a show, of all its episodes."""


class TraktWatchedChanged(AccountEvent, ce_type="watchbuddy.trakt.watched_changed.v1", topic=TRAKT_TOPIC):
    """The user's watched history on Trakt changed.

    Of two events that name a title, the one whose `ce_time` is later wins. A history too large for one event comes as a
    full one and further ones of the same `ce_time` that add to it.
    """

    watched: tuple[WatchedItem, ...] = ()
    unwatched: tuple[Item, ...] = ()
    is_full: bool = False
    """True: this is the whole history, and a title that is not named is not watched."""
