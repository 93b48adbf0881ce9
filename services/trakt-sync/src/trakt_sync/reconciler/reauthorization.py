"""What ends with an account whose tokens Trakt accepts no more. Its lists wait until it is connected again."""

from datetime import datetime

import structlog

from chassis.outbox import outbox
from chassis.postgres.database import Connection
from trakt_sync.accounts.account import Account
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.mirroring.list_import import failure
from trakt_sync.store import imports
from trakt_sync.use_cases import answer_import, end_account
from watchbuddy_contracts import TraktReauthorizationRequired

log = structlog.get_logger()


async def give_up(connection: Connection, account: Account, now: datetime, trace: str | None = None) -> None:
    """Tell the user, and answer their imports, in the transaction that gives the account up. The user asks anew.

    An account that its user leaves ends, with what is left on it: nobody can delete that any more.
    """
    for job in await imports.abandon(connection, account.user_id, now):
        await answer_import(connection, job, failure(job, "auth"), now)
    if account.is_leaving:
        await end_account(connection, account.user_id, now)
        log.warning("account_left_early", user_id=account.user_id)
        return
    told = TraktReauthorizationRequired(user_id=account.user_id)
    await outbox.append(connection, told, source=SOURCE, now=now, traceparent=trace)
    log.warning("reauthorization_required", user_id=account.user_id)
