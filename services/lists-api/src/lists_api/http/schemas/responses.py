"""Lists, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Final, Literal, Self

from chassis.http.examples import examples
from lists_api.http.schemas.strict import ResponseModel
from lists_api.lists.domain.summary import ListSummary
from lists_api.mirror_state.domain.mirror import MirrorReason, MirrorState
from watchbuddy_contracts import ListType, MirrorSettings, Privacy


class MirrorStateOut(ResponseModel):
    """How far the list's mirror on Trakt is."""

    state: MirrorState
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


_EXAMPLE: Final = {
    "id": 7,
    "title": "Heists",
    "list_type": "manual",
    "description": "Plans that nearly work",
    "privacy": "friends",
    "mirror": {"display_numbers": True, "allow_comments": False, "order": True},
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
    },
    "created_at": "2026-11-20T18:04:05Z",
    "updated_at": "2026-11-20T18:04:05Z",
    "last_sync_at": None,
    "next_sync_at": None,
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
    status: Literal["complete"] = "complete"
    """How the list is filled. A manual list is always what its owner made of it."""
    item_count: int
    trakt_list_id: int | None
    mirror_state: MirrorStateOut
    created_at: datetime
    updated_at: datetime
    last_sync_at: datetime | None
    next_sync_at: datetime | None = None
    """Null: the list has no schedule. A manual list never has one."""

    @classmethod
    def of(cls, summary: ListSummary) -> Self:
        mirrored = summary.mirrored.as_of(summary.version, summary.account)
        return cls(
            id=summary.list_id,
            **summary.properties.by_name(),
            version=summary.version,
            item_count=summary.item_count,
            trakt_list_id=mirrored.trakt_list_id,
            mirror_state=MirrorStateOut(**{name: getattr(mirrored, name) for name in MirrorStateOut.model_fields}),
            created_at=summary.created_at,
            updated_at=summary.updated_at,
            last_sync_at=summary.last_sync_at,
        )


class ListsOut(ResponseModel):
    """A page of lists, newest first."""

    model_config = examples({"lists": [_EXAMPLE], "page": 1, "limit": 25, "total": 1})

    lists: list[ListOut]
    page: int
    limit: int
    total: int
