"""The HTTP API on a database and a Trakt of the test's choice, without a process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import httpx
from fastapi import FastAPI

from chassis.bootstrap import health_of
from chassis.clock import Clock, utc_now
from chassis.local_tokens import issue_token
from chassis.postgres.database import create_pool
from trakt_sync.http.application import serving
from trakt_sync.settings import HttpSettings
from trakt_sync.testing.harness import CLIENT, make_settings
from trakt_sync.trakt.transport import connect

AUTH_KEY: Final = "a key of the tests, of enough characters"
NO_LIMITS: Final = {"user_requests_per_minute": 0, "address_requests_per_minute": 0}


def http_settings(dsn: str, trakt_url: str, **changes: object) -> HttpSettings:
    """Return settings with a local key."""
    return HttpSettings.model_validate(
        make_settings(dsn, trakt_url).model_dump() | {"auth_local_key": AUTH_KEY} | NO_LIMITS | changes
    )


@asynccontextmanager
async def application_on(
    settings: HttpSettings,
    *,
    trakt: httpx.AsyncClient | None = None,
    wake: Callable[[], None] = lambda: None,
    now: Clock = utc_now,
) -> AsyncIterator[FastAPI]:
    """Give the HTTP application on a migrated database; it polls the logins that users begin.

    Args:
        trakt: a client of a Trakt without a socket; None: the Trakt of the settings.
    """
    async with (
        await create_pool(settings.database_url.get_secret_value()) as pool,
        trakt or connect(str(settings.trakt_api_url), CLIENT.client_id, is_traced=False) as api,
        serving(settings, pool, health_of(pool), api, wake=wake, now=now) as app,
    ):
        yield app


def bearer(user_id: str = "ada") -> dict[str, str]:
    """Return the headers of a request of this user."""
    token = issue_token(
        AUTH_KEY, user_id=user_id, issuer="watchbuddy", audience="watchbuddy", lifetime=timedelta(minutes=5)
    )
    return {"Authorization": f"Bearer {token}"}


def client_of(app: FastAPI, user_id: str = "ada") -> httpx.AsyncClient:
    """Return a client of a user."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://trakt-sync", headers=bearer(user_id))
