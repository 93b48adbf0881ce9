"""The HTTP application with all its routes."""

from typing import Final

from fastapi import APIRouter, Depends

from chassis.health import Health
from chassis.http import health
from chassis.http.auth import BEARER
from chassis.http.openapi import HttpApi
from chassis.http.problem_kinds import ANYWHERE, documented
from lists_api.http.routes import (
    catalogue,
    exports,
    feeds,
    imports,
    items,
    lists,
    ratings,
    runs,
    selections,
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
    health.TAG: "For probes; no token is needed.",
}


def http_api(checks: Health) -> HttpApi:
    """Return the application. The caller sets what it works with in `state`."""
    app = HttpApi(
        "WatchBuddy lists",
        description="A user's lists, which are mirrored to Trakt.",
        tags=TAGS,
        secret=(f"{feeds.FEEDS}/",),
    )
    router = APIRouter(dependencies=[Depends(BEARER)], responses=documented(*ANYWHERE))
    router.include_router(lists.router)
    router.include_router(items.router)
    router.include_router(runs.router)
    router.include_router(versions.router)
    router.include_router(imports.router)
    router.include_router(catalogue.router)
    router.include_router(trakt_imports.router)
    router.include_router(exports.router)
    router.include_router(feeds.router)
    router.include_router(ratings.router)
    router.include_router(selections.router)
    app.include_router(router)
    app.include_router(feeds.public)
    app.include_router(health.router(checks))
    return app
