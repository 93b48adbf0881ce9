"""The device flow's endpoints, with all seven statuses."""

from http import HTTPStatus

from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.http.wire import Answer, Call, TraktError, json_answer
from trakt_simulator.oauth.token import app_of, oauth_error, read_form, text_of, token_answer
from trakt_simulator.state.device_codes import DeviceCode, DeviceState
from trakt_simulator.state.simulator import Simulator

_DENIED = 418


def post_code(call: Call, sim: Simulator) -> Answer:
    client_id = text_of(read_form(call), "client_id")
    if client_id not in sim.apps:
        oauth_error("invalid_client", "Client authentication failed due to unknown client.")
    options = sim.options
    code = sim.devices.start(client_id, lifetime_s=options.device_code_lifetime_s, now_ms=call.now_ms)
    interval_s = options.device_interval_s
    return json_answer(
        {
            "device_code": code.device_code,
            "user_code": code.user_code,
            "verification_url": f"{sim.auth_url or call.base_url}/activate",
            "expires_in": options.device_code_lifetime_s,
            "interval": int(interval_s) if interval_s == int(interval_s) else interval_s,
        }
    )


def post_device_token(call: Call, sim: Simulator) -> Answer:
    body = read_form(call)
    app = app_of(body, sim, is_secret_needed=sim.options.secret_required)
    code = sim.devices.polled(text_of(body, "code"))
    if code is None or code.client_id != app.client_id:
        raise TraktError(HTTPStatus.NOT_FOUND)
    status = _refusal(code, call.now_ms, sim.options.device_interval_s)
    code.polled_ms = call.now_ms
    if status is not None or code.account is None:
        raise TraktError(status or HTTPStatus.BAD_REQUEST)
    code.state = DeviceState.USED
    lifetime_s = sim.options.token_lifetime_s
    return token_answer(sim.tokens.issue(code.account, app.client_id, lifetime_s=lifetime_s, now_ms=call.now_ms))


def _refusal(code: DeviceCode, now_ms: int, interval_s: float) -> int | None:
    """Return the status for a login that gives no token yet, or none any more. What is decided is told at once."""
    if code.state is DeviceState.USED:
        return HTTPStatus.CONFLICT
    if code.state is DeviceState.DENIED:
        return _DENIED
    if now_ms >= code.expires_ms:
        return HTTPStatus.GONE
    if code.state is DeviceState.APPROVED:
        return None
    # A tenth is let pass: a client that polls exactly at the interval comes a millisecond early now and then.
    is_too_fast = now_ms - code.polled_ms < interval_s * 900
    return HTTPStatus.TOO_MANY_REQUESTS if is_too_fast else HTTPStatus.BAD_REQUEST


ROUTES = (
    Route("POST", "/oauth/device/code", post_code, Auth.OAUTH),
    Route("POST", "/oauth/device/token", post_device_token, Auth.OAUTH),
)
