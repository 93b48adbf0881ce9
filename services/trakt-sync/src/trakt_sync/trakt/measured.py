"""Requests to Trakt as metrics: how long each took, what came of it, and what is left of the account's limit."""

import json
import time
from typing import Final

import httpx

from chassis.telemetry.declared import (
    BUDGET,
    CLIENT_DURATION,
    ERROR_TYPE,
    LIMIT,
    METHOD,
    SERVER,
    STATUS,
    TEMPLATE,
    Attribute,
)
from chassis.telemetry.instruments import histogram
from trakt_sync.trakt.paths import template_of

LIMIT_HEADER: Final = "X-Ratelimit"
MAX_HEADER: Final = 1024


class MeasuredTransport(httpx.AsyncBaseTransport):
    """Another transport, each of whose requests is measured."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self._duration = histogram(CLIENT_DURATION)
        self._budget = histogram(BUDGET)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request."""
        given: dict[Attribute, str | int] = {
            METHOD: request.method,
            TEMPLATE: template_of(request.url.path),
            SERVER: request.url.host,
        }
        began = time.perf_counter()
        try:
            response = await self._transport.handle_async_request(request)
        except BaseException as exc:  # cancelled, too: the request was sent
            given[ERROR_TYPE] = type(exc).__name__
            raise
        else:
            given[STATUS] = response.status_code
            if response.is_error:
                given[ERROR_TYPE] = str(response.status_code)
            self._note_budget(response.headers.get(LIMIT_HEADER, ""))
            return response
        finally:
            self._duration.record(time.perf_counter() - began, given)

    async def aclose(self) -> None:
        await self._transport.aclose()

    def _note_budget(self, header: str) -> None:
        """Note what Trakt says: `{"name":"AUTHED_API_GET_LIMIT","period":300,"limit":1000,"remaining":900, …}`."""
        if not 0 < len(header) <= MAX_HEADER:
            return
        try:
            said = json.loads(header)
            name, share = said["name"], said["remaining"] / said["limit"]
        except (ValueError, TypeError, KeyError, ZeroDivisionError, RecursionError):
            return  # it is for information alone
        self._budget.record(share, {LIMIT: name if name in LIMIT.values else "other"})
