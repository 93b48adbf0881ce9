"""What the OpenAPI document says of answers, beside their models: problems and headers."""

from typing import Any, Final, Literal

from pydantic import Field

from chassis.http.problem_kinds import (
    BadRequest,
    InvalidRequest,
    NotFound,
    Problem,
    TooLarge,
    UnsupportedMediaType,
    documented,
)

Responses = dict[int | str, dict[str, Any]]


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


class ListTypeUnavailable(Problem):
    """Lists of this type come with a later version."""

    slug: Literal["list-type-unavailable"]
    status: Literal[422]
    detail: str = Field(examples=['Lists of type "smart" come with a later version; this one makes "manual" lists.'])


class IdempotencyKeyReused(Problem):
    """The key was used with another body."""

    slug: Literal["idempotency-key-reused"]
    status: Literal[422]
    detail: str = Field(examples=["This Idempotency-Key was used with another body; take a new key for a new request."])


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

ABSENT: Final[Responses] = documented(NotFound)
CHANGE: Final[Responses] = documented(NotFound, VersionMismatch)
BODY: Final[Responses] = documented(BadRequest, TooLarge, UnsupportedMediaType)
ITEMS: Final[Responses] = BODY | documented(InvalidRequest, TooManyItems)
NEW_LIST: Final[Responses] = BODY | documented(InvalidRequest, TooManyItems, ListTypeUnavailable, IdempotencyKeyReused)


def with_headers(status: int, description: str, *headers: dict[str, Any]) -> Responses:
    """Return what the document says of an answer without a problem that has headers of its own."""
    return {status: {"description": description, "headers": {name: one[name] for one in headers for name in one}}}
