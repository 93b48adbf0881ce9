"""Faults: list, add, remove."""

from http import HTTPStatus

from trakt_simulator.admin.errors import AdminError
from trakt_simulator.admin.requests import read_body
from trakt_simulator.faults.fault import Fault
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response, no_content
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.simulator import Simulator


def list_faults(request: Request, sim: Simulator) -> Response:
    del request
    return json_response([{"id": active.id, **active.fault.model_dump(), "left": active.left} for active in sim.faults])


def add_fault(request: Request, sim: Simulator) -> Response:
    fault = read_body(request, Fault)
    if fault.account is not None:
        account = sim.accounts.find(fault.account)
        if account is None:
            raise AdminError(HTTPStatus.UNPROCESSABLE_ENTITY, "account: no such account")
        fault = fault.model_copy(update={"account": account.username})
    return json_response({"id": sim.add_fault(fault)}, HTTPStatus.CREATED)


def remove_faults(request: Request, sim: Simulator) -> Response:
    del request
    sim.faults.clear()
    return no_content()


def remove_fault(request: Request, sim: Simulator) -> Response:
    number = number_in(request.params["id"])
    if number is None or not sim.faults.remove(number):
        raise AdminError(HTTPStatus.NOT_FOUND, "no such fault, or it is used up")
    return no_content()


ROUTES = (
    Route("GET", "/_admin/faults", list_faults, Auth.NONE),
    Route("POST", "/_admin/faults", add_fault, Auth.NONE),
    Route("DELETE", "/_admin/faults", remove_faults, Auth.NONE),
    Route("DELETE", "/_admin/faults/{id}", remove_fault, Auth.NONE),
)
