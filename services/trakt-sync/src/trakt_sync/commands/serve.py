"""`python -m trakt_sync serve`: the HTTP API, and the polling of logins that it begins."""

from chassis.http.guarded import guarded
from chassis.process import serve_http
from chassis.telemetry.exporters import is_exported
from trakt_sync.http.application import serving
from trakt_sync.opened import opened
from trakt_sync.settings import HttpSettings
from trakt_sync.trakt.transport import connect

CONNECTIONS = 10
"""To Postgres. A request holds one for some milliseconds."""
CONNECTIONS_TO_TRAKT = 16


async def serve(settings: HttpSettings) -> None:
    """Serve the HTTP API."""
    async with (
        opened(settings, connections=CONNECTIONS) as runtime,
        connect(
            str(settings.trakt_api_url),
            settings.trakt_client_id,
            connections=CONNECTIONS_TO_TRAKT,
            is_traced=is_exported("TRACES"),
        ) as api,
        serving(settings, runtime.pool, runtime.health, api, wake=runtime.wake) as app,
    ):
        await serve_http(guarded(app, app.state.limits, settings), settings)
