"""One call from its headers to its answer: edge, limits, faults, credentials, endpoint."""

import hashlib
import logging
from dataclasses import dataclass
from http import HTTPStatus

from trakt_simulator.faults.faults import NO_EFFECTS, Effects, Fault
from trakt_simulator.gateway.damage import spoilt
from trakt_simulator.http import errors
from trakt_simulator.http.routing import Auth, Route, Router
from trakt_simulator.http.wire import EMPTY_TYPE, Answer, Call, TraktError
from trakt_simulator.oauth.token import account_behind
from trakt_simulator.state.rate_limits import FixedWindow, Standing
from trakt_simulator.state.simulator import Simulator

log = logging.getLogger(__name__)
_UNKNOWN = "unknown path"


@dataclass(slots=True)
class Outcome:
    """What became of a call. `endpoint` is the route's name in the counts; `ending` a fault that takes the answer's place."""

    answer: Answer
    endpoint: str
    effects: Effects = NO_EFFECTS
    ending: Fault | None = None


class Gateway:
    """Trakt's front: everything that happens to a call before and after its endpoint."""

    def __init__(self, sim: Simulator, router: Router) -> None:
        self._sim = sim
        self._router = router

    def handle(self, call: Call) -> Outcome:
        """Answer a call. The caller sends the answer, or carries out the ending."""
        found = self._router.find(call.method, call.path)
        endpoint = found[0].name if found else _UNKNOWN
        if not call.headers.get(b"user-agent"):
            return Outcome(errors.edge_forbidden(), endpoint)
        is_oauth = found is not None and found[0].auth is Auth.OAUTH
        has_bad_token = False
        if is_oauth:
            call.account = account_behind(call, self._sim)
        else:
            has_bad_token = self._identify(call)
        standing = None if is_oauth else self._count(call)
        if standing is not None and not standing.is_allowed:
            return Outcome(self._finished(call, errors.rate_limited(standing), standing), endpoint)
        username = call.account.username if call.account else None
        effects = self._sim.faults.meet("HEAD" if call.is_head else call.method, call.path, username)
        call.effects = effects
        ending = effects.ending
        if ending is not None and not ending.after:
            return Outcome(self._ended(call, ending, is_oauth=is_oauth), endpoint, effects, ending)
        if found is None:
            answer = _refused(HTTPStatus.METHOD_NOT_ALLOWED)
        else:
            call.params = found[1]
            answer = self._answer(call, found[0], has_bad_token=has_bad_token)
        if ending is None:
            answer = self._finished(call, spoilt(answer, effects), standing)
        else:
            answer = self._ended(call, ending, is_oauth=is_oauth)
        self._sim.faults.settle(effects)
        return Outcome(answer, endpoint, effects, ending)

    def _identify(self, call: Call) -> bool:
        """Find whose token the call bears; return whether it bears one that is no good."""
        scheme, _, token = call.header(b"authorization").partition(" ")
        if not scheme:
            return False
        if scheme.lower() == "bearer":
            call.account = self._sim.tokens.account_of(token.strip(), call.now_ms)
        return call.account is None

    def _count(self, call: Call) -> Standing | None:
        """Count the call in its bucket; None where no limit is on."""
        options = self._sim.options
        if call.method == "GET":
            is_on = options.read_limit if call.account else options.unauthenticated_limit
        else:
            # A write without an account is refused anyway, and is in no bucket.
            is_on = options.write_limit and call.account is not None
        if not options.rate_limits or not is_on:
            return None
        who = call.account.slug if call.account else f"{call.header(b'trakt-api-key')} {call.client}"
        bucket, limit = self._bucket(call)
        return bucket.take(who, limit, call.now_ms)

    def _bucket(self, call: Call) -> tuple[FixedWindow, int]:
        """Return the bucket that the call belongs to, and how many calls it holds."""
        options, limits = self._sim.options, self._sim.limits
        if call.method == "GET":
            return limits.reads if call.account else limits.unauthenticated, options.reads_per_5_minutes
        return limits.writes, options.writes_per_second

    def _answer(self, call: Call, route: Route, *, has_bad_token: bool) -> Answer:
        try:
            if route.auth is not Auth.OAUTH:
                self._check(call, route, has_bad_token=has_bad_token)
            return route.handler(call, self._sim)
        except TraktError as error:
            return error.answer()
        except Exception:  # a defect of the simulator: told on its own log, never to the client
            log.exception("call_failed %s %s", call.method, call.path)
            return _refused(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _check(self, call: Call, route: Route, *, has_bad_token: bool) -> None:
        if call.header(b"trakt-api-key") not in self._sim.apps:
            raise TraktError(HTTPStatus.FORBIDDEN, body=b"Forbidden")
        if self._sim.options.version_header_required and call.header(b"trakt-api-version") != "2":
            raise TraktError(HTTPStatus.PRECONDITION_FAILED, message="trakt-api-version must be 2")
        # A bad token is refused even where none is needed.
        if has_bad_token or (route.auth is Auth.REQUIRED and call.account is None):
            raise TraktError(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": 'Bearer realm="Trakt"'})
        if call.account is not None and (call.account.is_locked or call.account.is_deactivated):
            raise errors.locked(call.account)

    def _ended(self, call: Call, fault: Fault, *, is_oauth: bool) -> Answer:
        """Return what a fault answers in place of Trakt."""
        if fault.kind == "rate_limited":
            bucket, limit = self._bucket(call)
            standing = bucket.full(limit, call.now_ms)
            refused = errors.rate_limited(standing)
            # OAuth's limits are not published: `Retry-After` is all that is told of them.
            return refused if is_oauth else _with_standing(refused, standing)
        if fault.kind in errors.REFUSALS:
            return errors.REFUSALS[fault.kind](call.account)
        headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in fault.headers.items()]
        if not any(name == b"content-type" for name, _ in headers):
            headers.append(EMPTY_TYPE)
        return Answer(fault.status, fault.body.encode(), headers)

    def _finished(self, call: Call, answer: Answer, standing: Standing | None) -> Answer:
        if standing is not None:
            answer = _with_standing(answer, standing)
        if call.method != "GET" or answer.status != HTTPStatus.OK:
            return answer
        etag = b'W/"%b"' % hashlib.md5(answer.body, usedforsecurity=False).hexdigest().encode()
        cache = b"max-age=0, private, must-revalidate" if call.account else b"public, max-age=0, s-maxage=3600"
        headers = [*answer.headers, (b"etag", etag), (b"cache-control", cache)]
        if self._sim.options.conditional_get and call.headers.get(b"if-none-match") == etag:
            return Answer(HTTPStatus.NOT_MODIFIED, b"", headers)
        return Answer(answer.status, answer.body, headers)


def _with_standing(answer: Answer, standing: Standing) -> Answer:
    return Answer(answer.status, answer.body, [*answer.headers, (b"x-ratelimit", standing.header())])


def _refused(status: int) -> Answer:
    return Answer(status, b"", [EMPTY_TYPE])
