"""The HTTP application on what it works with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import httpx
from fastapi import FastAPI

from chassis.clock import Clock, utc_now
from chassis.health import Health
from chassis.http.auth import Authenticator
from chassis.http.rate_limits import RateLimits
from chassis.postgres.database import Pool
from trakt_sync.accounts.vault import Vault
from trakt_sync.http.api import http_api
from trakt_sync.logins.authorization import AuthorizationLogins
from trakt_sync.logins.device import DeviceLogins
from trakt_sync.logins.logout import Logout
from trakt_sync.mirroring.policy import Policy
from trakt_sync.settings import HttpSettings
from trakt_sync.trakt.app import App
from trakt_sync.trakt.client import TraktClient
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
    trakt, oauth = TraktClient(api, auth_url, registered, now=now), OAuth(api, auth_url, registered, now=now)
    vault, read_settings = Vault(settings.encryption_keys), trakt.read_settings
    devices = DeviceLogins(pool=pool, vault=vault, oauth=oauth, read_settings=read_settings, wake=wake, now=now)
    is_address = settings.trakt_redirect_uri.startswith(("https://", "http://"))
    app = http_api(health)
    app.state.authenticator = Authenticator(settings)
    app.state.limits = RateLimits(settings)
    app.state.pool = pool
    app.state.settings = settings
    app.state.wake = wake
    app.state.policy = Policy(stale_window=settings.trakt_stale_window, create_settle=settings.trakt_create_settle)
    app.state.device_logins = devices
    app.state.authorization_logins = AuthorizationLogins(
        pool=pool,
        vault=vault,
        oauth=oauth,
        read_settings=read_settings,
        page=settings.authorize_page,
        client_id=registered.client_id,
        redirect_uri=registered.redirect_uri if is_address else None,
        wake=wake,
        now=now,
    )
    app.state.logout = Logout(pool, vault, oauth, wake, now)
    app.state.login_return_url = None if settings.login_return_url is None else str(settings.login_return_url)
    health.add("logins", devices.check)
    polling = asyncio.create_task(devices.run(), name="poll logins")
    try:
        yield app
    finally:
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
