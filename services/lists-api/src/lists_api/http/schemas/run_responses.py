"""Sync runs, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from chassis.http.examples import examples
from lists_api.http.schemas.strict import ResponseModel
from lists_api.lists.domain.runs import RunState, RunSummary
from watchbuddy_contracts import Trigger

_RUN_ID: Final = "0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06"


class RunStartedOut(ResponseModel):
    """The run, and where to ask for it."""

    model_config = examples({"run_id": _RUN_ID, "status_url": f"/api/lists/7/runs/{_RUN_ID}"})

    run_id: UUID
    status_url: str


class RunOut(ResponseModel):
    """A sync run. It is kept for 30 days."""

    model_config = examples(
        {
            "run_id": _RUN_ID,
            "list_id": 7,
            "state": "succeeded",
            "trigger": "manual",
            "version": 2,
            "updated": 0,
            "removed": 0,
            "total": 3,
            "started_at": "2026-11-20T18:04:05Z",
            "finished_at": "2026-11-20T18:04:05Z",
        }
    )

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
