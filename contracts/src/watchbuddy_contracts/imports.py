"""The import of a list from Trakt: lists-api asks, trakt-sync reads the list once and answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from watchbuddy_contracts.documented import Documented
from watchbuddy_contracts.events import AccountEvent, BigintId
from watchbuddy_contracts.items import Item
from watchbuddy_contracts.lists import LISTS_TOPIC, Count
from watchbuddy_contracts.trakt import TRAKT_TOPIC

TraktListRef = Annotated[str, Field(max_length=255, pattern=r"^[A-Za-z0-9_-]+$")]
"""A Trakt list's number or slug, as text."""
TraktOwner = Annotated[str, Field(max_length=255, pattern=r"^[A-Za-z0-9_-]+$")]
ReadFailureReason = Literal[
    "not_found", "private", "auth", "network", "not_connected", "too_large", "own_mirror", "rejected"
]


class TraktImportRequested(AccountEvent, ce_type="watchbuddy.list.trakt_import_requested.v1", topic=LISTS_TOPIC):
    """A user asked for a list of theirs to be made from a list on Trakt."""

    import_id: UUID
    trakt_list: TraktListRef
    owner: TraktOwner = "me"
    """The slug of the Trakt user whose list it is; `me`: the user's own."""


class TraktImportRefused(AccountEvent, ce_type="watchbuddy.list.trakt_import_refused.v1", topic=LISTS_TOPIC):
    """A list on Trakt was read, and no list was made of it."""

    import_id: UUID
    trakt_list: TraktListRef
    owner: TraktOwner = "me"
    reason: Literal["own_mirror", "too_large", "quota_exceeded"]
    """`own_mirror`: it is the mirror of one of the user's own lists."""
    detail: str | None = None
    """In words for people."""


class ForeignEntries(Documented):
    """How many entries of a Trakt list are no movie or show with an id, by kind. A list here cannot hold them."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", defer_build=True, json_schema_serialization_defaults_required=True
    )

    seasons: Count = 0
    episodes: Count = 0
    people: Count = 0
    other: Count = 0


class TraktListRead(AccountEvent, ce_type="watchbuddy.trakt.list_read.v1", topic=TRAKT_TOPIC):
    """A list on Trakt was read, whole."""

    import_id: UUID
    trakt_list_id: BigintId
    name: str
    description: str | None = None
    url: Annotated[str, Field(max_length=2048)]
    """The list's page on Trakt."""
    items: tuple[Item, ...]
    """In the list's order, each title once."""
    item_count: Count
    """The entries that Trakt counts, foreign ones too."""
    foreign: ForeignEntries = ForeignEntries()


class TraktListReadFailed(AccountEvent, ce_type="watchbuddy.trakt.list_read_failed.v1", topic=TRAKT_TOPIC):
    """A list on Trakt could not be read."""

    import_id: UUID
    trakt_list: TraktListRef
    owner: TraktOwner = "me"
    reason: ReadFailureReason
    """`own_mirror`: it is the mirror of one of the user's own lists. `too_large`: a list here cannot hold it."""
    detail: str | None = None
    """Trakt's own words, when its answer had any."""
    retry_at: datetime | None = None
    """Null: it is not tried again. Else the next try; of an outage the user is told once."""
