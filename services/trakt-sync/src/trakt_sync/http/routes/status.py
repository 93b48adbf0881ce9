"""Whether a user's Trakt account is connected."""

from chassis.clock import utc_now
from trakt_sync.http.dependencies import Caller, Database, ServerSettings, users_router
from trakt_sync.http.schemas.status import StatusOut
from trakt_sync.store import connections

router = users_router("account")


@router.get("/status")
async def read_status(user_id: Caller, pool: Database, settings: ServerSettings) -> StatusOut:
    """Read whether one's Trakt account is connected, and what it waits for."""
    return StatusOut.of(await connections.read_status(pool, user_id), utc_now(), settings.trakt_site)
