"""What the OpenAPI document says of answers, beside their models: problems and headers."""

from typing import Any, Final, Literal

from pydantic import Field

from chassis.http.problem_kinds import (
    BadRequest,
    InvalidRequest,
    NotFound,
    Problem,
    RateLimited,
    TooLarge,
    UnsupportedMediaType,
    documented,
)
from watchbuddy_contracts import ListType, RunState

Responses = dict[int | str, dict[str, Any]]
RETRY_LATER: Final = {
    "Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}, "description": "Seconds."}
}


class VersionMismatch(Problem):
    """`If-Match` names another version of the list."""

    slug: Literal["version-mismatch"]
    status: Literal[412]
    detail: str = Field(examples=["The list is at version 2 by now; read it again."])
    version: int = Field(examples=[2])
    """The present version."""


class TooManyItems(Problem):
    """The list, or the request, would have more items than a list may have."""

    slug: Literal["too-many-items"]
    status: Literal[422]
    detail: str = Field(examples=["A list holds at most 10000 items; this would make 10001."])
    count: int = Field(examples=[10_001])
    limit: int = Field(examples=[10_000])


class ListFillsItself(Problem):
    """The list is not edited in this way by hand: it fills itself."""

    slug: Literal["list-fills-itself"]
    status: Literal[409]
    detail: str = Field(examples=["A smart list fills itself; change its filters, or rate its titles."])
    list_type: ListType = Field(examples=["smart"])


class DuplicateList(Problem):
    """You have a list of the type with these filters."""

    slug: Literal["duplicate-list"]
    status: Literal[409]
    detail: str = Field(examples=["A list with this configuration already exists: 'Comedy Movies (1990s)'"])
    list_id: int = Field(examples=[7])
    list_title: str = Field(examples=["Comedy Movies (1990s)"])


class WatchlistTaken(Problem):
    """Another of your lists is mirrored to your watchlist."""

    slug: Literal["watchlist-taken"]
    status: Literal[409]
    detail: str = Field(examples=["'To watch' is mirrored to your watchlist already."])
    list_id: int = Field(examples=[7])
    list_title: str = Field(examples=["To watch"])


class RunEnded(Problem):
    """The run has ended."""

    slug: Literal["run-ended"]
    status: Literal[409]
    detail: str = Field(examples=["Run 0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06 has ended: succeeded."])
    state: RunState = Field(examples=["succeeded"])


class RunNotHeld(Problem):
    """The run does not wait for you."""

    slug: Literal["run-not-held"]
    status: Literal[409]
    detail: str = Field(examples=["Run 0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06 does not wait for you: succeeded."])
    state: RunState = Field(examples=["succeeded"])


class TooManyRuns(Problem):
    """You have started as many runs within an hour as your kind of account may."""

    slug: Literal["too-many-runs"]
    status: Literal[429]
    detail: str = Field(examples=["You may start 120 runs an hour; try again later."])
    limit: int = Field(examples=[120])

    headers = RETRY_LATER


class TooManySearches(Problem):
    """You have searched as often within a minute as your kind of account may."""

    slug: Literal["too-many-searches"]
    status: Literal[429]
    detail: str = Field(examples=["You may search 240 times a minute; try again later."])
    limit: int = Field(examples=[240])

    headers = RETRY_LATER


class TooManyFeedReads(Problem):
    """The feeds of the owner have been read as often within a minute as their kind of account may."""

    slug: Literal["too-many-feed-reads"]
    status: Literal[429]
    detail: str = Field(examples=["The feeds of one user may be read 240 times a minute; try again later."])
    limit: int = Field(examples=[240])

    headers = RETRY_LATER


class TooManyImports(Problem):
    """You have imported as many files within a minute as your kind of account may."""

    slug: Literal["too-many-imports"]
    status: Literal[429]
    detail: str = Field(examples=["You may import 20 files a minute; try again later."])
    limit: int = Field(examples=[20])

    headers = RETRY_LATER


class QuotaExceeded(Problem):
    """You have as much of it as your kind of account may have."""

    slug: Literal["quota-exceeded"]
    status: Literal[403]
    detail: str = Field(
        examples=["Quota exceeded: Free accounts can create up to 500 lists. Upgrade to VIP for unlimited lists."]
    )
    limit: int = Field(examples=[500])


