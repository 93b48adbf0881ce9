"""`python -m lists_api serve`: the HTTP API."""

from uuid_utils.compat import uuid7

from chassis.bootstrap import bootstrap
from chassis.clock import utc_now
from chassis.http.forwarded import Forwarded, networks_of
from chassis.outbox import outbox
from chassis.postgres.wakeup import Waker
from chassis.process import serve_http
from lists_api.app import build_app, opened_gateway, opened_sessions
from lists_api.lists.use_cases import ListUseCases
from lists_api.runs import worker
from lists_api.runs.use_cases import RunUseCases
from lists_api.settings import SERVICE, HttpSettings


async def serve(settings: HttpSettings) -> None:
    """Serve the HTTP API and the console."""
    async with (
        bootstrap(SERVICE, settings, connections=settings.pool_size) as base,
        Waker(base.pool, outbox.CHANNEL) as relay,
        Waker(base.pool, worker.CHANNEL) as workers,
        opened_sessions(settings, base.pool) as sessions,
        opened_gateway(settings) as gateway,
    ):

        def wake_both() -> None:
            relay.wake()
            workers.wake()

        quotas = settings.quotas
        cases = ListUseCases(base.pool, relay.wake, utc_now, uuid7, quotas, wake_runs=workers.wake)
        runs = RunUseCases(base.pool, wake_both, utc_now, uuid7, quotas)
        app = build_app(settings, cases, runs, sessions, gateway)
        await serve_http(Forwarded(app, networks_of(settings.trusted_proxies)), settings, on_stop=gateway.end_streams)
