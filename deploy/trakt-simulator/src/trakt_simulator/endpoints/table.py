"""All endpoints of the Trakt API."""

from trakt_simulator.endpoints import (
    history,
    history_changes,
    last_activities,
    list_item_changes,
    list_items,
    list_likes,
    lists,
    ratings,
    search,
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
    *list_likes.ROUTES,
    *list_items.ROUTES,
    *list_item_changes.ROUTES,
    *last_activities.ROUTES,
    *search.ROUTES,
    *titles.ROUTES,
    *history.ROUTES,
    *history_changes.ROUTES,
    *watched.ROUTES,
    *ratings.ROUTES,
)


def router() -> Router:
    return Router(ROUTES)
