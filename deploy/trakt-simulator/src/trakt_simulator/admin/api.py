"""The admin API under `/_admin`. Its requests are not logged and not limited."""

from http import HTTPStatus

from pydantic import ValidationError

from trakt_simulator.admin import accounts, controls, faults, page, request_log
from trakt_simulator.admin.errors import AdminError
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Router
from trakt_simulator.state.simulator import Simulator

PREFIX = "/_admin"
_ROUTER = Router((*page.ROUTES, *controls.ROUTES, *accounts.ROUTES, *faults.ROUTES, *request_log.ROUTES))


def respond(request: Request, sim: Simulator) -> Response:
    """Carry out an admin request. Errors are `{"error": …}`, with `details` for a body that is not valid."""
    if _is_from_another_site(request):
        return Response(HTTPStatus.FORBIDDEN, b"not from another site's page", [(b"content-type", b"text/plain")])
    try:
        return _ROUTER.respond(request, sim)
    except AdminError as error:
        return json_response({"error": str(error)}, error.status)
    except ValidationError as error:
        details = [{"at": ".".join(map(str, e["loc"])), "error": e["msg"]} for e in error.errors()]
        return json_response({"error": "not valid", "details": details}, HTTPStatus.UNPROCESSABLE_ENTITY)


def _is_from_another_site(request: Request) -> bool:
    """Tell whether a browser sends this for a page that is not ours. Any page could reset the simulator otherwise."""
    origin = request.headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != request.headers.get(b"host", b"")
