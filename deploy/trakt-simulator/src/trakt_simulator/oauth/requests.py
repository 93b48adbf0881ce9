"""What the bodies of OAuth requests hold."""

from collections.abc import Mapping
from secrets import compare_digest
from urllib.parse import parse_qsl

from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.oauth.responses import oauth_error
from trakt_simulator.state.account import Account
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.state.tokens import App


def read_form(request: Request) -> dict[str, str]:
    """Return the fields of an HTML form."""
    return dict(parse_qsl(request.body.decode("latin-1")))


def read_body(request: Request) -> Mapping[str, object]:
    """Return the body of an OAuth request: JSON, or a form as OAuth libraries send it."""
    if request.header(b"content-type").lower().startswith("application/x-www-form-urlencoded"):
        return read_form(request)
    return request.json_object()


def text_of(body: Mapping[str, object], name: str) -> str:
    """Return a text of the body; empty when it is missing or no text."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def app_of(body: Mapping[str, object], sim: Simulator, *, is_secret_needed: bool) -> App:
    """Return the app that the body names. A secret that is sent must be right even where none is needed.

    Raises:
        TraktError: 400 `invalid_client`.
    """
    app = sim.apps.get(text_of(body, "client_id"))
    secret = text_of(body, "client_secret")
    is_known = app is not None and compare_digest(secret.encode(), app.client_secret.encode())
    if app is None or not (is_known or (not secret and not is_secret_needed)):
        raise oauth_error("invalid_client", "Client authentication failed due to unknown client or wrong secret.")
    return app


def account_behind(request: Request, sim: Simulator) -> Account | None:
    """Return the account of the token or code in the body, before the request is carried out; None when unknown."""
    try:
        body = read_body(request)
    except TraktError:
        return None
    code = text_of(body, "code")
    return (
        sim.tokens.owner_of(text_of(body, "refresh_token") or text_of(body, "token"))
        or sim.authorizations.owner_of(code)
        or sim.devices.owner_of(code)
    )
