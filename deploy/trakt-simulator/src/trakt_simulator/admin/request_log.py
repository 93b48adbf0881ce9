"""The request log: read, clear, counts."""

from fnmatch import fnmatchcase

from trakt_simulator.admin.responses import logged_request
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response, no_content
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.simulator import Simulator


def list_requests(request: Request, sim: Simulator) -> Response:
    """Filters: method, path (fnmatch), account, status, since_id (later than), limit (the newest so many)."""
    query = request.query
    since = number_in(query.get("since_id", "")) or 0
    path = query.get("path")
    found = [
        entry
        for entry in sim.log
        if entry.id > since
        and query.get("method", entry.method).upper() == entry.method
        and query.get("account", entry.account) == entry.account
        and query.get("status", str(entry.status)) == str(entry.status)
        and (path is None or fnmatchcase(entry.path, path))
    ]
    limit = number_in(query.get("limit", ""))
    if limit is not None:
        found = found[len(found) - min(limit, len(found)) :]
    return json_response([logged_request(entry) for entry in found])


def clear_requests(request: Request, sim: Simulator) -> Response:
    del request
    sim.log.clear()
    return no_content()


def get_counts(request: Request, sim: Simulator) -> Response:
    del request
    log = sim.log
    return json_response({"total": log.total, "by_endpoint": dict(log.by_endpoint), "by_status": dict(log.by_status)})


ROUTES = (
    Route("GET", "/_admin/requests", list_requests, Auth.NONE),
    Route("DELETE", "/_admin/requests", clear_requests, Auth.NONE),
    Route("GET", "/_admin/counts", get_counts, Auth.NONE),
)
