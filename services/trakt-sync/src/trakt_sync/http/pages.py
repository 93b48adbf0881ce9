"""The page that a browser sees after a login by address. It holds no script, and loads nothing."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from trakt_sync.logins.authorization import Outcome

_STYLE: Final = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;"
    "color:#1c1c28;background:#fff}h1{font-size:1.4rem}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8f0;background:#16161e}}"
)
_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the page's address has the code
    "X-Content-Type-Options": "nosniff",
}
WORDS: Final[dict[Outcome, tuple[str, str]]] = {
    "connected": ("Connected", "Your Trakt account is connected. You can close this page."),
    "denied": ("Not connected", "You did not let WatchBuddy in at Trakt. Begin again if that was a mistake."),
    "failed": ("Not connected", "Trakt did not accept the login. Begin again in WatchBuddy."),
    "away": ("Not connected", "Trakt does not answer at the moment. Begin again in WatchBuddy in a while."),
    "unknown": ("Not connected", "WatchBuddy does not know this login, or you have begun another. Begin again there."),
    "used": ("Used already", "This login was used already. WatchBuddy shows whether your account is connected."),
    "expired": ("Not connected", "The login took longer than ten minutes. Begin again in WatchBuddy."),
}
_OK: Final = 200
_BAD: Final = 400


def page(outcome: Outcome) -> str:
    title, text = (escape(one) for one in WORDS[outcome])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}: WatchBuddy</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1><p>{text}</p></body></html>"
    )


def answer(outcome: Outcome, return_url: str | None) -> Response:
    """Return our page, or the way to the installation's own, which is told how it ended."""
    if return_url is None:
        return HTMLResponse(page(outcome), _OK if outcome == "connected" else _BAD, headers=HEADERS)
    parts = urlsplit(return_url)
    query = urlencode([*parse_qsl(parts.query), ("login", outcome)])
    headers = {name: HEADERS[name] for name in ("Cache-Control", "Referrer-Policy")}
    return RedirectResponse(urlunsplit(parts._replace(query=query)), 303, headers=headers)
