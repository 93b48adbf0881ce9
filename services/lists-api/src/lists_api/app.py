"""The composition root: builds what the processes of lists-api consist of."""

from fastapi import FastAPI

from chassis.bootstrap import health_of
from chassis.http.auth import Authenticator
from lists_api.http.api import http_api
from lists_api.http.turns import Turns
from lists_api.lists.use_cases import ListUseCases
from lists_api.runs.use_cases import RunUseCases
from lists_api.settings import HttpSettings


def build_app(settings: HttpSettings, cases: ListUseCases, runs: RunUseCases) -> FastAPI:
    """Return the HTTP application. It knows no Kafka: its transactions write the outbox."""
    app = http_api(health_of(cases.pool))
    equip(app, settings, cases, runs)
    return app


def equip(app: FastAPI, settings: HttpSettings, cases: ListUseCases, runs: RunUseCases) -> None:
    """Give the routes what they work with."""
    app.state.settings = settings
    app.state.authenticator = Authenticator(settings)
    app.state.use_cases = cases
    app.state.turns = Turns()
    app.state.run_use_cases = runs
