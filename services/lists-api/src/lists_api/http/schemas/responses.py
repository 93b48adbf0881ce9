"""Lists, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel

from lists_api.lists.domain.summary import ListSummary
from lists_api.mirror_state.domain.mirror import MirrorReason, MirrorState
from watchbuddy_contracts import ListType, MirrorSettings, Privacy


class MirrorStateOut(BaseModel):
    state: MirrorState
    version: int | None
    """The list's version that trakt-sync spoke of last."""
    reason: MirrorReason | None
    """Why the list is not in sync, where that is known."""
    retry_at: datetime | None
    at: datetime | None
    not_found: int
    left_out: int


class ListOut(BaseModel):
    id: int
    title: str
    list_type: ListType
    description: str | None
    privacy: Privacy
    mirror: MirrorSettings
    version: int
    status: Literal["complete"] = "complete"
    """How the list is filled: a manual list is always what its owner made of it. Runs of others add their states."""
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


class ListsOut(BaseModel):
    lists: list[ListOut]
    page: int
    limit: int
    total: int
