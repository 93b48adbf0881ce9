"""The kinds of problem documents (RFC 9457), as OpenAPI documents name them.

`chassis.http.problems` sends them. A service describes its own kinds as further subclasses of `Problem`.
"""

from collections.abc import Mapping
from functools import reduce
from inspect import getdoc
from operator import or_
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import Field

from watchbuddy_contracts.documented import Documented

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:watchbuddy:problem:"

Header = dict[str, Any]
_RETRY_AFTER: Final[Header] = {"Retry-After": {"required": True, "schema": {"const": "1"}, "description": "Seconds."}}


class Problem(Documented):
    """What went wrong. Some kinds have further members."""

    type: str
    """A URN that ends with the slug."""
    slug: str
    """The kind of problem, for programs."""
    title: str
    """The kind of problem, for people."""
    status: int
    detail: str
    """This occurrence, for people."""

    headers: ClassVar[Mapping[str, Header]] = {}
    """The headers that the answer has beside, as OpenAPI describes them."""

    @classmethod
    def kind(cls) -> str:
        """Return the slug that every problem of this kind has."""
        return str(_only_value(cls, "slug"))

    @classmethod
    def code(cls) -> int:
        """Return the HTTP status that every problem of this kind has."""
        return int(str(_only_value(cls, "status")))

    @classmethod
    def example(cls) -> dict[str, Any]:
        """Return an example. `detail` and further members have theirs in the field."""
        members = problem_members(cls.kind(), cls.code(), detail="")
        given = {name: field.examples[0] for name, field in cls.model_fields.items() if field.examples}
        return members | given


class BadRequest(Problem):
    """The body is not UTF-8, or ended too early."""

    slug: Literal["bad-request"]
    status: Literal[400]
    detail: str = Field(examples=["the body is not UTF-8 at byte 11"])


class Unauthorized(Problem):
    """The request has no token that is accepted."""

    slug: Literal["unauthorized"]
    status: Literal[401]
    detail: str = Field(examples=["send a token: Authorization: Bearer <token>"])
    headers: ClassVar = {"WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}}}


class NotFound(Problem):
    """There is no such thing, or it is another user's."""

    slug: Literal["not-found"]
    status: Literal[404]
    detail: str = Field(examples=["You have no list 7."])


class MethodNotAllowed(Problem):
    """The path does not take this method. No operation answers this, so no document names it."""

    slug: Literal["method-not-allowed"]
    status: Literal[405]
    detail: str = Field(examples=["this path takes GET, POST"])


class TooLarge(Problem):
    """The body has too many bytes, or too many values."""

    slug: Literal["too-large"]
    status: Literal[413]
    detail: str = Field(examples=["a request body may have at most 8388608 bytes"])


class UnsupportedMediaType(Problem):
    """The body is not declared as JSON."""

    slug: Literal["unsupported-media-type"]
    status: Literal[415]
    detail: str = Field(examples=["send JSON, with the header Content-Type: application/json"])


class FieldError(Documented):
    """What is wrong with one field."""

    field: str
    """Where it is: `body.items.0.ids.imdb`, `query.page`, `path.list_id`, `header.If-Match`, or `body` itself."""
    message: str


class InvalidRequest(Problem):
    """A field, a parameter or a header is wrong, or the body is not JSON."""

    slug: Literal["invalid-request"]
    status: Literal[422]
    detail: str = Field(examples=["body.title: Field required"])
    errors: Annotated[list[FieldError], Field(min_length=1, max_length=20)] = Field(
        examples=[[{"field": "body.title", "message": "Field required"}]]
    )
    """The first twenty of them."""


class RateLimited(Problem):
    """The user, or the address, asks too often."""

    slug: Literal["rate-limited"]
    status: Literal[429]
    detail: str = Field(examples=["You may not ask that often; wait, then try again."])
    headers: ClassVar = {
        "Retry-After": {
            "required": True,
            "schema": {"type": "string", "pattern": "^[0-9]+$"},
            "description": "Seconds.",
        }
    }


class Internal(Problem):
    """A defect of the service. It has been logged."""

    slug: Literal["internal"]
    status: Literal[500]
    detail: str = Field(examples=["something went wrong here; it has been logged"])


class DatabaseUnavailable(Problem):
    """The database is away. A retry may help."""

    slug: Literal["database-unavailable"]
    status: Literal[503]
    detail: str = Field(examples=["the database is away for the moment; try again"])
    headers: ClassVar = _RETRY_AFTER


class Transient(Problem):
    """Something else that the service needs is away. A retry may help."""

    slug: Literal["transient"]
    status: Literal[503]
    detail: str = Field(examples=["the identity provider's keys cannot be read at the moment"])
    headers: ClassVar = _RETRY_AFTER


ANYWHERE: Final = (Unauthorized, InvalidRequest, RateLimited, Internal, DatabaseUnavailable, Transient)
"""What every operation that needs a token may answer."""


def problem_members(slug: str, status: int, *, detail: str) -> dict[str, Any]:
    """Return the members that every problem has. The title is the slug in words."""
    title = slug.replace("-", " ").capitalize()
    return {"type": TYPE_PREFIX + slug, "slug": slug, "title": title, "status": status, "detail": detail}


def documented(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of these answers: the `responses` of a route or router.

    A route's entry for a status replaces that of its router, so it names all kinds of the status.
    """
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.code(), []).append(kind)
    return {status: _answer(of_status) for status, of_status in by_status.items()}


def _answer(kinds: list[type[Problem]]) -> dict[str, Any]:
    one_of: Any = kinds[0] if len(kinds) == 1 else Annotated[reduce(or_, kinds), Field(discriminator="slug")]
    answer: dict[str, Any] = {
        "model": one_of,
        "description": " Or: ".join(getdoc(kind) or "" for kind in kinds),
        # FastAPI puts the model's schema under application/json. `chassis.http.openapi` moves it here.
        "content": {MEDIA_TYPE: {"examples": {kind.kind(): {"value": kind.example()} for kind in kinds}}},
    }
    if kinds[0].headers:
        answer["headers"] = dict(kinds[0].headers)
    return answer


def _only_value(model: type[Problem], field: str) -> object:
    (value,) = get_args(model.model_fields[field].annotation)
    return value
