"""What trakt-sync says is stored: one transaction for each event."""

import structlog

from chassis import inbox
from chassis.envelope import Delivered
from chassis.postgres import Connection, Pool
from lists_api.mirror_state.domain.mirror import MirrorRecord
from lists_api.mirror_state.domain.results import account_state_of, record_of
from lists_api.store import accounts, mirrors
from watchbuddy_contracts import ListEvent

log = structlog.get_logger()


async def record_result(pool: Pool, delivered: Delivered, *, group: str) -> None:
    """Store what trakt-sync said of a list, and what it showed of its user's account.

    A second delivery to the consumer group, and what is older than the stored, change nothing.
    """
    event, at = delivered.event, delivered.headers.time
    async with pool.acquire() as connection, connection.transaction():
        if not await inbox.is_first_delivery(connection, group, delivered.headers.event_id):
            return
        account_state = account_state_of(event)
        if account_state is not None:
            await accounts.record_account(connection, event.user_id, account_state, at=at)
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
