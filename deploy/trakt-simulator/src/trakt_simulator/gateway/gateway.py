"""The way of one request: edge, rate limits, faults, credentials, endpoint, headers of the response."""

import hashlib
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from trakt_simulator.faults.effects import NO_EFFECTS, Effects
from trakt_simulator.faults.fault import Fault
from trakt_simulator.gateway.fault_responses import damaged, ending_response
from trakt_simulator.http import errors
from trakt_simulator.http.edge import edge_forbidden
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response
from trakt_simulator.http.routing import Auth, Route, Router
from trakt_simulator.oauth.requests import account_behind
from trakt_simulator.state.rate_limits import FixedWindow, RateLimitState
from trakt_simulator.state.simulator import Simulator

log = logging.getLogger(__name__)
_UNKNOWN = "unknown path"


@dataclass(slots=True)
class Outcome:
    """The response to a request. `endpoint` is the route's name in the counts."""

    response: Response
    endpoint: str
    effects: Effects = NO_EFFECTS

    @property
    def is_lost(self) -> bool:
        """Tell whether the connection is closed without a response."""
        return self.effects.ending is not None and self.effects.ending.kind in ("close", "timeout", "late")


class _Late(NamedTuple):
    """A request that is carried out later, unless the simulator was reset since (`resets` counts that)."""

    at_ms: int
    resets: int
    request: Request


