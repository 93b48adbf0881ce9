"""Each HTTP request is one line of the log and one duration; `/metrics` answers who scrapes."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import structlog
from opentelemetry import trace
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.secured import OF_DATA
from chassis.telemetry import prometheus
from chassis.telemetry.declared import ERROR_TYPE, METHOD, ROUTE, SERVER_DURATION, STATUS, Attribute
from chassis.telemetry.exporters import is_scraped
from chassis.telemetry.instruments import histogram
from chassis.telemetry.readings import READINGS

log = structlog.get_logger()

EXTENSION: Final = "watchbuddy.request"
METRICS_PATH: Final = "/metrics"
UNSEEN: Final = (METRICS_PATH, "/health/")
"""Beginnings of paths that machines ask for every few seconds."""
PROXIED: Final = frozenset({b"forwarded", b"via", b"x-forwarded-for"})
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"})


@dataclass(slots=True)
class Seen:
    """What is known of a request. Args: route: its template, never its path, which can hold a secret."""

    route: str | None = None
    status: int | None = None
    trace_id: str | None = None
    is_stream: bool = False


def note_route(scope: Scope, route: str | None) -> None:
    """Say by which route a request is answered."""
    seen = (scope.get("extensions") or {}).get(EXTENSION)
    if isinstance(seen, Seen) and route is not None:
        seen.route = route


class Observed:
    """An application whose requests are logged and measured."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._duration = histogram(SERVER_DURATION)
        self._is_scraped = is_scraped()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if self._is_scraped and scope["path"] == METRICS_PATH and not _has_come_by_proxy(scope):
            await READINGS.read()
            answer = Response(prometheus.text(), media_type=prometheus.CONTENT_TYPE, headers=OF_DATA)
            return await answer(scope, receive, send)
        if scope["path"].startswith(UNSEEN):
            return await self._app(scope, receive, send)
        return await self._observe(scope, receive, send)

    async def _observe(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = Seen()
        scope["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: seen}

        async def send_seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                _note_answer(seen, message)
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, send_seen)
        finally:
            self._end(scope["method"], seen, time.perf_counter() - began)

    def _end(self, method: str, seen: Seen, took: float) -> None:
        known = method if method in METHODS else "_OTHER"
        given: dict[Attribute, str | int | None] = {METHOD: known, ROUTE: seen.route, STATUS: seen.status}
        if seen.status is None or seen.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            given[ERROR_TYPE] = "unanswered" if seen.status is None else str(seen.status)
        if not seen.is_stream:  # it lasts for as long as somebody listens
            self._duration.record(took, {name: value for name, value in given.items() if value is not None})
        about: Mapping[str, Any] = {} if seen.trace_id is None else {"trace_id": seen.trace_id}
        log.info("http_request", method=known, route=seen.route, status=seen.status, duration_s=round(took, 4), **about)


def _has_come_by_proxy(scope: Scope) -> bool:
    """Whether a proxy says that it passed the request on. Metrics are for those inside."""
    return any(name.lower() in PROXIED for name, _ in scope["headers"])


def _note_answer(seen: Seen, message: Message) -> None:
    """Note the answer's beginning. It is sent from within the request's trace."""
    seen.status = message["status"]
    span = trace.get_current_span().get_span_context()
    seen.trace_id = format(span.trace_id, "032x") if span.is_valid else None
    seen.is_stream = any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in message.get("headers", ())
    )
