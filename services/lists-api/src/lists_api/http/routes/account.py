"""Routes of a user's account as a whole: everything of theirs gone, and how far that is."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.http.export import download
from chassis.http.problem_kinds import DatabaseUnavailable, Internal, InvalidRequest, documented
from lists_api.account.erasing import Erasing
from lists_api.account.exporting import Exporting
from lists_api.errors import ErasureNotFoundError
from lists_api.http.address import has_tls
from lists_api.http.dependencies import Caller, Cases
from lists_api.http.documentation import ABSENT, BODY, Responses
from lists_api.http.json_route import users_router
from lists_api.http.schemas.account import EraseIn, ErasureOut
from lists_api.sessions.browsers import forget_cookie
from lists_api.sessions.use_cases import Sessions
from lists_api.store import erasures
from lists_api.store.erasures import Erasure

PREFIX: Final = "/api/account"
ZIP: Final = "application/zip"
ARCHIVE: Final[Responses] = {
    200: {
        "description": "The file.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}, "example": "PK…"}},
    }
}

router: Final = users_router("account", prefix=PREFIX)
public: Final = APIRouter(
    prefix=PREFIX, tags=["account"], responses=documented(InvalidRequest, Internal, DatabaseUnavailable)
)


@router.post("/export", response_class=Response, responses=ARCHIVE)
async def export_account(caller: Caller) -> Response:
    """Download everything of yours, of all services: a ZIP with a JSON file of each. It is whole, or there is none."""
    turns, exporting = caller.app.state.turns, Exporting(caller.cases.pool, caller.app.state.parts)
    async with turns.of(caller.user_id), turns.work():
        file = await exporting.export(caller.user_id, caller.headers["authorization"])
    return download(file, ZIP, "watchbuddy-export.zip")


@router.post("/erase", status_code=202, responses=BODY)
async def erase_account(caller: Caller, body: EraseIn, response: Response) -> ErasureOut:
    """Erase everything of yours, in all services. It cannot be undone. Who comes back is a new user.

    Sessions of browsers end with it, their refresh tokens are revoked at the identity provider.
    Kafka keeps events of yours until its retention ends (a week by default).
    """
    cases = caller.cases
    erasing = Erasing(cases.pool, cases.wake, cases.now)
    sessions: Sessions | None = caller.app.state.sessions
    if sessions is not None:
        await sessions.end_all(caller.user_id)
    begun, _ = await erasing.erase(caller.user_id, keep_trakt_lists=body.keep_trakt_lists)
    forget_cookie(response, secure=has_tls(caller))
    return _described(begun)


@public.get("/erase/{erasure_id}", responses=ABSENT)
async def read_erasure(cases: Cases, erasure_id: UUID) -> ErasureOut:
    """Read how far an erasure is, for 90 days. No token is needed: its id is known to whoever asked for it."""
    found = await erasures.read(cases.pool, erasure_id)
    if found is None:
        raise ErasureNotFoundError
    return _described(found)


def _described(erasure: Erasure) -> ErasureOut:
    return ErasureOut.of(erasure, f"{PREFIX}/erase/{erasure.erasure_id}")
