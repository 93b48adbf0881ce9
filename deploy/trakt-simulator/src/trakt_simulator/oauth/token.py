"""Tokens: exchange, refresh, revoke."""

from collections.abc import Mapping
from http import HTTPStatus
from secrets import compare_digest
from typing import NoReturn
from urllib.parse import parse_qsl

import orjson

from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.http.wire import Answer, Call, TraktError, json_answer
from trakt_simulator.state.account import Account
from trakt_simulator.state.authorization_codes import is_proven
from trakt_simulator.state.simulator import Simulator
from trakt_simulator.state.tokens import App, Grant

# How the new host words a refresh token that is unknown, used or from before its time.
_DEAD_REFRESH = "session not found"
_DEAD_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)


def oauth_error(error: str, description: str) -> NoReturn:
    """End the call with 400 and OAuth's JSON, whatever the error, as Trakt does."""
    raise TraktError(
        HTTPStatus.BAD_REQUEST,
        body=orjson.dumps({"error": error, "error_description": description}),
        headers={"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"},
    )


def read_form(call: Call) -> Mapping[str, object]:
    """Return the body of an OAuth call: JSON, or a form as OAuth's own libraries send it."""
    if call.header(b"content-type").lower().startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(call.raw_body.decode("latin-1")))
    return call.json_object()


def text_of(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def app_of(body: Mapping[str, object], sim: Simulator, *, is_secret_needed: bool) -> App:
    """Return the app that calls. A secret that is sent must be right even where none is needed."""
    app = sim.apps.get(text_of(body, "client_id"))
    secret = text_of(body, "client_secret")
    is_known = app is not None and compare_digest(secret.encode(), app.client_secret.encode())
    if app is None or not (is_known or (not secret and not is_secret_needed)):
        oauth_error("invalid_client", "Client authentication failed due to unknown client or wrong secret.")
    return app


def account_behind(call: Call, sim: Simulator) -> Account | None:
    """Return whose token or code an OAuth call bears, before it is carried out; None when that is not known."""
    try:
        body = read_form(call)
    except TraktError:
        return None
    code = text_of(body, "code")
    return (
        sim.tokens.owner_of(text_of(body, "refresh_token") or text_of(body, "token"))
        or sim.authorizations.owner_of(code)
        or sim.devices.owner_of(code)
    )


def token_answer(grant: Grant) -> Answer:
    return json_answer(grant.as_json(), headers=[(b"cache-control", b"no-store")])


def post_token(call: Call, sim: Simulator) -> Answer:
    body = read_form(call)
    grant_type = text_of(body, "grant_type")
    if grant_type == "refresh_token":
        return _refresh(call, sim, body)
    if grant_type == "authorization_code":
        return _exchange(call, sim, body)
    oauth_error("unsupported_grant_type", "The authorization grant type is not supported.")


def _refresh(call: Call, sim: Simulator, body: Mapping[str, object]) -> Answer:
    app = app_of(body, sim, is_secret_needed=sim.options.secret_required)
    if text_of(body, "redirect_uri") not in ("", *app.redirect_uris):
        oauth_error("invalid_grant", _DEAD_GRANT)
    grant = sim.tokens.refresh(
        text_of(body, "refresh_token"),
        app.client_id,
        lifetime_s=sim.options.token_lifetime_s,
        now_ms=call.now_ms,
    )
    if grant is None:
        oauth_error("invalid_grant", _DEAD_REFRESH)
    return token_answer(grant)


def _exchange(call: Call, sim: Simulator, body: Mapping[str, object]) -> Answer:
    verifier = text_of(body, "code_verifier")
    app = app_of(body, sim, is_secret_needed=not verifier)
    # Used up by the attempt, right or wrong: a code that leaked is worth one try.
    allowed = sim.authorizations.take(text_of(body, "code"))
    if (
        allowed is None
        or call.now_ms >= allowed.expires_ms
        or allowed.client_id != app.client_id
        or allowed.redirect_uri != text_of(body, "redirect_uri")
        or (allowed.challenge is not None and not is_proven(allowed.challenge, verifier))
        or (allowed.challenge is None and not text_of(body, "client_secret"))
    ):
        oauth_error("invalid_grant", _DEAD_GRANT)
    lifetime_s = sim.options.token_lifetime_s
    return token_answer(sim.tokens.issue(allowed.account, app.client_id, lifetime_s=lifetime_s, now_ms=call.now_ms))


def post_revoke(call: Call, sim: Simulator) -> Answer:
    body = read_form(call)
    app_of(body, sim, is_secret_needed=True)
    sim.tokens.revoke(text_of(body, "token"))
    return json_answer({})


ROUTES = (
    Route("POST", "/oauth/token", post_token, Auth.OAUTH),
    Route("POST", "/oauth/revoke", post_revoke, Auth.OAUTH),
)
