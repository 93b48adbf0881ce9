"""The lists page: accounts, lists, items, last requests."""

from http import HTTPStatus
from pathlib import Path

from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, html_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.state.simulator import Simulator

_PAGE = Path(__file__).with_name("lists.html").read_text(encoding="utf-8")


def show_page(request: Request, sim: Simulator) -> Response:
    del request, sim
    return html_response(_PAGE)


def go_to_page(request: Request, sim: Simulator) -> Response:
    """Send a browser that opens the bare address to the page."""
    del request, sim
    return Response(HTTPStatus.TEMPORARY_REDIRECT, headers=[(b"location", b"/_admin/")])


ROUTES = (
    Route("GET", "/", go_to_page, Auth.NONE),
    Route("GET", "/_admin", show_page, Auth.NONE),
    # As the site of Trakt has them. The page chooses by its address.
    Route("GET", "/_admin/users/{user}", show_page, Auth.NONE),
    Route("GET", "/_admin/users/{user}/lists/{list}", show_page, Auth.NONE),
)
