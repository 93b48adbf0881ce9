"""Letting one's Trakt account go."""

from trakt_sync.http.dependencies import Caller, LogoutOf, users_router
from trakt_sync.http.schemas.account import DisconnectedOut

router = users_router("login")


@router.post("/disconnect")
async def disconnect_account(user_id: Caller, logout: LogoutOf) -> DisconnectedOut:
    """Disconnect one's Trakt account: its tokens are deleted here and revoked at Trakt.

    All lists stay, here and on Trakt. After a new login they are mirrored on, to the same Trakt lists. A login that is
    open ends too.
    """
    return DisconnectedOut(revoked=await logout.disconnect(user_id))
