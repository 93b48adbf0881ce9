"""Sync runs, as lists-api gives them over HTTP."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from chassis.http.examples import examples
from chassis.http.paging import PageQuery
from lists_api.http.schemas.catalogue import NAMED_TITLE, NamedTitleOut
from lists_api.http.schemas.strict import ResponseModel
from lists_api.runs.domain.run import Run, Step
from lists_api.store.names import TitleName
from watchbuddy_contracts import RunState, Trigger

_RUN_ID: Final = "0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06"
_STARTED: Final = {"run_id": _RUN_ID, "list_id": 7, "status_url": f"/api/lists/7/runs/{_RUN_ID}"}


class RunStartedOut(ResponseModel):
    """The run, and where to ask for it."""

    model_config = examples(_STARTED)

    run_id: UUID
    list_id: int
    status_url: str

    @classmethod
    def of(cls, list_id: int, run_id: UUID) -> Self:
        return cls(run_id=run_id, list_id=list_id, status_url=f"/api/lists/{list_id}/runs/{run_id}")


class RunsStartedOut(ResponseModel):
    """A run of each list."""

    model_config = examples({"runs": [_STARTED]})

    runs: list[RunStartedOut]


_RUNNING: Final[dict[str, Any]] = {
    "run_id": _RUN_ID,
    "list_id": 7,
    "state": "running",
    "trigger": "manual",
    "step": "scoring",
    "percent": 50,
    "is_full": None,
    "version": None,
    "updated": None,
    "removed": None,
    "total": None,
    "created_at": "2026-11-20T18:04:05Z",
    "started_at": "2026-11-20T18:04:05Z",
    "finished_at": None,
    "error": None,
}
_SUCCEEDED: Final[dict[str, Any]] = _RUNNING | {
    "state": "succeeded",
    "step": None,
    "percent": 100,
    "is_full": True,
    "version": 2,
    "updated": 50,
    "removed": 3,
    "total": 50,
    "finished_at": "2026-11-20T18:04:06Z",
}


class RunOut(ResponseModel):
    """A sync run. It is kept for 30 days."""

    model_config = examples(_RUNNING, _SUCCEEDED)

    run_id: UUID
    list_id: int
    state: RunState
    """`held`: it would remove so much that it waits for you."""
    trigger: Trigger
    step: Step | None
    """What it is doing. Null: it waits, or has ended."""
    percent: int
    is_full: bool | None
    """Whether it ranked everything anew. Null: that is not decided yet, or it ranked nothing: the list is not due (then
    `force_full` ranks it all the same), only what was watched leaves, or it is filled by hand."""
    version: int | None
    """The list's version that the run left. Null: it changed nothing."""
    updated: int | None
    """Titles that came to the list; null, as the two that follow: it has not ended. Of a held run, what it would do."""
    removed: int | None
    """Titles that left it."""
    total: int | None
    """Titles on it afterwards."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    """Why it failed or was cancelled."""

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(**asdict(run))


class RunsOut(ResponseModel):
    """A page of a list's runs, newest first."""

    model_config = examples({"runs": [_SUCCEEDED], "page": 1, "limit": 25, "total": 1})

    runs: list[RunOut]
    page: int
    limit: int
    total: int


class RunTitlesOut(ResponseModel):
    """A page of the titles that a held run would take off the list, or put on it."""

    model_config = examples(
        {"titles": [NAMED_TITLE], "page": 1, "limit": 25, "total": 1},
        {"titles": [], "page": 1, "limit": 25, "total": 0},
    )

    titles: list[NamedTitleOut]
    page: int
    limit: int
    total: int
    """How many there are. 0: also of a run that does not wait for you, or has waited since before titles were kept."""

    @classmethod
    def of(cls, titles: Sequence[TitleName], query: PageQuery, total: int) -> Self:
        named = [NamedTitleOut.named(title) for title in titles]
        return cls(titles=named, page=query.page, limit=query.limit, total=total)
