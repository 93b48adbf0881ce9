"""A user's Trakt account: what it may have, what is on it, and letting it go."""

from typing import Annotated

from fastapi import Query, Response

from chassis.http.export import EXPORT, export_response
from trakt_sync.http.dependencies import Caller, Database, LogoutOf, ServerSettings, users_router
from trakt_sync.http.schemas.account import AccountOut, DisconnectedOut
from trakt_sync.store import connections, views
from trakt_sync.store.personal import TABLES

router = users_router("account")


@router.get("/account")
async def read_account(user_id: Caller, pool: Database, settings: ServerSettings) -> AccountOut:
    """Read what one's Trakt account may have, and what of it your lists use."""
    return AccountOut.of(await views.account(pool, user_id), settings.trakt_write_interval)


@router.get("/export", response_class=Response, responses=EXPORT)
async def export_trakt(user_id: Caller, pool: Database) -> Response:
    """Download everything that trakt-sync has of you: your Trakt account, and your lists as they are there."""
    return await export_response(pool, TABLES, user_id, "trakt-sync.json")


@router.post("/disconnect")
async def disconnect_account(
    user_id: Caller, pool: Database, logout: LogoutOf, keep_lists: Annotated[bool, Query()] = True
) -> DisconnectedOut:
    """Disconnect one's Trakt account: its tokens are deleted here and revoked at Trakt. All lists stay here.

    Those on Trakt stay as well; after a new login they are mirrored on, to the same Trakt lists. With
    `keep_lists=false`, the lists that WatchBuddy made are deleted on Trakt first, and the account is `disconnecting`
    until that is done. A new login ends that, and so does a further request with `keep_lists=true`: what is left on
    Trakt then stays. A login that is open ends too.
    """
    if not keep_lists and await logout.leave(user_id):
        return DisconnectedOut.of(await connections.read_status(pool, user_id), revoked=False)
    revoked = await logout.disconnect(user_id)
    return DisconnectedOut.of(await connections.read_status(pool, user_id), revoked=revoked)
