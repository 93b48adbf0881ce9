"""What routes take from a request beside its body."""

from typing import Annotated, Final

from fastapi import Depends, Header, Path, Request
from pydantic import BeforeValidator, Field, StringConstraints

from lists_api.http.schemas.etags import IF_HEADER
from lists_api.http.schemas.strict import Omittable
from lists_api.http.schemas.written import Written
from lists_api.lists.use_cases import ListUseCases
from lists_api.runs.use_cases import RunUseCases
from lists_api.settings import HttpSettings

MAX_LIST_ID: Final = 2**63 - 1
PREFIX: Final = "/api/lists"


def digits(value: str) -> str:
    """Return the value when it is written in digits alone."""
    # pydantic takes "1.0" and "+1" for 1 too, but a list has one address
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number")
    return value


class Caller(Request):
    """A request of a user, whose token and body have been checked. A route takes it as it is.

    FastAPI would solve dependencies of the route anew at each request: 15 % of its processor time, less than half of it
    without them (measured on `POST /api/lists`).
    """

    def __init__(self, request: Request, user_id: str, content: bytes = b"", parsed: object = None) -> None:
        super().__init__(request.scope, request.receive)
        self.user_id = user_id
        self._content = content
        self._parsed = parsed

    @property
    def cases(self) -> ListUseCases:
        cases: ListUseCases = self.app.state.use_cases
        return cases

    @property
    def runs(self) -> RunUseCases:
        runs: RunUseCases = self.app.state.run_use_cases
        return runs

    @property
    def settings(self) -> HttpSettings:
        settings: HttpSettings = self.app.state.settings
        return settings

    async def body(self) -> bytes:
        """Return the body, which has been read."""
        return self._content

    async def json(self) -> object:
        """Return the validated body. FastAPI takes it for the parsed JSON, and passes it on."""
        return self._parsed


async def use_cases(request: Request) -> ListUseCases:
    """Return the use cases. FastAPI runs a function that is not async in a thread, at each request."""
    cases: ListUseCases = request.app.state.use_cases
    return cases


Cases = Annotated[ListUseCases, Depends(use_cases)]
ListId = Annotated[int, Field(ge=1, le=MAX_LIST_ID), BeforeValidator(digits), Path()]
_Printable = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    Written(r"^[\x20-\x7e]+$", "must be of printable ASCII characters"),
]
_Tags = Annotated[str, Written(IF_HEADER, 'must be *, or entity tags in double quotes, as "7"')]
Key = Annotated[Omittable[_Printable], Header(alias="Idempotency-Key")]
IfMatch = Annotated[Omittable[_Tags], Header(alias="If-Match")]
IfNoneMatch = Annotated[Omittable[_Tags], Header(alias="If-None-Match")]
