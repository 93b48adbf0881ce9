"""`/oauth/token` and `/oauth/revoke`."""

from collections.abc import Mapping

from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.oauth.requests import app_of, read_body, text_of
from trakt_simulator.oauth.responses import oauth_error, token_object, token_response
from trakt_simulator.state.authorization_codes import is_proven
from trakt_simulator.state.simulator import Simulator

# The new OAuth host's text for a refresh token that is unknown, used, or from before the migration.
_INVALID_REFRESH = "session not found"
_INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)


def post_token(request: Request, sim: Simulator) -> Response:
    body = read_body(request)
    grant_type = text_of(body, "grant_type")
    if grant_type == "refresh_token":
        return _refresh(request, sim, body)
    if grant_type == "authorization_code":
        return _exchange(request, sim, body)
    raise oauth_error("unsupported_grant_type", "The authorization grant type is not supported.")


def _refresh(request: Request, sim: Simulator, body: Mapping[str, object]) -> Response:
    app = app_of(body, sim, is_secret_needed=sim.options.secret_required)
    if text_of(body, "redirect_uri") not in ("", *app.redirect_uris):
        raise oauth_error("invalid_grant", _INVALID_GRANT)
    grant = sim.tokens.refresh(
        text_of(body, "refresh_token"),
        app.client_id,
        lifetime_s=sim.options.token_lifetime_s,
        now_ms=request.now_ms,
    )
    if grant is None:
        raise oauth_error("invalid_grant", _INVALID_REFRESH)
    return token_response(grant.as_json())


def _exchange(request: Request, sim: Simulator, body: Mapping[str, object]) -> Response:
    verifier = text_of(body, "code_verifier")
    app = app_of(body, sim, is_secret_needed=not verifier)
    # One attempt uses the code, right or wrong.
    authorization = sim.authorizations.take(text_of(body, "code"))
    if (
        authorization is None
        or request.now_ms >= authorization.expires_ms
        or authorization.client_id != app.client_id
        or authorization.redirect_uri != text_of(body, "redirect_uri")
        or (authorization.challenge is not None and not is_proven(authorization.challenge, verifier))
        or (authorization.challenge is None and not text_of(body, "client_secret"))
    ):
        raise oauth_error("invalid_grant", _INVALID_GRANT)
    return token_response(token_object(sim, authorization.account, app.client_id))


def post_revoke(request: Request, sim: Simulator) -> Response:
    body = read_body(request)
    app_of(body, sim, is_secret_needed=True)
    sim.tokens.revoke(text_of(body, "token"))
    return json_response({})


ROUTES = (
    Route("POST", "/oauth/token", post_token, Auth.OAUTH),
    Route("POST", "/oauth/revoke", post_revoke, Auth.OAUTH),
)
