"""`/activate`: the page where a user enters a device's code."""

from html import escape

from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.oauth.login_form import account_fields, chosen_account, form_page, page
from trakt_simulator.oauth.requests import read_form
from trakt_simulator.state.simulator import Simulator


def show_form(request: Request, sim: Simulator) -> Response:
    return _form(sim, request.params.get("user_code", ""))


def decide(request: Request, sim: Simulator) -> Response:
    form = read_form(request)
    code = sim.devices.by_user_code(form.get("user_code", ""), request.now_ms)
    if code is None:
        return _form(sim, form.get("user_code", ""), "This code is not known, or no longer valid.")
    if form.get("decision") != "approve":
        sim.devices.decide(code, None)
        return page("Denied", '<p class="error">The device was not let in.</p>')
    account = chosen_account(sim, form)
    if account is None:
        return _form(sim, code.user_code, "Say who you are.")
    sim.devices.decide(code, account)
    return page("Connected", f'<p class="done">Your device is connected as {escape(account.username)}.</p>')


def _form(sim: Simulator, user_code: str, error: str = "") -> Response:
    form = f"""<form method="post" action="/activate">
<label for="user_code">Code on your device</label>
<input id="user_code" name="user_code" value="{escape(user_code)}" autocomplete="off" required>
{account_fields(sim)}</form>"""
    return form_page("Connect a device", form, error)


ROUTES = (
    Route("GET", "/activate", show_form, Auth.NONE),
    Route("GET", "/activate/{user_code}", show_form, Auth.NONE),
    Route("POST", "/activate", decide, Auth.NONE),
)
