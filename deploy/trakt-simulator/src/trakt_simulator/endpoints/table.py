"""All that this Trakt can do, on one screen."""

from trakt_simulator.endpoints import (
    history,
    last_activities,
    list_items,
    lists,
    ratings,
    titles,
    users,
    watched,
)
from trakt_simulator.http.routing import Router
from trakt_simulator.oauth import device, token

ROUTES = (
    *device.ROUTES,
    *token.ROUTES,
    *users.ROUTES,
    *lists.ROUTES,
    *list_items.ROUTES,
    *last_activities.ROUTES,
    *titles.ROUTES,
    *history.ROUTES,
    *watched.ROUTES,
    *ratings.ROUTES,
)


def router() -> Router:
    return Router(ROUTES)
