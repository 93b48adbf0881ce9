"""Erasing a user (decision 62). Lists that are to go from Trakt go as those of an account that its user leaves."""

from datetime import datetime

import structlog

from chassis import erasure
from chassis.kafka.envelope import Delivered
from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from trakt_sync.mirroring.events import SOURCE
from trakt_sync.store import erasing as store
from trakt_sync.store import leaving, logins
from watchbuddy_contracts import (
    LISTS,
    ErasureEvent,
    TraktUserErased,
    TraktUserForgotten,
    UserErasureRequested,
    erasure_of,
    pseudonym_of,
)

log = structlog.get_logger()


async def erase(pool: Pool, delivered: Delivered, now: datetime) -> None:
    """Delete what is known of a user, in one transaction.

    A connected account stays, under a pseudonym, until its lists have gone from Trakt, if they are to, and its tokens
    are revoked: the workers do that, and end it. The user may connect it anew at once.
    """
    event = delivered.event
    if not isinstance(event, UserErasureRequested):
        raise TypeError(f"{event.ce_type} asks for nothing here")
    user_id, pseudonym = event.user_id, pseudonym_of(event.erasure_id)
    told: list[ErasureEvent] = [TraktUserForgotten(user_id=user_id, erasure_id=event.erasure_id)]
    async with pool.acquire() as connection, connection.transaction():
        is_connected = await store.state(connection, user_id) == "connected"
        life = erasure.Life(user_id, event.erasure_id, LISTS)
        if not await erasure.end(connection, life, until=delivered.headers.time, now=now):
            return
        await logins.forget(connection, user_id)
        await store.delete_imports(connection, user_id)
        if is_connected:
            if event.keep_trakt_lists:
                await store.delete_lists(connection, user_id)
            await store.rename(connection, user_id, pseudonym)
            await leaving.begin(connection, pseudonym, now)
        else:
            left = 0 if event.keep_trakt_lists else await store.left(connection, user_id)
            await _delete(connection, user_id)
            told.append(TraktUserErased(user_id=pseudonym, erasure_id=event.erasure_id, trakt_lists_left=left))
        await outbox.append(connection, *told, source=SOURCE, now=now, traceparent=delivered.trace)
    log.info("user_forgotten", erasure_id=str(event.erasure_id), is_erased=not is_connected)


async def finish(connection: Connection, pseudonym: str, now: datetime) -> None:
    """Delete what is left of an erased user and tell so, in the caller's transaction, which has the account's lock."""
    erasure_id, left = erasure_of(pseudonym), await store.left(connection, pseudonym)
    await _delete(connection, pseudonym)
    told = TraktUserErased(user_id=pseudonym, erasure_id=erasure_id, trakt_lists_left=left)
    await outbox.append(connection, told, source=SOURCE, now=now)
    log.info("user_erased", erasure_id=str(erasure_id), trakt_lists_left=left)


async def finish_overdue(pool: Pool, *, until: datetime, now: datetime) -> int:
    """End the erasures that have waited for Trakt since then; return how many."""
    pseudonyms = await store.overdue(pool, until)
    for pseudonym in pseudonyms:
        async with pool.acquire() as connection, connection.transaction():
            if await store.state(connection, pseudonym) is not None:
                await finish(connection, pseudonym, now)
    return len(pseudonyms)


async def _delete(connection: Connection, user_id: str) -> None:
    await store.delete_imports(connection, user_id)
    await store.delete_lists(connection, user_id)
    await store.delete_account(connection, user_id)
