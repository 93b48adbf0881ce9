"""All that this Trakt can do, on one screen."""

from trakt_simulator.endpoints import (
    device,
    history,
    last_activities,
    list_items,
    lookup,
    personal_lists,
    ratings,
    token,
    users,
    watched,
)
from trakt_simulator.routing import Router

ROUTES = (
    *device.ROUTES,
    *token.ROUTES,
    *users.ROUTES,
    *personal_lists.ROUTES,
    *list_items.ROUTES,
    *last_activities.ROUTES,
    *lookup.ROUTES,
    *history.ROUTES,
    *watched.ROUTES,
    *ratings.ROUTES,
)


def router() -> Router:
    return Router(ROUTES)
