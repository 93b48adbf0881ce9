"""A user's Trakt account: what it may have, what is on it, and letting it go."""

from trakt_sync.http.dependencies import Caller, Database, LogoutOf, ServerSettings, users_router
from trakt_sync.http.schemas.account import AccountOut, DisconnectedOut
from trakt_sync.store import views

router = users_router("account")


@router.get("/account")
async def read_account(user_id: Caller, pool: Database, settings: ServerSettings) -> AccountOut:
    """Read what one's Trakt account may have, and what of it your lists use."""
    return AccountOut.of(await views.account(pool, user_id), settings.trakt_write_interval)


@router.post("/disconnect")
async def disconnect_account(user_id: Caller, logout: LogoutOf) -> DisconnectedOut:
    """Disconnect one's Trakt account: its tokens are deleted here and revoked at Trakt.

    All lists stay, here and on Trakt. After a new login they are mirrored on, to the same Trakt lists. A login that is
    open ends too.
    """
    return DisconnectedOut(revoked=await logout.disconnect(user_id))
