"""`/oauth/device/code` and `/oauth/device/token`, with all seven statuses of a poll."""

from http import HTTPStatus

from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.oauth.requests import app_of, read_body, text_of
from trakt_simulator.oauth.responses import oauth_error, token_object, token_response
from trakt_simulator.state.device_codes import DeviceCode, DeviceState
from trakt_simulator.state.simulator import Simulator

_DENIED = 418


def post_code(request: Request, sim: Simulator) -> Response:
    client_id = text_of(read_body(request), "client_id")
    if client_id not in sim.apps:
        raise oauth_error("invalid_client", "Client authentication failed due to unknown client.")
    options = sim.options
    code = sim.devices.start(client_id, lifetime_s=options.device_code_lifetime_s, now_ms=request.now_ms)
    interval_s = options.device_interval_s
    return json_response(
        {
            "device_code": code.device_code,
            "user_code": code.user_code,
            "verification_url": f"{sim.auth_url or request.base_url}/activate",
            "expires_in": options.device_code_lifetime_s,
            "interval": int(interval_s) if interval_s == int(interval_s) else interval_s,
        }
    )


def post_device_token(request: Request, sim: Simulator) -> Response:
    body = read_body(request)
    app = app_of(body, sim, is_secret_needed=sim.options.secret_required)
    code = sim.devices.by_device_code(text_of(body, "code"))
    if code is None or code.client_id != app.client_id:
        raise TraktError(HTTPStatus.NOT_FOUND)
    status = _error_status(code, request.now_ms, sim.options.device_interval_s)
    code.polled_ms = request.now_ms
    if status is not None or code.account is None:
        raise TraktError(status or HTTPStatus.BAD_REQUEST)
    code.state = DeviceState.USED
    return token_response(token_object(sim, code.account, app.client_id))


def _error_status(code: DeviceCode, now_ms: int, interval_s: float) -> int | None:
    """Return the status of a poll that gets no token. A decision is reported at once, however fast the polls are."""
    if code.state is DeviceState.USED:
        return HTTPStatus.CONFLICT
    if code.state is DeviceState.DENIED:
        return _DENIED
    if now_ms >= code.expires_ms:
        return HTTPStatus.GONE
    if code.state is DeviceState.APPROVED:
        return None
    # A tenth is tolerated: a client that polls exactly at the interval comes a millisecond early now and then.
    is_too_fast = now_ms - code.polled_ms < interval_s * 900
    return HTTPStatus.TOO_MANY_REQUESTS if is_too_fast else HTTPStatus.BAD_REQUEST


ROUTES = (
    Route("POST", "/oauth/device/code", post_code, Auth.OAUTH),
    Route("POST", "/oauth/device/token", post_device_token, Auth.OAUTH),
)
