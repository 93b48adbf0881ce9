"""What Trakt's settings say of a claimed account, read by one request: daily, and when its user asks for a sync."""

import structlog

from chassis.clock import Clock
from chassis.postgres.database import Pool
from trakt_sync.accounts.session import Session
from trakt_sync.store import account_settings

log = structlog.get_logger()


async def read_settings(pool: Pool, session: Session, now: Clock) -> bool:
    """Read and save them; return whether limits or VIP status are others: then the lists that met a limit are due.

    Raises:
        TraktError: Trakt does not say.
        LeaseLostError: the account has another holder or newer tokens.
    """
    settings = await session.trakt.read_settings(session.token)
    async with pool.acquire() as connection, connection.transaction():
        is_changed = await account_settings.save(connection, session.account, settings, now())
    if is_changed:
        log.info("account_limits_changed", user_id=session.account.user_id, vip=settings.owner.is_vip)
    return is_changed
