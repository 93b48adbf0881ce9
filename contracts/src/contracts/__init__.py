"""The events of WatchBuddy list sync: what they are called, what they hold, where they travel.

>>> from contracts import ListDeleted
>>> ListDeleted(list_id=7, user_id="ada", version=3, title="Heists").ce_type
'watchbuddy.list.deleted.v1'
"""

from contracts.envelope import EventHeaders
from contracts.events import EVENTS, AccountEvent, Event, ListEvent
from contracts.items import Item, ItemIds, MediaType
from contracts.lists import (
    ListCreated,
    ListDeleted,
    ListState,
    ListSynced,
    ListSyncFailed,
    ListSyncStarted,
    ListType,
    ListUpdated,
    MirrorSettings,
    Privacy,
    Trigger,
)
from contracts.topics import LISTS, TOPICS, TRAKT, Topic, dead_letter_topic, partition_key
from contracts.trakt import (
    FailedOperation,
    FailureReason,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
)

__all__ = [
    "EVENTS",
    "LISTS",
    "TOPICS",
    "TRAKT",
    "AccountEvent",
    "Event",
    "EventHeaders",
    "FailedOperation",
    "FailureReason",
    "Item",
    "ItemIds",
    "ListCreated",
    "ListDeleted",
    "ListEvent",
    "ListState",
    "ListSyncFailed",
    "ListSyncStarted",
    "ListSynced",
    "ListType",
    "ListUpdated",
    "MediaType",
    "MirrorSettings",
    "Privacy",
    "Topic",
    "TraktAccountConnected",
    "TraktAccountDisconnected",
    "TraktDriftFound",
    "TraktListCreated",
    "TraktListDeleted",
    "TraktListSynced",
    "TraktReauthorizationRequired",
    "TraktSyncFailed",
    "Trigger",
    "dead_letter_topic",
    "partition_key",
]
