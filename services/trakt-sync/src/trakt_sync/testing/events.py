"""Events of lists-api in one line."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from watchbuddy_contracts import (
    Item,
    ItemIds,
    ListCreated,
    ListDeleted,
    ListSyncUnchanged,
    ListUpdated,
    MirrorSettings,
    TraktImportRequested,
)


def movies(*numbers: int) -> tuple[Item, ...]:
    return tuple(Item(media_type="movie", ids=ItemIds(trakt=number)) for number in numbers)


def shows(*numbers: int) -> tuple[Item, ...]:
    return tuple(Item(media_type="show", ids=ItemIds(trakt=number)) for number in numbers)


def wanted(
    list_id: int = 1,
    version: int = 1,
    *,
    title: str = "Heists",
    items: Iterable[Item] = (),
    user: str = "ada",
    description: str | None = None,
    is_ordered: bool = False,
    list_type: str = "manual",
    **mirror: object,
) -> ListCreated | ListUpdated:
    """Return the event that makes this the list's desired state. Args: mirror: further settings of its mirror."""
    model = ListCreated if version == 1 else ListUpdated
    return model.model_validate(
        {
            "list_id": list_id,
            "user_id": user,
            "version": version,
            "title": title,
            "list_type": list_type,
            "description": description,
            "items": tuple(items),
            "mirror": MirrorSettings.model_validate({"order": is_ordered, **mirror}),
        }
    )


def to_watch(*numbers: int, version: int = 1, **settings: Any) -> ListCreated | ListUpdated:  # noqa: ANN401 - as `wanted`
    """Return the event that has these movies in the watchlist."""
    return wanted(version=version, title="To watch", items=movies(*numbers), **{"target": "watchlist", **settings})


def unwanted(list_id: int = 1, version: int = 2, *, title: str = "Heists", user: str = "ada") -> ListDeleted:
    return ListDeleted(list_id=list_id, user_id=user, version=version, title=title)


def synced_by_hand(version: int, list_id: int = 1, *, user: str = "ada") -> ListSyncUnchanged:
    """Return the event of a sync that the owner asked for and that found nothing to change."""
    return ListSyncUnchanged(
        user_id=user,
        list_id=list_id,
        version=version,
        title="Heists",
        run_id=UUID(int=1),
        trigger="manual",
        reason="same",
    )


def import_of(trakt_list: str, owner: str = "me", *, number: int = 1, user: str = "ada") -> TraktImportRequested:
    """Return the event that asks for a list on Trakt to be read."""
    return TraktImportRequested(user_id=user, import_id=UUID(int=number), trakt_list=trakt_list, owner=owner)
