"""Imports from Trakt, as lists-api takes and gives them over HTTP."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from chassis.http.examples import examples
from lists_api.http.schemas.strict import ResponseModel, StrictModel, without_default
from lists_api.imports.domain.trakt import (
    PATTERN,
    ImportedType,
    ImportReason,
    ImportState,
    TraktImport,
    TraktReference,
    parse_reference,
)

_ID: Final = "0198c0de-7a3b-7c11-9d55-3f2b6a1e4d01"
_ADDRESS: Final = "https://trakt.tv/users/grace/lists/best-heists"
MAX_ADDRESS: Final = 2048


def _named(text: str) -> str:
    parse_reference(text)
    return text


Address = Annotated[
    str,
    Field(min_length=1, max_length=MAX_ADDRESS, json_schema_extra={"pattern": PATTERN}),
    AfterValidator(_named),
]


class TraktImportIn(StrictModel):
    """A list on Trakt of which a list is to be made."""

    model_config = examples(
        {"trakt_list": _ADDRESS}, {"trakt_list": "best-heists"}, {"trakt_list": "1052041", "list_type": "custom"}
    )

    trakt_list: Address
    """Its address at trakt.tv, its number, or the slug of one of your own lists."""
    list_type: ImportedType = Field(default="manual", json_schema_extra=without_default)
    """What is made of it. Left out: manual. The titles of a custom list are pinned, and the list is paused."""

    def to_reference(self) -> TraktReference:
        return parse_reference(self.trakt_list)


class TraktImportStartedOut(ResponseModel):
    """The import, and where to ask for it."""

    model_config = examples({"import_id": _ID, "status_url": f"/api/imports/trakt/{_ID}"})

    import_id: UUID
    status_url: str


class LeftOutOut(ResponseModel):
    """How many entries of the Trakt list are no movie or show with an id."""

    seasons: int
    episodes: int
    people: int
    other: int


class TraktImportOut(ResponseModel):
    """An import from Trakt."""

    model_config = examples(
        {
            "import_id": _ID,
            "trakt_list": "best-heists",
            "owner": "grace",
            "list_type": "manual",
            "state": "succeeded",
            "reason": None,
            "detail": None,
            "retry_at": None,
            "list_id": 16,
            "left_out": {"seasons": 1, "episodes": 2, "people": 0, "other": 0},
            "requested_at": "2026-11-20T18:04:05Z",
            "finished_at": "2026-11-20T18:04:06Z",
        }
    )

    import_id: UUID
    trakt_list: str
    """Number or slug."""
    owner: str
    """Slug of the Trakt user. `me`: your own list, or one that was named by its number alone."""
    list_type: ImportedType
    state: ImportState
    reason: ImportReason | None
    """Why it failed, or what it waits for."""
    detail: str | None
    """The same in words, where there are any."""
    retry_at: datetime | None
    """When it is tried again, if it waits."""
    list_id: int | None
    """The list that was made; null: none was, or you have deleted it."""
    left_out: LeftOutOut | None
    """Null: the list was not read yet."""
    requested_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, one: TraktImport) -> Self:
        return cls(
            import_id=one.import_id,
            trakt_list=one.reference.trakt_list,
            owner=one.reference.owner,
            list_type=one.list_type,
            state=one.state,
            reason=one.reason,
            detail=one.detail,
            retry_at=one.retry_at,
            list_id=one.list_id,
            left_out=None if one.left_out is None else LeftOutOut(**one.left_out),
            requested_at=one.requested_at,
            finished_at=one.finished_at,
        )
