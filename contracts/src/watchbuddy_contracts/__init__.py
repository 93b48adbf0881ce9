"""The events of WatchBuddy list sync: what they are called, what they hold, where they travel.

>>> from watchbuddy_contracts import ListDeleted
>>> ListDeleted(list_id=7, user_id="ada", version=3, title="Heists").ce_type
'watchbuddy.list.deleted.v1'
"""

from watchbuddy_contracts.envelope import EventHeaders
from watchbuddy_contracts.events import EVENTS, AccountEvent, Event, ListEvent, without
from watchbuddy_contracts.imports import (
    ForeignEntries,
    ReadFailureReason,
    TraktImportRefused,
    TraktImportRequested,
    TraktListRead,
    TraktListReadFailed,
)
from watchbuddy_contracts.items import Item, ItemIds, MediaType
from watchbuddy_contracts.lists import (
    ListCreated,
    ListDeleted,
    ListRunChanged,
    ListRunHeld,
    ListSource,
    ListState,
    ListSynced,
    ListSyncFailed,
    ListSyncStarted,
    ListSyncUnchanged,
    ListType,
    ListUpdated,
    MirrorSettings,
    Privacy,
    RunState,
    Trigger,
)
from watchbuddy_contracts.titles import Title, TitleKey, index_of, keys_of, to_items
from watchbuddy_contracts.topics import (
    DEAD_LETTER_RETENTION,
    LISTS,
    TOPICS,
    TRAKT,
    Topic,
    dead_letter_topic,
    partition_key,
)
from watchbuddy_contracts.trakt import (
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
from watchbuddy_contracts.watched import TraktWatchedChanged, WatchedItem

__all__ = [
    "DEAD_LETTER_RETENTION",
    "EVENTS",
    "LISTS",
    "TOPICS",
    "TRAKT",
    "AccountEvent",
    "Event",
    "EventHeaders",
    "FailedOperation",
    "FailureReason",
    "ForeignEntries",
    "Item",
    "ItemIds",
    "ListCreated",
    "ListDeleted",
    "ListEvent",
    "ListRunChanged",
    "ListRunHeld",
    "ListSource",
    "ListState",
    "ListSyncFailed",
    "ListSyncStarted",
    "ListSyncUnchanged",
    "ListSynced",
    "ListType",
    "ListUpdated",
    "MediaType",
    "MirrorSettings",
    "Privacy",
    "ReadFailureReason",
    "RunState",
    "Title",
    "TitleKey",
    "Topic",
    "TraktAccountConnected",
    "TraktAccountDisconnected",
    "TraktDriftFound",
    "TraktImportRefused",
    "TraktImportRequested",
    "TraktListCreated",
    "TraktListDeleted",
    "TraktListRead",
    "TraktListReadFailed",
    "TraktListSynced",
    "TraktReauthorizationRequired",
    "TraktSyncFailed",
    "TraktWatchedChanged",
    "Trigger",
    "WatchedItem",
    "dead_letter_topic",
    "index_of",
    "keys_of",
    "partition_key",
    "to_items",
    "without",
]
