"""SQL of what Trakt says of an account: its limits, VIP status and names."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from chassis.postgres.database import Connection
from trakt_sync.accounts.account import Account
from trakt_sync.errors import LeaseLostError
from trakt_sync.mirroring.remote import AccountLimits, AccountSettings
from trakt_sync.store import work_queue

READ_EVERY: Final = timedelta(days=1)

# What Trakt does not say stays as it was.
SAVE: Final = """
WITH before AS (SELECT is_vip, limits FROM account WHERE user_id = $1 AND lease_token = $2 FOR UPDATE)
UPDATE account SET trakt_user = coalesce($3, trakt_user), trakt_slug = coalesce($4, trakt_slug),
    timezone = coalesce($5, timezone), is_vip = coalesce($6, account.is_vip), limits = coalesce($7, account.limits),
    settings_read_at = $8, settings_due_at = $9
FROM before WHERE user_id = $1
RETURNING (account.is_vip, account.limits) IS DISTINCT FROM (before.is_vip, before.limits) AS is_changed"""


async def save(connection: Connection, account: Account, settings: AccountSettings, now: datetime) -> bool:
    """Save a claimed account's settings, in the caller's transaction; return whether limits or VIP status are others.

    Then the lists that met a limit are due.

    Raises:
        LeaseLostError: the account has another holder or newer tokens.
    """
    owner = settings.owner
    row = await connection.fetchrow(
        SAVE,
        account.user_id,
        account.lease,
        owner.name,
        owner.slug,
        settings.timezone,
        owner.is_vip,
        limits_value(settings.limits),
        now,
        now + READ_EVERY,
    )
    if row is None:
        raise LeaseLostError(f"the lease of {account.user_id} is another's")
    if row["is_changed"]:
        await work_queue.resume_limited(connection, account.user_id, now)
    return bool(row["is_changed"])


def limits_value(limits: AccountLimits | None) -> object:
    """Return the limits as they are stored; None where Trakt said nothing."""
    return None if limits in (None, AccountLimits()) else asdict(limits)
