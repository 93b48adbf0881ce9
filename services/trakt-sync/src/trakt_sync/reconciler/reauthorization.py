"""What ends with an account whose tokens Trakt accepts no more. Its lists wait until it is connected again."""

from datetime import datetime

from chassis.postgres.database import Connection
from trakt_sync.mirroring.list_import import failure
from trakt_sync.store import imports
from trakt_sync.use_cases import answer_import


async def end_imports(connection: Connection, user_id: str, now: datetime) -> None:
    """Answer the user's imports, in the transaction that gives the account up. The user asks anew."""
    for job in await imports.abandon(connection, user_id, now):
        await answer_import(connection, job, failure(job, "auth"), now)
