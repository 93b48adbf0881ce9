"""Controls of the simulator itself: health, reset, options, clock."""

from http import HTTPStatus

from trakt_simulator.admin.errors import AdminError
from trakt_simulator.admin.requests import ClockBody, read_body, read_json
from trakt_simulator.clock import iso
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response, no_content
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.state.simulator import Simulator


def health(request: Request, sim: Simulator) -> Response:
    del request, sim
    return json_response({"status": "ok"})


def reset(request: Request, sim: Simulator) -> Response:
    del request
    sim.reset()
    return no_content()


def get_options(request: Request, sim: Simulator) -> Response:
    del request
    return json_response(sim.options.model_dump())


def change_options(request: Request, sim: Simulator) -> Response:
    changes = read_json(request)
    if not isinstance(changes, dict):
        raise AdminError(HTTPStatus.UNPROCESSABLE_ENTITY, "the body must be an object")
    return json_response(sim.set_options(changes).model_dump())


def get_clock(request: Request, sim: Simulator) -> Response:
    del request
    return json_response({"now": iso(sim.clock.now_ms())})


def advance_clock(request: Request, sim: Simulator) -> Response:
    if not sim.clock.advance(read_body(request, ClockBody).advance_s):
        raise AdminError(HTTPStatus.UNPROCESSABLE_ENTITY, "advance_s: past the years that dates have")
    return get_clock(request, sim)


ROUTES = (
    Route("GET", "/_admin/health", health, Auth.NONE),
    Route("POST", "/_admin/reset", reset, Auth.NONE),
    Route("GET", "/_admin/options", get_options, Auth.NONE),
    Route("PATCH", "/_admin/options", change_options, Auth.NONE),
    Route("GET", "/_admin/clock", get_clock, Auth.NONE),
    Route("POST", "/_admin/clock", advance_clock, Auth.NONE),
)
