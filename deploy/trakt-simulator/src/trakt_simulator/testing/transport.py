"""The Trakt API without a server, ASGI or log, for clients in the same process that have a clock of their own."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qsl

import httpx

from trakt_simulator.endpoints.table import router
from trakt_simulator.gateway.gateway import Gateway, Outcome
from trakt_simulator.http.request import Request
from trakt_simulator.state.simulator import Simulator


class Watch(Protocol):
    """Sees each request at Trakt: before it is carried out, and after."""

    def arriving(self, request: Request) -> None: ...
    def handled(self, request: Request, outcome: Outcome) -> None: ...


class CoreTransport(httpx.AsyncBaseTransport):
    """Carries a client's requests out on a simulator in memory.

    Args:
        travel: called with the seconds that a request needs on its way, and its response on its way back. Nothing
            sleeps: it moves the caller's clock.
        latency_s: of each way.
    """

    def __init__(self, sim: Simulator, watch: Watch, travel: Callable[[float], None], latency_s: float) -> None:
        self._sim = sim
        self._gateway = Gateway(sim, router())
        self._watch = watch
        self._travel = travel
        self._latency_s = latency_s

    @property
    def is_late(self) -> bool:
        """Whether a request is still to be carried out, which the fault `late` put off."""
        return self._gateway.is_late

    def carry_out_late(self) -> None:
        """Carry out what the fault `late` put off until now."""
        self._gateway.carry_out_late(self._sim.clock.now_ms())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._travel(self._latency_s)
        asked = self._request(request)
        self._gateway.carry_out_late(asked.now_ms)
        self._watch.arriving(asked)
        outcome = self._gateway.handle(asked)
        self._watch.handled(asked, outcome)
        effects = outcome.effects
        ending = effects.ending
        wait_s = effects.delay_s + (0 if ending is None or ending.kind == "late" else ending.delay_s)
        self._travel(self._latency_s + wait_s)
        if outcome.is_lost or "truncate" in effects.applied:
            raise httpx.ReadError("a fault closed the connection", request=request)
        response = outcome.response
        return httpx.Response(response.status, headers=response.headers, content=response.body, request=request)

    def _request(self, request: httpx.Request) -> Request:
        url = request.url
        return Request(
            method=request.method,
            path=url.path,
            query=dict(parse_qsl(url.query.decode())) if url.query else {},
            headers={name.lower(): value for name, value in request.headers.raw},
            body=request.content,
            now_ms=self._sim.clock.now_ms(),
        )
