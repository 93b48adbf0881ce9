"""From method and path to an endpoint."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from trakt_simulator.http.wire import Answer, Call
from trakt_simulator.state.simulator import Simulator

Handler = Callable[[Call, Simulator], Answer]


class Auth(Enum):
    """What a call needs. A token that is there is always checked, except on OAUTH endpoints."""

    REQUIRED = "token"
    OPTIONAL = "token if there is one"
    OAUTH = "client id in the body, no headers"


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint. `{name}` in the pattern stands for one path segment."""

    method: str
    pattern: str
    handler: Handler
    auth: Auth = Auth.REQUIRED

    @property
    def name(self) -> str:
        return f"{self.method} {self.pattern}"


def segments_of(path: str) -> list[str]:
    """Split a path; a trailing slash and doubled slashes (`//oauth/token`) make no segment."""
    return [segment for segment in path.split("/") if segment]


class Router:
    """Finds the route with the most literal segments that fits."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[Route, list[str]]]] = {}
        for route in routes:
            pattern = segments_of(route.pattern)
            self._routes.setdefault((route.method, len(pattern)), []).append((route, pattern))
        for candidates in self._routes.values():
            candidates.sort(key=lambda candidate: sum(part.startswith("{") for part in candidate[1]))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        segments = segments_of(path)
        for route, pattern in self._routes.get((method, len(segments)), ()):
            params = _matched(pattern, segments)
            if params is not None:
                return route, params
        return None


def _matched(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    params = {}
    for part, segment in zip(pattern, segments, strict=True):
        if part[0] == "{":
            params[part[1:-1]] = segment
        elif part != segment:
            return None
    return params
