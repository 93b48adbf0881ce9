"""The HTTP application with all its routes."""

from typing import Final

from chassis.health import Health
from chassis.http import health
from chassis.http.openapi import HttpApi
from trakt_sync.http.routes import account, authorization, device, mirrors, status

TAGS: Final = {
    "account": "A user's Trakt account.",
    "login": "Connecting and disconnecting it.",
    "lists": "A user's lists as they are on Trakt.",
    health.TAG: "For probes; no token is needed.",
}


def http_api(checks: Health) -> HttpApi:
    """Return the application. The caller sets what it works with in `state`."""
    app = HttpApi(
        "WatchBuddy trakt-sync",
        description="A user's Trakt account, and how their lists are on it.",
        tags=TAGS,
        secret=(authorization.CALLBACK,),
    )
    app.add(
        status.router,
        device.router,
        authorization.router,
        authorization.public,
        account.router,
        mirrors.router,
        health.router(checks),
    )
    return app
