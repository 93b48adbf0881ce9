"""Storing what trakt-sync reports: one transaction for each event."""

from dataclasses import dataclass

import structlog

from chassis.clock import Clock, utc_now
from chassis.kafka.envelope import Delivered
from chassis.outbox import inbox
from chassis.postgres.database import Connection, Pool
from lists_api.mirror_state.domain.mirror import MirrorRecord
from lists_api.mirror_state.domain.reports import account_state_of, record_of
from lists_api.store import accounts, mirrors
from watchbuddy_contracts import ListEvent, TraktAccountConnected

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MirrorStateUseCases:
    """What can be done with the state of mirrors and Trakt accounts.

    Args:
        group: the consumer group, under which the inbox knows the events.
    """

    pool: Pool
    group: str
    now: Clock = utc_now

    async def record(self, delivered: Delivered) -> None:
        """Store what an event of trakt-sync reports of a list, and of its user's Trakt account.

        A second delivery of the event changes nothing, and neither does an event that is older than what is stored.
        """
        event, at = delivered.event, delivered.headers.time
        async with self.pool.acquire() as connection, connection.transaction():
            if not await inbox.is_first_delivery(connection, self.group, delivered.headers.event_id, self.now()):
                return
            account_state = account_state_of(event)
            if account_state is not None:
                is_vip = event.vip if isinstance(event, TraktAccountConnected) else None
                await accounts.record_account(connection, event.user_id, account_state, at=at, is_vip=is_vip)
            if isinstance(event, ListEvent) and (record := record_of(event, at=at)) is not None:
                await _record_mirror(connection, event, record)


async def _record_mirror(connection: Connection, event: ListEvent, record: MirrorRecord) -> None:
    losers: list[int] = []
    if record.trakt_list_id is not None:
        losers = await mirrors.release_trakt_list(
            connection, record.trakt_list_id, list_id=event.list_id, version=event.version
        )
    is_recorded = await mirrors.record_mirror(connection, event.list_id, record, user_id=event.user_id)
    for loser in losers:
        log.warning("trakt_list_moved", list_id=event.list_id, from_list_id=loser, trakt_list_id=record.trakt_list_id)
    log.info(
        "mirror_state_recorded" if is_recorded else "mirror_state_outdated",
        list_id=event.list_id,
        state=record.state,
        version=event.version,
    )
