"""`/oauth/authorize`: the page where a user gives an app access (authorization code with PKCE)."""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from urllib.parse import urlencode

from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, redirect
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.oauth.login_form import account_fields, chosen_account, form_page, page
from trakt_simulator.oauth.requests import read_form
from trakt_simulator.state.authorization_codes import Authorization
from trakt_simulator.state.simulator import Simulator

# An app without a web address: the user copies the code.
_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_HIDDEN_FIELDS = ("response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")


def show_form(request: Request, sim: Simulator) -> Response:
    return _error(request.query, sim) or _form(request.query, sim)


def decide(request: Request, sim: Simulator) -> Response:
    form = read_form(request)
    error = _error(form, sim)
    if error is not None:
        return error
    if form.get("decision") != "approve":
        return _back(form, {"error": "access_denied"})
    account = chosen_account(sim, form)
    if account is None:
        return _form(form, sim, "Say who you are.")
    authorization = Authorization(
        account=account,
        client_id=form["client_id"],
        redirect_uri=form["redirect_uri"],
        challenge=form.get("code_challenge") or None,
        expires_ms=request.now_ms + sim.options.authorization_code_lifetime_s * 1000,
    )
    code = sim.authorizations.add(authorization, request.now_ms)
    if form["redirect_uri"] == _OUT_OF_BAND:
        return page("Your code", f"<p>Copy this code into the app:</p><p><code>{code}</code></p>")
    return _back(form, {"code": code})


def _error(fields: Mapping[str, str], sim: Simulator) -> Response | None:
    """Return the error for what the app asks, or None. Nobody is sent to a redirect URI that is not the app's own."""
    app = sim.apps.get(fields.get("client_id", ""))
    if app is None:
        return page("Unknown app", '<p class="error">Its client id is not registered.</p>', HTTPStatus.BAD_REQUEST)
    if fields.get("redirect_uri") not in app.redirect_uris:
        text = '<p class="error">The redirect URI is not the one that the app has registered.</p>'
        return page("Not allowed", text, HTTPStatus.BAD_REQUEST)
    if fields.get("response_type") != "code":
        return _back(fields, {"error": "unsupported_response_type"})
    if fields.get("code_challenge") and fields.get("code_challenge_method") != "S256":
        return _back(fields, {"error": "invalid_request", "error_description": "code_challenge_method must be S256"})
    return None


def _form(fields: Mapping[str, str], sim: Simulator, error: str = "") -> Response:
    hidden = "\n".join(
        f'<input type="hidden" name="{name}" value="{escape(fields[name])}">'
        for name in _HIDDEN_FIELDS
        if fields.get(name)
    )
    form = f"""<p><b>{escape(fields["client_id"])}</b> would like to use your account.</p>
<form method="post" action="/oauth/authorize">{hidden}
{account_fields(sim)}</form>"""
    return form_page("Let an app in", form, error)


def _back(fields: Mapping[str, str], result: dict[str, str]) -> Response:
    """Send the browser back to the app, with the app's own `state`."""
    address = fields["redirect_uri"]
    query = urlencode({**result, **({"state": fields["state"]} if fields.get("state") else {})})
    return redirect(f"{address}{'&' if '?' in address else '?'}{query}")


ROUTES = (
    Route("GET", "/oauth/authorize", show_form, Auth.NONE),
    Route("POST", "/oauth/authorize", decide, Auth.NONE),
)
