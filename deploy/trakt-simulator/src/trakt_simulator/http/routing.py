"""From method and path to an endpoint."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response
from trakt_simulator.state.simulator import Simulator

Endpoint = Callable[[Request, Simulator], Response]


class Auth(Enum):
    """What a request needs. A token that is sent is always checked, except on OAUTH and NONE endpoints."""

    REQUIRED = "token"
    OPTIONAL = "token if there is one"
    OAUTH = "client id in the body, no headers"
    NONE = "nothing"


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path with its endpoint. `{name}` in the pattern stands for one path segment."""

    method: str
    pattern: str
    endpoint: Endpoint
    auth: Auth = Auth.REQUIRED

    @property
    def name(self) -> str:
        return f"{self.method} {self.pattern}"


def segments_of(path: str) -> list[str]:
    """Split a path. Trailing and doubled slashes (`//oauth/token`) make no segment."""
    return [segment for segment in path.split("/") if segment]


class Router:
    """Finds the matching route with the most literal segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[Route, list[str]]]] = {}
        for route in routes:
            pattern = segments_of(route.pattern)
            self._routes.setdefault((route.method, len(pattern)), []).append((route, pattern))
        for candidates in self._routes.values():
            candidates.sort(key=lambda candidate: sum(part.startswith("{") for part in candidate[1]))

    def respond(self, request: Request, sim: Simulator) -> Response:
        """Carry out a request without rate limits, faults, log or credentials.

        An unknown path gets 404, an unknown method of a known path 405.
        """
        found = self.find(request.method, request.path)
        if found is None:
            is_known = any(self.find(method, request.path) for method, _ in self._routes)
            return Response(HTTPStatus.METHOD_NOT_ALLOWED if is_known else HTTPStatus.NOT_FOUND)
        route, request.params = found
        return route.endpoint(request, sim)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route and the variable parts of the path, or None."""
        segments = segments_of(path)
        for route, pattern in self._routes.get((method, len(segments)), ()):
            params = _match(pattern, segments)
            if params is not None:
                return route, params
        return None


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    params = {}
    for part, segment in zip(pattern, segments, strict=True):
        if part[0] == "{":
            params[part[1:-1]] = segment
        elif part != segment:
            return None
    return params
