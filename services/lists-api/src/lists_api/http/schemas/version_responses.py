"""The versions of a list, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Self
from uuid import UUID

from chassis.http.examples import examples
from lists_api.http.schemas.item_responses import TitleOut
from lists_api.http.schemas.strict import ResponseModel
from lists_api.lists.domain.versions import Cause, Version

SHOWN = 100
"""Titles that a version names; it counts them all."""

_EXAMPLE = {
    "version": 2,
    "cause": "edited",
    "changed": [],
    "title": "Heists",
    "item_count": 1,
    "added_count": 0,
    "added": [],
    "removed_count": 1,
    "removed": [{"media_type": "movie", "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"}}],
    "run_id": None,
    "at": "2026-11-20T18:04:05Z",
}


class VersionOut(ResponseModel):
    """What a version of a list changed."""

    model_config = examples(_EXAMPLE)

    version: int
    cause: Cause
    """Why: it was made, edited by hand, filled by a run, or an earlier version was restored."""
    changed: list[str]
    """Names of the properties that changed."""
    title: str
    item_count: int
    added_count: int
    added: list[TitleOut]
    """The first hundred of them. A title that only moved is neither added nor removed."""
    removed_count: int
    removed: list[TitleOut]
    run_id: UUID | None
    """The run that made it."""
    at: datetime

    @classmethod
    def of(cls, version: Version) -> Self:
        added, removed = version.added, version.removed
        return cls(
            version=version.version,
            cause=version.cause,
            changed=list(version.changed),
            title=version.title,
            item_count=version.item_count,
            added_count=len(added),
            added=[TitleOut.of(title) for title in added[:SHOWN]],
            removed_count=len(removed),
            removed=[TitleOut.of(title) for title in removed[:SHOWN]],
            run_id=version.run_id,
            at=version.at,
        )


class VersionsOut(ResponseModel):
    """The last twenty versions of a list, the newest first."""

    model_config = examples({"versions": [_EXAMPLE]})

    versions: list[VersionOut]
