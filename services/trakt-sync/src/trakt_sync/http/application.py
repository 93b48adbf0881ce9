"""The HTTP application on what it works with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import httpx
from fastapi import FastAPI

from chassis.clock import Clock, utc_now
from chassis.health import Health
from chassis.http.auth import Authenticator
from chassis.postgres.database import Pool
from trakt_sync.accounts.vault import Vault
from trakt_sync.http.api import http_api
from trakt_sync.logins.device import DeviceLogins
from trakt_sync.settings import HttpSettings
from trakt_sync.trakt.client import App, TraktClient
from trakt_sync.trakt.oauth import OAuth


@asynccontextmanager
async def serving(
    settings: HttpSettings,
    pool: Pool,
    health: Health,
    api: httpx.AsyncClient,
    *,
    wake: Callable[[], None],
    now: Clock = utc_now,
) -> AsyncIterator[FastAPI]:
    """Give the application; while it is open, the logins that users have begun are polled.

    Args:
        api: of `trakt.transport.connect`.
        wake: wakes the workers and the relay.
    """
    registered = App(settings.trakt_client_id, settings.trakt_client_secret, settings.trakt_redirect_uri)
    auth_url = str(settings.trakt_auth_url)
    trakt = TraktClient(api, auth_url, registered, now=now)
    devices = DeviceLogins(
        pool=pool,
        vault=Vault(settings.encryption_keys),
        oauth=OAuth(api, auth_url, registered, now=now),
        read_owner=trakt.read_owner,
        wake=wake,
        now=now,
    )
    app = http_api(health)
    app.state.authenticator = Authenticator(settings)
    app.state.pool = pool
    app.state.device_logins = devices
    health.add("logins", devices.check)
    polling = asyncio.create_task(devices.run(), name="poll logins")
    try:
        yield app
    finally:
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
