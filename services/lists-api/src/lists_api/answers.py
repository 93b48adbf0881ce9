"""What lists-api gives over HTTP."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from lists_api.items import ListItem
from lists_api.state import ListSummary, MirrorReason, MirrorState, RunState, RunSummary
from watchbuddy_contracts import ListType, MediaType, MirrorSettings, Privacy, Trigger


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
            title=summary.title,
            list_type=summary.list_type,
            description=summary.description,
            privacy=summary.privacy,
            mirror=summary.mirror,
            version=summary.version,
            item_count=summary.item_count,
            trakt_list_id=mirrored.trakt_list_id,
            mirror_state=MirrorStateOut(
                state=mirrored.state,
                version=mirrored.version,
                reason=mirrored.reason,
                retry_at=mirrored.retry_at,
                at=mirrored.at,
                not_found=mirrored.not_found,
                left_out=mirrored.left_out,
            ),
            created_at=summary.created_at,
            updated_at=summary.updated_at,
            last_sync_at=summary.last_sync_at,
        )


class ListsOut(BaseModel):
    lists: list[ListOut]
    page: int
    limit: int
    total: int


class IdsOut(BaseModel):
    trakt: int | None
    tmdb: int | None
    imdb: str | None


class ItemOut(BaseModel):
    rank: int
    """1 is the first."""
    media_type: MediaType
    ids: IdsOut

    @classmethod
    def of(cls, item: ListItem, *, rank: int) -> Self:
        ids = IdsOut(trakt=item.trakt, tmdb=item.tmdb, imdb=item.imdb)
        return cls(rank=rank, media_type=item.media_type, ids=ids)


class ItemsOut(BaseModel):
    items: list[ItemOut]
    page: int
    limit: int
    total: int


class AddedOut(BaseModel):
    added: int
    skipped: int
    """Items that were on the list already, by any of their ids."""
    version: int


class RemovedOut(BaseModel):
    removed: int
    skipped: int
    """Items that were not on the list."""
    version: int


class ReplacedOut(BaseModel):
    added: int
    removed: int
    skipped: int
    """Items that the request names twice."""
    version: int


class RunStartedOut(BaseModel):
    run_id: UUID
    status_url: str


class RunOut(BaseModel):
    run_id: UUID
    list_id: int
    state: RunState
    trigger: Trigger
    version: int
    """The list's version that the run left."""
    updated: int
    removed: int
    total: int
    started_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, summary: RunSummary) -> Self:
        run = summary.run
        return cls(
            run_id=run.run_id,
            list_id=summary.list_id,
            state=summary.state,
            trigger=run.trigger,
            version=run.version,
            updated=run.updated,
            removed=run.removed,
            total=run.total,
            started_at=summary.started_at,
            finished_at=summary.finished_at,
        )
