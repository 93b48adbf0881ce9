"""Sync runs, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from lists_api.lists.domain.runs import RunState, RunSummary
from watchbuddy_contracts import Trigger


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
