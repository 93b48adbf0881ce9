"""Logging in by address: the browser goes to Trakt's page, and Trakt sends it back here."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from chassis.http.problem_kinds import DatabaseUnavailable, Internal, InvalidRequest, RateLimited, Transient, documented
from trakt_sync.http import pages
from trakt_sync.http.dependencies import PREFIX, Authorizations, Caller, users_router
from trakt_sync.http.problems import NoRedirect, NoRedirectError
from trakt_sync.http.schemas.logins import AddressOut

CALLBACK: Final = f"{PREFIX}/callback"
_PAGE: Final[dict[str, Any]] = {"schema": {"type": "string"}, "example": pages.page("connected")}
_REFUSED: Final[dict[str, Any]] = {"schema": {"type": "string"}, "example": pages.page("expired")}
PAGES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A page for people: the account is connected.", "content": {"text/html": _PAGE}},
    303: {"description": "The same, by `LOGIN_RETURN_URL` with `login` added to its query."},
    400: {"description": "A page that says why it is not.", "content": {"text/html": _REFUSED}},
}

router = users_router("login")
public = APIRouter(
    tags=["login"], responses=documented(InvalidRequest, RateLimited, Internal, DatabaseUnavailable, Transient)
)


@router.post("/authorize", responses=documented(NoRedirect))
async def begin_login(user_id: Caller, authorizations: Authorizations) -> AddressOut:
    """Begin a login by address: send the user's browser there. It works once, for ten minutes."""
    if authorizations.redirect_uri is None:
        raise NoRedirectError
    return AddressOut(authorize_url=await authorizations.begin(user_id, authorizations.redirect_uri))


@public.get(CALLBACK, response_class=Response, responses=PAGES)
async def end_login(
    request: Request,
    authorizations: Authorizations,
    state: Annotated[str, Query(max_length=256)] = "",
    code: Annotated[str, Query(max_length=2048)] = "",
    error: Annotated[str, Query(max_length=256)] = "",
) -> Response:
    """End a login by address. Trakt sends browsers here; `state` says whose login it is."""
    outcome = await authorizations.end(state, code, error)
    return pages.answer(outcome, request.app.state.login_return_url)
