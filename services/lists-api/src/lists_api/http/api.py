"""The HTTP application with all its routes."""

from typing import Final

from chassis.health import Health
from chassis.http import health
from chassis.http.openapi import HttpApi
from lists_api.http.routes import (
    account,
    catalogue,
    exports,
    feeds,
    imports,
    items,
    lists,
    provider_login,
    ratings,
    runs,
    selections,
    sessions,
    trakt_imports,
    versions,
)

TAGS: Final = {
    "lists": "A user's lists.",
    "items": "The movies and shows of a list, in order.",
    "runs": "Sync runs of a list.",
    "versions": "What changed a list, and the way back.",
    "imports": "Lists that come in files of other tools, and from Trakt.",
    "catalogue": "Movies and shows that lists are filled from.",
    "exports": "Lists as files for other tools.",
    "feeds": "Private addresses of a list, which other programs read without a bearer token.",
    "ratings": "Your thumbs up and down.",
    "selections": "What to look at before a list is made: previews and suggestions.",
    "account": "Everything of yours: out, or gone.",
    "sessions": "Browsers, which have a cookie in place of a bearer token.",
    health.TAG: "For probes; no token is needed.",
}


def http_api(checks: Health) -> HttpApi:
    """Return the application. The caller sets what it works with in `state`."""
    app = HttpApi(
        "WatchBuddy lists",
        description="A user's lists, which are mirrored to Trakt.",
        tags=TAGS,
        secret=(f"{feeds.FEEDS}/", provider_login.CALLBACK),
    )
    app.add(
        lists.router,
        items.router,
        runs.router,
        versions.router,
        imports.router,
        catalogue.router,
        trakt_imports.router,
        exports.router,
        feeds.router,
        ratings.router,
        selections.router,
        feeds.public,
        sessions.router,
        sessions.public,
        account.router,
        account.public,
        provider_login.router,
        health.router(checks),
    )
    return app