class TraktListIsMirror(Problem):
    """The list on Trakt is the mirror of one of your lists."""

    slug: Literal["trakt-list-is-mirror"]
    status: Literal[409]
    detail: str = Field(examples=["This Trakt list is the mirror of your list 7."])
    list_id: int = Field(examples=[7])


class PatchRefused(Problem):
    """The list cannot have these properties."""

    slug: Literal["patch-refused"]
    status: Literal[422]
    detail: str = Field(examples=["A manual list takes no filters."])


class ImportNotRecognised(Problem):
    """The file is in none of the formats that can be imported. The detail names those."""

    slug: Literal["import-not-recognised"]
    status: Literal[422]
    detail: str = Field(examples=["the file is empty; expected was a list, ratings or a watchlist of IMDb (CSV); …"])


class IdempotencyKeyReused(Problem):
    """The key was used with another body."""

    slug: Literal["idempotency-key-reused"]
    status: Literal[422]
    detail: str = Field(examples=["This Idempotency-Key was used with another body; take a new key for a new request."])


class CrossSiteRequest(Problem):
    """The request does not come from a page of this origin, or its browser does not say so."""

    slug: Literal["cross-site-request"]
    status: Literal[403]
    detail: str = Field(examples=["A page of another site may not do this."])


ETAG: Final = {
    "ETag": {
        "required": True,
        "schema": {"type": "string"},
        "example": '"1-2"',
        "description": "The list's version, and after a dash the state of its mirror. `If-Match` compares the version.",
    }
}
LOCATION: Final = {
    "Location": {
        "required": True,
        "schema": {"type": "string"},
        "example": "/api/lists/7",
        "description": "The path of what was made.",
    }
}

DISPOSITION: Final = {
    "Content-Disposition": {
        "required": True,
        "schema": {"type": "string"},
        "example": 'attachment; filename="Heists.csv"',
        "description": "The name of the file: the list's title.",
    }
}
CACHING: Final = {
    "Cache-Control": {
        "required": True,
        "schema": {"type": "string"},
        "example": "private, no-cache",
        "description": "Nobody but the reader may keep it.",
    }
}

ABSENT: Final[Responses] = documented(NotFound)
CHANGE: Final[Responses] = documented(NotFound, VersionMismatch)
BODY: Final[Responses] = documented(BadRequest, TooLarge, UnsupportedMediaType)
ITEMS: Final[Responses] = BODY | documented(
    InvalidRequest, TooManyItems, ListFillsItself, QuotaExceeded, NotFound, VersionMismatch
)
NEW_LIST: Final[Responses] = BODY | documented(
    InvalidRequest, TooManyItems, IdempotencyKeyReused, ListFillsItself, DuplicateList, WatchlistTaken, QuotaExceeded
)
EDIT: Final[Responses] = BODY | documented(
    InvalidRequest, PatchRefused, DuplicateList, WatchlistTaken, QuotaExceeded, NotFound, VersionMismatch
)
TRAKT_IMPORT: Final[Responses] = BODY | documented(InvalidRequest, TraktListIsMirror, QuotaExceeded)
START: Final[Responses] = documented(RateLimited, TooManyRuns)
SEARCH: Final[Responses] = documented(RateLimited, TooManySearches)
AHEAD: Final[Responses] = BODY | SEARCH | documented(NotFound, InvalidRequest, PatchRefused)
FEED_READ: Final[Responses] = documented(RateLimited, TooManyFeedReads)
CANCEL: Final[Responses] = documented(RunEnded)
DECIDE: Final[Responses] = documented(RunNotHeld)
CROSS_SITE: Final[Responses] = documented(CrossSiteRequest)
LOGIN: Final[Responses] = BODY | documented(CrossSiteRequest, NotFound, InvalidRequest)
RESTORE: Final[Responses] = documented(QuotaExceeded)
IMPORT: Final[Responses] = BODY | documented(
    InvalidRequest,
    ImportNotRecognised,
    TooManyItems,
    IdempotencyKeyReused,
    ListFillsItself,
    QuotaExceeded,
    NotFound,
    RateLimited,
    TooManyImports,
)


def with_headers(status: int, description: str, *headers: dict[str, Any]) -> Responses:
    """Return what the document says of an answer without a problem that has headers of its own."""
    return {status: {"description": description, "headers": {name: one[name] for one in headers for name in one}}}
