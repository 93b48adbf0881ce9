"""What routes take from a request beside its body."""

from typing import Annotated, Final

from fastapi import Depends, Header, Path, Request
from pydantic import BeforeValidator, Field, StringConstraints

from lists_api.http.schemas.etags import IF_HEADER
from lists_api.http.schemas.strict import Omittable
from lists_api.lists.use_cases import ListUseCases

MAX_LIST_ID: Final = 2**63 - 1
PREFIX: Final = "/api/lists"


def digits(value: str) -> str:
    """Return the value when it is written in digits alone."""
    # pydantic takes "1.0" and "+1" for 1 too, but a list has one address
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number")
    return value


async def caller(request: Request) -> str:
    """Return the user's id, as `JsonRoute` read it from the token."""
    user_id: str = request.state.user_id
    return user_id


async def use_cases(request: Request) -> ListUseCases:
    """Return the use cases. FastAPI runs a function that is not async in a thread, at each request."""
    cases: ListUseCases = request.app.state.use_cases
    return cases


Caller = Annotated[str, Depends(caller)]
Cases = Annotated[ListUseCases, Depends(use_cases)]
ListId = Annotated[int, Field(ge=1, le=MAX_LIST_ID), BeforeValidator(digits), Path()]
_Printable = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]
_Tags = Annotated[str, StringConstraints(pattern=IF_HEADER)]
Key = Annotated[Omittable[_Printable], Header(alias="Idempotency-Key")]
IfMatch = Annotated[Omittable[_Tags], Header(alias="If-Match")]
IfNoneMatch = Annotated[Omittable[_Tags], Header(alias="If-None-Match")]
