"""What the login pages share: the frame of a page, and the choice of an account. There are no passwords."""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from pathlib import Path

from trakt_simulator.http.response import Response, html_response
from trakt_simulator.state.account import Account
from trakt_simulator.state.simulator import Simulator

MAX_USERNAME = 200
MAX_SUGGESTIONS = 100
_STYLE = Path(__file__).with_name("login.css").read_text(encoding="utf-8")


def page(title: str, body: str, status: int = HTTPStatus.OK) -> Response:
    return html_response(
        f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Trakt simulator</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>{_STYLE}</style></head>
<body><main><h1>{escape(title)}</h1>{body}</main>
<footer>This is a simulator. Nothing here reaches Trakt.</footer></body></html>""",
        status,
    )


def form_page(title: str, form: str, error: str) -> Response:
    """Return a page with a form, and above it the error that the last attempt had (empty: none)."""
    alert = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    return page(title, alert + form, HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK)


def account_fields(sim: Simulator) -> str:
    """Return the form's field for the username, and its two buttons."""
    usernames = [escape(username) for username in list(sim.accounts.by_username)[:MAX_SUGGESTIONS]]
    suggestions = "".join(f'<option value="{username}">' for username in usernames)
    return f"""<label for="username">You are (a new name makes a new account)</label>
<input id="username" name="username" list="accounts" value="{usernames[0] if usernames else ""}" autocomplete="off">
<datalist id="accounts">{suggestions}</datalist>
<div class="buttons"><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button></div>"""


def chosen_account(sim: Simulator, form: Mapping[str, str]) -> Account | None:
    """Return the account that the user named, made when it is new; None without a name."""
    username = form.get("username", "").strip()[:MAX_USERNAME]
    return sim.accounts.add_account(username, sim.clock.now_ms()) if username else None
