"""The composition root: builds what the processes of lists-api consist of."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from secrets import token_urlsafe
from typing import Final

from fastapi import FastAPI

from chassis.bootstrap import health_of
from chassis.clock import Clock, utc_now
from chassis.http.auth import Authenticator
from chassis.http.rate_limits import RateLimits
from chassis.postgres.database import Pool
from chassis.sealing import Sealer
from lists_api.console.front import Front, front_of
from lists_api.console.gateway import Gateway
from lists_api.console.pages import pages
from lists_api.http.api import http_api
from lists_api.http.turns import Turns
from lists_api.lists.use_cases import ListUseCases
from lists_api.runs.use_cases import RunUseCases
from lists_api.sessions.provider import Provider, Registration
from lists_api.sessions.use_cases import Sessions
from lists_api.settings import HttpSettings

SECRET_BYTES: Final = 32
"""Of a cookie's value and a link's code: as many as nobody can guess."""


def build_app(
    settings: HttpSettings, cases: ListUseCases, runs: RunUseCases, sessions: Sessions | None, gateway: Gateway
) -> Front:
    """Return the HTTP application. It knows no Kafka: its transactions write the outbox."""
    app = http_api(health_of(cases.pool))
    equip(app, settings, cases, runs, sessions, RateLimits(settings))
    return front(app, settings, sessions, gateway)


def equip(
    app: FastAPI,
    settings: HttpSettings,
    cases: ListUseCases,
    runs: RunUseCases,
    sessions: Sessions | None,
    limits: RateLimits,
) -> None:
    """Give the routes what they work with."""
    app.state.settings = settings
    app.state.authenticator = Authenticator(settings)
    app.state.limits = limits
    app.state.sessions = sessions
    app.state.use_cases = cases
    app.state.turns = Turns()
    app.state.run_use_cases = runs


def front(app: FastAPI, settings: HttpSettings, sessions: Sessions | None, gateway: Gateway) -> Front:
    """Return the application as browsers meet it: with the console and the other services."""
    app.state.parts = gateway.read
    return front_of(
        app,
        gateway,
        app.state.limits,
        pages=pages(None if sessions is None or sessions.provider is None else sessions.provider.name),
        sessions=sessions,
        public_url=settings.own_address,
        cors_origins=settings.origins,
    )


@asynccontextmanager
async def opened_gateway(settings: HttpSettings) -> AsyncIterator[Gateway]:
    """Give the way to the other services."""
    known = {"trakt-sync": settings.trakt_sync_url, "notifier": settings.notifier_url}
    services = {name: None if url is None else str(url) for name, url in known.items()}
    async with Gateway.opened(services, max_body_bytes=settings.max_body_bytes) as gateway:
        yield gateway


@asynccontextmanager
async def opened_sessions(settings: HttpSettings, pool: Pool, now: Clock = utc_now) -> AsyncIterator[Sessions | None]:
    """Give what makes sessions; None: there are none."""
    keys = settings.session_encryption_keys
    if keys is None:
        yield None
        return
    async with AsyncExitStack() as stack:
        provider = None
        if settings.oidc_client_id is not None:
            us = Registration(
                settings.auth_issuer,
                settings.oidc_client_id,
                settings.oidc_client_secret,
                settings.oidc_scopes,
                settings.auth_audience,
            )
            provider = await stack.enter_async_context(Provider.opened(us, Authenticator(settings, now), now))
        yield Sessions(
            pool,
            Sealer.of_setting(keys.get_secret_value()),
            settings.login_link_lifetime,
            settings.session_lifetime,
            provider,
            now,
            partial(token_urlsafe, SECRET_BYTES),
        )
