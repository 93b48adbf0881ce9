"""Lists, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Final, Self

from chassis.http.examples import examples
from lists_api.http.schemas.filters import FiltersOut
from lists_api.http.schemas.strict import ResponseModel
from lists_api.lists.domain.filling import Sort
from lists_api.lists.domain.schedule import ListStatus
from lists_api.lists.domain.summary import ListSummary
from lists_api.mirror_state.domain.mirror import MirrorReason, MirrorRecord, MirrorState
from watchbuddy_contracts import ListType, MirrorSettings, Privacy


class MirrorStateOut(ResponseModel):
    """How far the list's mirror on Trakt is."""

    state: MirrorState
    """`detached`: you deleted the list on Trakt, and chose that it stays so. With `when_deleted: recreate`, or after
    `POST /api/trakt/lists/{id}/retry`, it is made anew."""
    version: int | None
    """The list's version that trakt-sync spoke of last."""
    reason: MirrorReason | None
    """Why the list is not in sync, where that is known."""
    retry_at: datetime | None
    """Null: nobody knows, or only a change by the user helps."""
    at: datetime | None
    """When trakt-sync last spoke of the list."""
    not_found: int
    """Items that Trakt does not know."""
    left_out: int
    """Items over the limit of the Trakt account."""
    rejected: int
    """Items that Trakt refuses."""
    not_removed: int
    """Items that are not on the list, and that Trakt does not take off."""

    @classmethod
    def of(cls, mirrored: MirrorRecord) -> Self:
        return cls.unchecked(
            {
                "state": mirrored.state,
                "version": mirrored.version,
                "reason": mirrored.reason,
                "retry_at": mirrored.retry_at,
                "at": mirrored.at,
                "not_found": mirrored.not_found,
                "left_out": mirrored.left_out,
                "rejected": mirrored.rejected,
                "not_removed": mirrored.not_removed,
            }
        )


class SourceOut(ResponseModel):
    """Where a list was imported from."""

    kind: str
    """`trakt`: a list on Trakt. There may be further kinds."""
    url: str | None


_EXAMPLE: Final = {
    "id": 7,
    "title": "Heists",
    "list_type": "manual",
    "description": "Plans that nearly work",
    "privacy": "friends",
    "mirror": {
        "display_numbers": True,
        "allow_comments": False,
        "order": True,
        "mode": "mirror",
        "when_deleted": "recreate",
        "when_changed": "restore",
        "when_removed": "restore",
        "target": "list",
    },
    "version": 1,
    "status": "complete",
    "item_count": 1,
    "trakt_list_id": 30571203,
    "mirror_state": {
        "state": "in_sync",
        "version": 1,
        "reason": None,
        "retry_at": None,
        "at": "2026-11-20T18:04:09Z",
        "not_found": 0,
        "left_out": 0,
        "rejected": 0,
        "not_removed": 0,
    },
    "created_at": "2026-11-20T18:04:05Z",
    "updated_at": "2026-11-20T18:04:05Z",
    "last_sync_at": None,
    "next_sync_at": None,
    "has_own_title": True,
    "filters": None,
    "item_limit": None,
    "sort": None,
    "exclude_watched": None,
    "sync_interval_hours": None,
    "full_sync_days": None,
    "is_paused": None,
    "source": None,
}


class ListOut(ResponseModel):
    """A list as it is read. Its items have a path of their own."""

    model_config = examples(_EXAMPLE)

    id: int
    title: str
    list_type: ListType
    description: str | None
    privacy: Privacy
    mirror: MirrorSettings
    version: int
    status: ListStatus
    """How the list is filled. A manual list is always what its owner made of it: complete."""
    item_count: int
    trakt_list_id: int | None
    mirror_state: MirrorStateOut
    created_at: datetime
    updated_at: datetime
    last_sync_at: datetime | None
    next_sync_at: datetime | None
    """Null: nothing runs the list by itself. It is a manual list, or paused."""
    has_own_title: bool
    """False: the title is made from the filters, and follows them."""
    filters: FiltersOut | None
    """Null, as all that follow: a manual list, which your hand alone fills."""
    item_limit: int | None
    sort: Sort | None
    exclude_watched: bool | None
    sync_interval_hours: int | None
    full_sync_days: int | None
    is_paused: bool | None
    source: SourceOut | None
    """Null: the list was made here."""

    @classmethod
    def of(cls, summary: ListSummary) -> Self:
        mirrored = summary.mirrored.as_of(summary.version, summary.account)
        filters, source = summary.filters, summary.source
        return cls.unchecked(
            {
                "id": summary.list_id,
                "title": summary.title,
                "list_type": summary.list_type,
                "description": summary.description,
                "privacy": summary.privacy,
                "mirror": summary.mirror,
                "version": summary.version,
                "status": summary.status,
                "item_count": summary.item_count,
                "trakt_list_id": mirrored.trakt_list_id,
                "mirror_state": MirrorStateOut.of(mirrored),
                "created_at": summary.created_at,
                "updated_at": summary.updated_at,
                "last_sync_at": summary.last_sync_at,
                "next_sync_at": summary.next_sync_at,
                "has_own_title": summary.has_own_title,
                "filters": None if filters is None else FiltersOut.of(filters),
                "item_limit": summary.item_limit,
                "sort": summary.sort,
                "exclude_watched": summary.exclude_watched,
                "sync_interval_hours": summary.sync_interval_hours,
                "full_sync_days": summary.full_sync_days,
                "is_paused": summary.is_paused,
                "source": None if source is None else SourceOut(kind=source.kind, url=source.url),
            }
        )


class ListsOut(ResponseModel):
    """A page of lists, newest first."""

    model_config = examples({"lists": [_EXAMPLE], "page": 1, "limit": 25, "total": 1})

    lists: list[ListOut]
    page: int
    limit: int
    total: int
