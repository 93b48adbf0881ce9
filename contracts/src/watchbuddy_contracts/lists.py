"""Events of lists-api, on watchbuddy.lists.v1."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from watchbuddy_contracts.events import ListEvent
from watchbuddy_contracts.items import Item

LISTS_TOPIC = "watchbuddy.lists.v1"

ListType = Literal["smart", "custom", "manual"]
Privacy = Literal["private", "link", "friends", "public"]
Trigger = Literal["manual", "auto", "watched_only"]
Count = Annotated[int, Field(ge=0)]


class MirrorSettings(BaseModel):
    """How a list is mirrored to Trakt, as its owner wants it."""

    # As written, the fields with a default are always there.
    model_config = ConfigDict(
        frozen=True, extra="ignore", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )

    display_numbers: bool = True
    allow_comments: bool = False
    order: bool = False
    """Whether a change of order alone is sent. The first mirror is in order in any case."""


class ListState(ListEvent):
    """The whole desired state of a list. An older event adds nothing to it."""

    list_type: ListType
    description: str | None = None
    """The owner's own text. Null: the description that WatchBuddy gives to lists of this type."""
    privacy: Privacy = "private"
    items: tuple[Item, ...] = ()
    mirror: MirrorSettings = MirrorSettings()


class ListCreated(ListState, ce_type="watchbuddy.list.created.v1", topic=LISTS_TOPIC):
    """A user made a list."""


class ListUpdated(ListState, ce_type="watchbuddy.list.updated.v1", topic=LISTS_TOPIC):
    """A user renamed a list, edited its items, or changed its privacy, description or mirror settings."""


class ListSyncStarted(ListEvent, ce_type="watchbuddy.list.sync_started.v1", topic=LISTS_TOPIC):
    """A sync run began."""

    run_id: UUID
    trigger: Trigger


class ListSynced(ListState, ce_type="watchbuddy.list.synced.v1", topic=LISTS_TOPIC):
    """A sync run succeeded. The state is that after the run."""

    run_id: UUID
    trigger: Trigger
    updated: Count
    removed: Count
    total: Count


class ListSyncFailed(ListEvent, ce_type="watchbuddy.list.sync_failed.v1", topic=LISTS_TOPIC):
    """A sync run ended without a result. The list's items stay as they were."""

    run_id: UUID
    trigger: Trigger
    reason: Literal["no_candidates", "error"]


class ListDeleted(ListEvent, ce_type="watchbuddy.list.deleted.v1", topic=LISTS_TOPIC):
    """A user deleted a list. No later event can bring it back."""
