"""Events of lists-api, on watchbuddy.lists.v1."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from watchbuddy_contracts.documented import Documented
from watchbuddy_contracts.events import ListEvent
from watchbuddy_contracts.items import Item

LISTS_TOPIC = "watchbuddy.lists.v1"

ListType = Literal["smart", "custom", "manual"]
Privacy = Literal["private", "link", "friends", "public"]
Trigger = Literal["manual", "auto", "watched_only"]
RunState = Literal["queued", "running", "succeeded", "no_candidates", "held", "rejected", "cancelled", "failed"]
MirrorMode = Literal["mirror", "keep_extra", "add_only"]
WhenDeleted = Literal["recreate", "detach"]
WhenChanged = Literal["restore", "take_over"]
MirrorTarget = Literal["list", "watchlist"]
Count = Annotated[int, Field(ge=0)]


class MirrorSettings(Documented):
    """How a list is mirrored to Trakt, as its owner wants it."""

    # As written, the fields with a default are always there.
    model_config = ConfigDict(
        frozen=True, extra="ignore", defer_build=True, json_schema_serialization_defaults_required=True
    )

    display_numbers: bool = True
    allow_comments: bool = False
    order: bool = False
    """Whether a change of order alone is sent. The first mirror is in order in any case."""
    mode: MirrorMode = "mirror"
    """`mirror`: Trakt equals the list. `keep_extra`: what somebody added by hand on Trakt stays; what WatchBuddy put
    there is removed when it leaves the list. `add_only`: nothing is ever removed."""
    when_deleted: WhenDeleted = "recreate"
    """When the list on Trakt was deleted by hand: make it anew, or leave it and stop mirroring."""
    when_changed: WhenChanged = "restore"
    """When the list on Trakt was renamed, made public and the like by hand: put that back, or change it here too."""
    when_removed: WhenChanged = "restore"
    """When a title was taken off on Trakt by hand: put it back, or take it off here too."""
    target: MirrorTarget = "list"
    """Where the list is mirrored to: a list of its own, or the user's watchlist, which one list of a user can have."""


class ListState(ListEvent):
    """The whole desired state of a list. An older event adds nothing to it."""

    list_type: ListType
    description: str | None = None
    """The owner's own text. Null: the description that WatchBuddy gives to lists of this type."""
    privacy: Privacy = "private"
    items: tuple[Item, ...] = ()
    mirror: MirrorSettings = MirrorSettings()
    uses_watched: bool = False
    """Whether it matters to this list what its owner has watched on Trakt: the history is read while a list says so."""


class ListSource(Documented):
    """Where a list came from."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    kind: Annotated[str, Field(min_length=1, max_length=32)]
    """`trakt`: a list on Trakt. Readers bear kinds that they do not know."""
    url: Annotated[str, Field(max_length=2048)] | None = None


class ListCreated(ListState, ce_type="watchbuddy.list.created.v1", topic=LISTS_TOPIC):
    """A user made a list."""

    source: ListSource | None = None
    """Where it was imported from. Null: it was made by hand, or by its filters."""


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


class ListSyncUnchanged(ListEvent, ce_type="watchbuddy.list.sync_unchanged.v1", topic=LISTS_TOPIC):
    """A sync run that a user asked for left the list as it was."""

    run_id: UUID
    trigger: Trigger
    reason: Literal["same", "not_due"]
    """`same`: it found what is on the list; `not_due`: it looked for nothing, and was not forced to."""


class ListDeleted(ListEvent, ce_type="watchbuddy.list.deleted.v1", topic=LISTS_TOPIC):
    """A user deleted a list. No later event can bring it back."""


class ListRunChanged(ListEvent, ce_type="watchbuddy.list.run_changed.v1", topic=LISTS_TOPIC):
    """A sync run went on: for progress on a screen, never to be kept. A lost one costs nothing."""

    run_id: UUID
    trigger: Trigger
    state: RunState
    step: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    """What the run is doing, in a word: `candidates`, `scoring`, `saving`. Null: it does nothing now."""
    percent: Annotated[int, Field(ge=0, le=100)]
    updated: Count | None = None
    removed: Count | None = None
    total: Count | None = None


class ListRunHeld(ListEvent, ce_type="watchbuddy.list.run_held.v1", topic=LISTS_TOPIC):
    """A sync run would remove so many items that it waits until the user approves or rejects it."""

    run_id: UUID
    trigger: Trigger
    would_add: Count
    would_remove: Count
    total: Count
    """The list's items before the run."""
