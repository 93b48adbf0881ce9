"""The composition root: builds what the processes of lists-api consist of."""

from functools import partial
from secrets import token_urlsafe
from typing import Final

from fastapi import FastAPI

from chassis.bootstrap import health_of
from chassis.http.auth import Authenticator
from chassis.sealing import Sealer
from lists_api.console.front import Front, front_of
from lists_api.console.gateway import Gateway
from lists_api.console.pages import pages
from lists_api.http.api import http_api
from lists_api.http.turns import Turns
from lists_api.lists.use_cases import ListUseCases
from lists_api.runs.use_cases import RunUseCases
from lists_api.sessions.use_cases import Sessions
from lists_api.settings import HttpSettings

SECRET_BYTES: Final = 32
"""Of a cookie's value and a link's code: as many as nobody can guess."""


def build_app(settings: HttpSettings, cases: ListUseCases, runs: RunUseCases, gateway: Gateway) -> Front:
    """Return the HTTP application. It knows no Kafka: its transactions write the outbox."""
    app = http_api(health_of(cases.pool))
    equip(app, settings, cases, runs)
    return front(app, settings, gateway)


def equip(app: FastAPI, settings: HttpSettings, cases: ListUseCases, runs: RunUseCases) -> None:
    """Give the routes what they work with."""
    app.state.settings = settings
    app.state.authenticator = Authenticator(settings)
    app.state.use_cases = cases
    app.state.turns = Turns()
    app.state.run_use_cases = runs
    app.state.sessions = sessions_of(settings, cases)


def front(app: FastAPI, settings: HttpSettings, gateway: Gateway) -> Front:
    """Return the application as browsers meet it: with the console and the other services."""
    return front_of(
        app,
        gateway,
        pages=pages(),
        sessions=app.state.sessions,
        public_url=settings.own_address,
        cors_origins=settings.origins,
    )


def services_of(settings: HttpSettings) -> dict[str, str | None]:
    """Return where the other services are."""
    known = {"trakt-sync": settings.trakt_sync_url, "notifier": settings.notifier_url}
    return {name: None if url is None else str(url) for name, url in known.items()}


def sessions_of(settings: HttpSettings, cases: ListUseCases) -> Sessions | None:
    """Return what makes sessions; None: there are none."""
    keys = settings.session_encryption_keys
    if keys is None:
        return None
    sealer = Sealer.of_setting(keys.get_secret_value())
    return Sessions(cases.pool, sealer, settings.login_link_lifetime, cases.now, partial(token_urlsafe, SECRET_BYTES))
