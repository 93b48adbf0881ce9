"""The Trakt API as an ASGI application: the gateway's outcome is logged, delayed, and sent or broken off."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from trakt_simulator.gateway.asgi import (
    ClientGoneError,
    Receive,
    Scope,
    Send,
    close_connection,
    read_body,
    request_from,
    send_response,
)
from trakt_simulator.gateway.gateway import Gateway, Outcome
from trakt_simulator.http.edge import edge_too_large
from trakt_simulator.http.request import Request
from trakt_simulator.state.request_log import Entry
from trakt_simulator.state.simulator import Simulator


class TraktApi:
    """The Trakt API over ASGI.

    Args:
        stopping: set when the server ends; it ends all waiting.
        save: called when a request was carried out, before its response or any waiting begins.
    """

    def __init__(self, sim: Simulator, gateway: Gateway, stopping: asyncio.Event, save: Callable[[], None]) -> None:
        self._sim = sim
        self._gateway = gateway
        self._stopping = stopping
        self._save = save

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            body = await read_body(receive, self._sim.options.max_body_bytes)
        except ClientGoneError:
            return
        request = request_from(scope, body or b"", self._sim.clock.now_ms())
        outcome = Outcome(edge_too_large(), "too large") if body is None else self._gateway.handle(request)
        self._save()
        wait_s = self._sim.options.latency_ms / 1000 + outcome.effects.delay_s
        if outcome.effects.ending is not None and outcome.effects.ending.kind != "late":
            wait_s += outcome.effects.ending.delay_s
        self._log(scope, request, outcome, (time.perf_counter() - started + wait_s) * 1000)
        if wait_s:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)
        if outcome.is_lost:
            await close_connection(scope, receive)
        elif "truncate" in outcome.effects.applied:
            half = len(outcome.response.body) // 2
            await send_response(request, send, outcome.response, length=half)
            await close_connection(scope, receive)
        else:
            await send_response(request, send, outcome.response)

    def _log(self, scope: Scope, request: Request, outcome: Outcome, duration_ms: float) -> None:
        log = self._sim.log
        entry = Entry(
            id=log.next_id(),
            at_ms=request.now_ms,
            account=request.account.username if request.account else None,
            method=scope["method"],
            path=request.path,
            query=scope["query_string"].decode("latin-1"),
            status=0 if outcome.is_lost else outcome.response.status,
            fault=" ".join(outcome.effects.logged) or None,
            duration_ms=round(duration_ms, 3),
            body=request.body,
            response=b"" if outcome.is_lost else outcome.response.body,
        )
        log.add(entry, outcome.endpoint)
