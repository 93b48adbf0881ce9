"""What a route of sessions takes from a request: our address as browsers reach it, and what makes sessions."""

from starlette.requests import Request

from lists_api.errors import NoSessionsError
from lists_api.sessions.browsers import is_tls
from lists_api.sessions.use_cases import Sessions
from lists_api.settings import HttpSettings


def address_of(request: Request) -> str:
    """Return the console's address, without a slash at its end."""
    settings: HttpSettings = request.app.state.settings
    return settings.own_address or str(request.base_url).rstrip("/")


def has_tls(request: Request) -> bool:
    settings: HttpSettings = request.app.state.settings
    return is_tls(request.scope, settings.own_address)


def sessions_of(request: Request) -> Sessions:
    """Return what makes sessions. Raises: NoSessionsError: there are none here."""
    sessions: Sessions | None = request.app.state.sessions
    if sessions is None:
        raise NoSessionsError
    return sessions
