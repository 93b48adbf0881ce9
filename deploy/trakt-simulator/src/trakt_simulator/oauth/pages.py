"""The pages where a user lets an app in: the device page and the authorization page. No password: one picks who one is."""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from trakt_simulator.state.account import Account
from trakt_simulator.state.authorization_codes import Authorization
from trakt_simulator.state.simulator import Simulator

PATHS = ("/activate", "/oauth/authorize")
_STYLE = Path(__file__).with_name("pages.css").read_text(encoding="utf-8")
# The app has no web address: the user copies the code.
_COPY = "urn:ietf:wg:oauth:2.0:oob"
_MAX_USERNAME = 200
_KEPT = ("response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")


class LoginPages:
    def __init__(self, sim: Simulator) -> None:
        self._sim = sim

    def routes(self) -> list[Route]:
        return [
            Route("/activate", self.show_device, methods=["GET"]),
            Route("/activate/{user_code}", self.show_device, methods=["GET"]),
            Route("/activate", self.decide_device, methods=["POST"]),
            Route("/oauth/authorize", self.show_authorization, methods=["GET"]),
            Route("/oauth/authorize", self.decide_authorization, methods=["POST"]),
        ]

    async def show_device(self, request: Request) -> Response:
        return self._device_form(request.path_params.get("user_code", ""))

    async def decide_device(self, request: Request) -> Response:
        form = await _form(request)
        code = self._sim.devices.entered(form.get("user_code", ""), self._sim.clock.now_ms())
        if code is None:
            return self._device_form(form.get("user_code", ""), "This code is not known, or no longer valid.")
        if form.get("decision") != "approve":
            self._sim.devices.decide(code, None)
            return _page("Denied", '<p class="error">The device was not let in.</p>')
        account = self._account(form)
        if account is None:
            return self._device_form(code.user_code, "Say who you are.")
        self._sim.devices.decide(code, account)
        return _page("Connected", f'<p class="done">Your device is connected as {escape(account.username)}.</p>')

    def _device_form(self, user_code: str, error: str = "") -> Response:
        body = f"""{_error(error)}<form method="post" action="/activate">
<label for="user_code">Code on your device</label>
<input id="user_code" name="user_code" value="{escape(user_code)}" autocomplete="off" required>
{self._who()}</form>"""
        return _page("Connect a device", body, HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK)

    async def show_authorization(self, request: Request) -> Response:
        return self._refused(request.query_params) or self._authorization_form(request.query_params)

    async def decide_authorization(self, request: Request) -> Response:
        form = await _form(request)
        refused = self._refused(form)
        if refused is not None:
            return refused
        if form.get("decision") != "approve":
            return _back(form, {"error": "access_denied"})
        account = self._account(form)
        if account is None:
            return self._authorization_form(form, "Say who you are.")
        now_ms = self._sim.clock.now_ms()
        lifetime_ms = self._sim.options.authorization_code_lifetime_s * 1000
        code = self._sim.authorizations.add(
            Authorization(
                account=account,
                client_id=form["client_id"],
                redirect_uri=form["redirect_uri"],
                challenge=form.get("code_challenge") or None,
                expires_ms=now_ms + lifetime_ms,
            ),
            now_ms,
        )
        if form["redirect_uri"] == _COPY:
            return _page("Your code", f"<p>Copy this code into the app:</p><p><code>{code}</code></p>")
        return _back(form, {"code": code})

    def _refused(self, asked: Mapping[str, str]) -> Response | None:
        """Return why an app is not let ask. Before the redirect URI is known to be its own, nobody is sent there."""
        app = self._sim.apps.get(asked.get("client_id", ""))
        if app is None:
            return _page("Unknown app", '<p class="error">Its client id is not registered.</p>', HTTPStatus.BAD_REQUEST)
        if asked.get("redirect_uri") not in app.redirect_uris:
            text = '<p class="error">The redirect URI is not the one that the app has registered.</p>'
            return _page("Not allowed", text, HTTPStatus.BAD_REQUEST)
        if asked.get("response_type") != "code":
            return _back(asked, {"error": "unsupported_response_type"})
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            return _back(asked, {"error": "invalid_request", "error_description": "code_challenge_method must be S256"})
        return None

    def _authorization_form(self, asked: Mapping[str, str], error: str = "") -> Response:
        hidden = "\n".join(
            f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in _KEPT if asked.get(name)
        )
        body = f"""{_error(error)}<p><b>{escape(asked["client_id"])}</b> would like to use your account.</p>
<form method="post" action="/oauth/authorize">{hidden}
{self._who()}</form>"""
        return _page("Let an app in", body, HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK)

    def _who(self) -> str:
        options = "".join(
            f'<option value="{escape(a.username)}">' for a in list(self._sim.world.accounts.values())[:100]
        )
        first = next(iter(self._sim.world.accounts.values()), None)
        return f"""<label for="username">You are (a new name makes a new account)</label>
<input id="username" name="username" list="accounts" value="{escape(first.username) if first else ""}" autocomplete="off">
<datalist id="accounts">{options}</datalist>
<div class="buttons"><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button></div>"""

    def _account(self, form: Mapping[str, str]) -> Account | None:
        username = form.get("username", "").strip()[:_MAX_USERNAME]
        return self._sim.world.add_account(username, self._sim.clock.now_ms()) if username else None


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("latin-1")))


def _back(asked: Mapping[str, str], result: dict[str, str]) -> Response:
    """Send the browser back to the app, with the app's own `state`."""
    address = asked["redirect_uri"]
    query = urlencode({**result, **({"state": asked["state"]} if asked.get("state") else {})})
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{query}", status_code=HTTPStatus.FOUND)


def _error(text: str) -> str:
    return f'<p class="error" role="alert">{escape(text)}</p>' if text else ""


def _page(title: str, body: str, status: int = HTTPStatus.OK) -> Response:
    page = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Trakt simulator</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><main><h1>{escape(title)}</h1>{body}</main><footer>This is a simulator. Nothing here reaches Trakt.</footer></body></html>"""
    return HTMLResponse(page, status_code=status)
