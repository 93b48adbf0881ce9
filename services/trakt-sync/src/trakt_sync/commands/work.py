"""`python -m trakt_sync work`: make Trakt equal to what is wanted."""

from chassis.postgres.wakeup import Listener
from chassis.process import run_worker
from chassis.telemetry.declared import BREAKER_OPEN, RENEWALS
from chassis.telemetry.exporters import is_exported
from chassis.telemetry.instruments import counter
from chassis.telemetry.readings import READINGS, Reading
from trakt_sync import kill_points
from trakt_sync.app import build_worker
from trakt_sync.opened import WORK, opened
from trakt_sync.settings import Settings
from trakt_sync.trakt.app import App
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.transport import connect


async def work(settings: Settings) -> None:
    """Serve accounts until stopped."""
    kill_points.arm()
    app = App(settings.trakt_client_id, settings.trakt_client_secret, settings.trakt_redirect_uri)
    async with (
        opened(settings, connections=settings.trakt_concurrency) as runtime,
        connect(
            str(settings.trakt_api_url),
            app.client_id,
            connections=settings.trakt_concurrency * 2,
            is_traced=is_exported("TRACES"),
        ) as api,
        Listener(settings.database_url.get_secret_value(), WORK) as listener,
    ):
        worker = build_worker(settings, runtime, TraktClient(api, str(settings.trakt_auth_url), app), listener)
        runtime.health.add("listener", listener.check)
        runtime.health.add("worker", worker.check)
        counter(RENEWALS)  # it shows zeros before the first account is claimed
        READINGS.add(Reading("breaker", (BREAKER_OPEN,), worker.breaker.shown))
        await run_worker(settings, runtime.health, worker.run())
