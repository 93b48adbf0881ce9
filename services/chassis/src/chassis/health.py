"""Liveness and readiness over HTTP: `/health/live`, `/health/ready`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from chassis.clock import Clock, utc_now

Check = Callable[[], Awaitable[None]]
CHECK_TIMEOUT_S: Final = 2.0
STUCK_AFTER: Final = timedelta(minutes=2)


class StuckError(Exception):
    """A part of the process hangs although what it needs is there. A restart may help."""


class Health:
    """The checks of one process.

    Ready means that every check passes. Live means that no check has raised `StuckError` for `STUCK_AFTER` without a
    break; after that only a restart helps. A dependency that is away is no reason for a restart.
    """

    def __init__(self, now: Clock = utc_now) -> None:
        self._now = now
        self._checks: dict[str, Check] = {}
        self._stuck_since: dict[str, datetime] = {}

    def add(self, name: str, check: Check) -> None:
        """Add a check: a coroutine function that raises, with a text for people, when something is wrong."""
        self._checks[name] = check

    async def ready(self) -> dict[str, str]:
        """Return each check's state, "ok" or what is wrong."""
        states = await asyncio.gather(*(self._run(name, check) for name, check in self._checks.items()))
        return dict(zip(self._checks, states, strict=True))

    async def live(self) -> dict[str, str]:
        """Return the checks that have been stuck for too long, and what is wrong. Empty means alive."""
        states = await self.ready()
        return {name: states[name] for name, since in self._stuck_since.items() if self._now() - since > STUCK_AFTER}

    async def _run(self, name: str, check: Check) -> str:
        try:
            await asyncio.wait_for(check(), CHECK_TIMEOUT_S)
        except Exception as exc:  # noqa: BLE001 - whatever a check raises is its answer
            if isinstance(exc, StuckError):
                self._stuck_since.setdefault(name, self._now())
            else:
                self._stuck_since.pop(name, None)
            return str(exc) or type(exc).__name__
        self._stuck_since.pop(name, None)
        return "ok"


def routes(health: Health) -> list[Route]:
    """Return the routes for a worker's Starlette application. Both answer 200 or 503 with the checks' states."""

    async def live(_request: Request) -> JSONResponse:
        return await live_response(health)

    async def ready(_request: Request) -> JSONResponse:
        return await ready_response(health)

    return [Route("/health/live", live), Route("/health/ready", ready)]


async def live_response(health: Health) -> JSONResponse:
    """Return 200, or 503 with what is stuck."""
    stuck = await health.live()
    return JSONResponse({"status": "stuck" if stuck else "ok", "checks": stuck}, 503 if stuck else 200)


async def ready_response(health: Health) -> JSONResponse:
    """Return 200 or 503 with the checks' states."""
    states = await health.ready()
    good = all(state == "ok" for state in states.values())
    return JSONResponse({"status": "ok" if good else "not ready", "checks": states}, 200 if good else 503)