class Gateway:
    """Everything that happens to a request before and after its endpoint."""

    def __init__(self, sim: Simulator, router: Router) -> None:
        self._sim = sim
        self._router = router
        self._late: list[_Late] = []

    @property
    def is_late(self) -> bool:
        """Whether a request is still to be carried out, which the fault `late` put off."""
        return bool(self._late)

    def carry_out_late(self, now_ms: int) -> None:
        """Carry out the requests whose time has come, which the fault `late` put off. Nobody gets their responses."""
        due = sorted((late for late in self._late if late.at_ms <= now_ms), key=lambda late: late.at_ms)
        self._late = [late for late in self._late if late.at_ms > now_ms]
        for at_ms, resets, request in due:
            found = self._router.find(request.method, request.path)
            if found is not None and resets == self._sim.resets:
                request.now_ms, request.params, request.effects = at_ms, found[1], NO_EFFECTS
                self._respond(request, found[0], has_bad_token=False)

    def handle(self, request: Request) -> Outcome:
        """Carry out a request. The caller sends the response, or closes the connection."""
        self.carry_out_late(request.now_ms)
        found = self._router.find(request.method, request.path)
        name = found[0].name if found else _UNKNOWN
        if not request.headers.get(b"user-agent"):
            return Outcome(edge_forbidden(), name)
        is_oauth = found is not None and found[0].auth is Auth.OAUTH
        has_bad_token = False
        if is_oauth:
            request.account = account_behind(request, self._sim)
        else:
            has_bad_token = self._identify(request)
        limit = None if is_oauth else self._count(request)
        if limit is not None and not limit.is_allowed:
            return Outcome(self._completed(request, errors.rate_limited(limit), limit), name)
        username = request.account.username if request.account else None
        method = "HEAD" if request.is_head else request.method
        effects, pending = self._sim.faults.match(method, request.path, username, request.body)
        request.effects = effects
        ending = effects.ending
        if ending is not None and ending.kind == "late":
            self._late.append(_Late(request.now_ms + int(ending.delay_s * 1000), self._sim.resets, request))
        if ending is not None and not ending.after:
            return Outcome(self._ended(request, ending, is_oauth=is_oauth), name, effects)
        if found is None:
            response = _error(HTTPStatus.METHOD_NOT_ALLOWED)
        else:
            request.params = found[1]
            response = self._respond(request, found[0], has_bad_token=has_bad_token)
        if ending is None:
            response = self._completed(request, damaged(response, effects), limit)
        else:
            response = self._ended(request, ending, is_oauth=is_oauth)
        self._sim.faults.count_applied(effects, pending)
        return Outcome(response, name, effects)

    def _identify(self, request: Request) -> bool:
        """Set the account of the request's token; return whether the request has a token that is not valid."""
        scheme, _, token = request.header(b"authorization").partition(" ")
        if not scheme:
            return False
        if scheme.lower() == "bearer":
            request.account = self._sim.tokens.account_of(token.strip(), request.now_ms)
        return request.account is None

    def _count(self, request: Request) -> RateLimitState | None:
        """Count the request against its limit; None where no limit applies."""
        options = self._sim.options
        if request.method == "GET":
            is_on = options.read_limit if request.account else options.unauthenticated_limit
        else:
            # A write without an account gets an error anyway, and no limit counts it.
            is_on = options.write_limit and request.account is not None
        if not options.rate_limits or not is_on:
            return None
        who = (
            request.account.slug if request.account else f"{request.header(b'trakt-api-key')} {request.client_address}"
        )
        window, limit = self._window(request)
        return window.take(who, limit, request.now_ms)

    def _window(self, request: Request) -> tuple[FixedWindow, int]:
        """Return the window that counts the request, and how many requests it allows."""
        options, limits = self._sim.options, self._sim.rate_limits
        if request.method == "GET":
            return limits.reads if request.account else limits.unauthenticated, options.reads_per_5_minutes
        return limits.writes, options.writes_per_second

    def _respond(self, request: Request, route: Route, *, has_bad_token: bool) -> Response:
        try:
            if route.auth is not Auth.OAUTH:
                self._check(request, route, has_bad_token=has_bad_token)
            return route.endpoint(request, self._sim)
        except errors.TraktError as error:
            return error.response()
        except Exception:  # a defect of the simulator: logged here, and a plain 500 for the client
            log.exception("request_failed %s %s", request.method, request.path)
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _check(self, request: Request, route: Route, *, has_bad_token: bool) -> None:
        if request.header(b"trakt-api-key") not in self._sim.apps:
            raise errors.TraktError(HTTPStatus.FORBIDDEN, body=b"Forbidden")
        if self._sim.options.version_header_required and request.header(b"trakt-api-version") != "2":
            raise errors.TraktError(HTTPStatus.PRECONDITION_FAILED, message="trakt-api-version must be 2")
        # A token that is not valid gets a 401 even where none is needed.
        if has_bad_token or (route.auth is Auth.REQUIRED and request.account is None):
            raise errors.TraktError(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": 'Bearer realm="Trakt"'})
        if request.account is not None and (request.account.is_locked or request.account.is_deactivated):
            raise errors.locked(request.account)

    def _ended(self, request: Request, fault: Fault, *, is_oauth: bool) -> Response:
        """Return what a fault sends in place of Trakt's response."""
        if fault.kind != "rate_limited":
            return ending_response(fault, request.account)
        window, limit = self._window(request)
        state = window.full(limit, request.now_ms)
        response = errors.rate_limited(state)
        # The limits of OAuth are not published: only `Retry-After` is sent.
        return response if is_oauth else response.with_headers((b"x-ratelimit", state.header()))

    def _completed(self, request: Request, response: Response, limit: RateLimitState | None) -> Response:
        """Return the response with the headers of rate limit and cache."""
        if limit is not None:
            response = response.with_headers((b"x-ratelimit", limit.header()))
        if request.method != "GET" or response.status != HTTPStatus.OK:
            return response
        etag = b'W/"%b"' % hashlib.md5(response.body, usedforsecurity=False).hexdigest().encode()
        cache = b"max-age=0, private, must-revalidate" if request.account else b"public, max-age=0, s-maxage=3600"
        response = response.with_headers((b"etag", etag), (b"cache-control", cache))
        if self._sim.options.conditional_get and request.headers.get(b"if-none-match") == etag:
            return Response(HTTPStatus.NOT_MODIFIED, b"", response.headers)
        return response


def _error(status: int) -> Response:
    return errors.TraktError(status).response()
