"""A list as its owner wants it, and what they may ask of it."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from lists_api.lists.domain.items import ListItem
from watchbuddy_contracts import ListType, MirrorSettings, Privacy


class Keep(Enum):
    """The value of a field that an edit leaves alone, where None is a value of its own."""

    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class MediaList:
    """A list as its owner wants it.

    Args:
        version: starts with 1 and is counted up by every change.
        description: the owner's own; None: the one that WatchBuddy gives to lists of this type.
        items: in order of rank, each title once.
        is_deleted: this is the tombstone; it has no items.
    """

    list_id: int
    user_id: str
    version: int
    list_type: ListType
    title: str
    description: str | None
    privacy: Privacy
    mirror: MirrorSettings
    items: tuple[ListItem, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class NewList:
    """What a user gives to make a list. The fields are those of `MediaList`."""

    list_type: ListType
    title: str
    description: str | None = None
    privacy: Privacy = "private"
    mirror: MirrorSettings = field(default_factory=MirrorSettings)
    items: tuple[ListItem, ...] = ()


@dataclass(frozen=True, slots=True)
class MirrorEdit:
    """New mirror settings; None leaves one alone. The fields are those of `MirrorSettings`."""

    display_numbers: bool | None = None
    allow_comments: bool | None = None
    order: bool | None = None


@dataclass(frozen=True, slots=True)
class ListEdit:
    """New properties; None leaves one alone, but for the description, which None clears."""

    title: str | None = None
    description: str | Literal[Keep.KEEP] | None = Keep.KEEP
    privacy: Privacy | None = None
    mirror: MirrorEdit = MirrorEdit()
