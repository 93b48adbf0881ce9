"""The responses of OAuth endpoints."""

from http import HTTPStatus

import orjson

from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.state.account import Account
from trakt_simulator.state.simulator import Simulator


def oauth_error(error: str, description: str) -> TraktError:
    """Return OAuth's JSON with status 400, which Trakt uses for every error."""
    return TraktError(
        HTTPStatus.BAD_REQUEST,
        body=orjson.dumps({"error": error, "error_description": description}),
        headers={"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"},
    )


def token_object(sim: Simulator, account: Account, client_id: str) -> dict[str, object]:
    """Issue a token pair and return it as a token object."""
    grant = sim.tokens.issue(account, client_id, lifetime_s=sim.options.token_lifetime_s, now_ms=sim.clock.now_ms())
    return grant.as_json()


def token_response(token: dict[str, object]) -> Response:
    return json_response(token, headers=[(b"cache-control", b"no-store")])
