"""The composition root: builds what each process of lists-api consists of."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from fastapi import FastAPI
from uuid_utils.compat import uuid7

from chassis.bootstrap import Foundation, bootstrap, health_of
from chassis.http.auth import Authenticator
from chassis.kafka.broker import ConsumerHealth, build_broker
from chassis.kafka.broker import consume as consume_from
from chassis.outbox import outbox
from chassis.postgres.wakeup import Listener, Waker
from chassis.process import run_worker, serve_http
from chassis.retention import sweep_for_ever
from chassis.settings import DatabaseSettings
from lists_api import subscribers
from lists_api.http.api import http_api
from lists_api.imports.trakt import TraktImportAnswers, republish_imports
from lists_api.lists import republish as republishing
from lists_api.lists import retention
from lists_api.lists.use_cases import ListUseCases
from lists_api.mirror_state.use_cases import MirrorStateUseCases
from lists_api.runs import worker
from lists_api.runs.catalogue_selector import CatalogueSelector
from lists_api.runs.runner import Runner
from lists_api.runs.use_cases import RunUseCases
from lists_api.settings import HttpSettings, RunSettings, Settings
from lists_api.subscribers import TraktEvents
from lists_api.taste.history import WatchedHistory

SERVICE: Final = "lists-api"


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


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
    app.state.run_use_cases = runs


def trakt_events(cases: ListUseCases) -> TraktEvents:
    """Return what takes the events of trakt-sync."""
    mirror_state = MirrorStateUseCases(cases.pool, subscribers.GROUP, cases.now)
    history = WatchedHistory(cases.pool, subscribers.GROUP, cases.now)
    return TraktEvents(mirror_state, TraktImportAnswers(cases, subscribers.GROUP), history)


def opened(settings: DatabaseSettings) -> AbstractAsyncContextManager[Foundation]:
    """Open what a command needs that ends by itself."""
    return bootstrap(SERVICE, settings)


@asynccontextmanager
async def opened_cases(settings: Settings) -> AsyncIterator[ListUseCases]:
    """Open what a command needs that changes lists."""
    async with bootstrap(SERVICE, settings) as base, Waker(base.pool, outbox.CHANNEL) as waker:
        yield ListUseCases(base.pool, waker.wake, now=utc_now, new_id=uuid7, quotas=settings.quotas)


async def serve(settings: HttpSettings) -> None:
    """Serve the HTTP API."""
    async with (
        bootstrap(SERVICE, settings, connections=settings.pool_size) as base,
        Waker(base.pool, outbox.CHANNEL) as relay,
        Waker(base.pool, worker.CHANNEL) as workers,
    ):

        def wake_both() -> None:
            relay.wake()
            workers.wake()

        quotas = settings.quotas
        cases = ListUseCases(base.pool, relay.wake, utc_now, uuid7, quotas, wake_runs=workers.wake)
        runs = RunUseCases(base.pool, wake_both, utc_now, uuid7, quotas)
        await serve_http(build_app(settings, cases, runs), settings)


async def run(settings: RunSettings) -> None:
    """Schedule and carry out sync runs."""
    async with (
        bootstrap(SERVICE, settings, connections=settings.run_concurrency + 2) as base,
        Waker(base.pool, outbox.CHANNEL) as relay,
        Listener(base.dsn, worker.CHANNEL) as listener,
    ):
        runner = Runner(base.pool, CatalogueSelector(), settings.guard, relay.wake, utc_now, uuid7, settings.run_lease)
        working = worker.Worker(base.pool, runner, listener, utc_now, concurrency=settings.run_concurrency)
        base.health.add("listener", listener.check)
        base.health.add("worker", working.check)
        await run_worker(settings, base.health, working.run())


async def consume(settings: Settings) -> None:
    """Store what trakt-sync reports, make the lists that come from Trakt, and delete what is past its retention."""
    async with (
        bootstrap(SERVICE, settings) as base,
        Waker(base.pool, outbox.CHANNEL) as relay,
        Waker(base.pool, worker.CHANNEL) as workers,
    ):
        broker = build_broker(settings, group=subscribers.GROUP)
        cases = ListUseCases(base.pool, relay.wake, utc_now, uuid7, settings.quotas, wake_runs=workers.wake)
        subscribers.register(broker, trakt_events(cases))
        base.health.add("consumer", ConsumerHealth(broker).check)
        sweeping = sweep_for_ever(lambda: retention.sweep(base.pool, settings, now=utc_now()))
        await run_worker(settings, base.health, consume_from(broker), sweeping)


async def republish(settings: Settings) -> None:
    """Send again the newest states that trakt-sync has not confirmed, and the imports that it has not answered."""
    async with bootstrap(SERVICE, settings) as base, Waker(base.pool, outbox.CHANNEL) as waker:
        count = await republishing.republish(base.pool, wake=waker.wake, now=utc_now)
        await republish_imports(base.pool, wake=waker.wake, now=utc_now())
    print(f"{count} lists sent again")  # noqa: T201 - the result of the command
