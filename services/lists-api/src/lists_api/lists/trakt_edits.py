"""Taking over what a list's owner did by hand on Trakt."""

from dataclasses import dataclass

import structlog

from chassis.kafka.envelope import Delivered
from chassis.outbox import inbox
from chassis.postgres.database import Connection
from lists_api.errors import ListNotFoundError
from lists_api.lists.domain.taking_over import take_over
from lists_api.lists.use_cases import Changed, ListUseCases
from lists_api.store import states
from lists_api.store import versions as version_store
from watchbuddy_contracts import TraktDriftFound

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TraktEdits:
    """Takes the edits over.

    Args:
        group: the consumer group, under which the inbox knows the events.
    """

    lists: ListUseCases
    group: str

    async def record(self, delivered: Delivered) -> None:
        """Change the list as its owner changed it on Trakt; a second delivery of the event changes nothing."""
        event, now = delivered.event, self.lists.now()
        if not isinstance(event, TraktDriftFound):
            return
        async with self.lists.pool.acquire() as connection, connection.transaction():
            if not await inbox.is_first_delivery(connection, self.group, delivered.headers.event_id, now):
                return
            try:
                changed = await self._take(connection, event)
            except ListNotFoundError:  # it was deleted meanwhile
                log.info("trakt_edit_passed_over", list_id=event.list_id)
                return
        log.info("trakt_edit_taken_over", list_id=event.list_id, version=changed.change.after.version)
        if changed.change.events:
            self.lists.wake_for(changed.summary_now.next_sync_at)

    async def _take(self, connection: Connection, event: TraktDriftFound) -> Changed:
        # Locked before the versions are read: nobody makes a further one meanwhile.
        await states.lock(connection, event.list_id, user_id=event.user_id)
        keeps_privacy = event.new_privacy is not None and await self._has_other_privacy(connection, event)
        return await self.lists.change_in(
            connection,
            event.user_id,
            event.list_id,
            lambda current: take_over(current, event, keeps_privacy=keeps_privacy),
        )

    async def _has_other_privacy(self, connection: Connection, event: TraktDriftFound) -> bool:
        """Whether the list's privacy was changed since the event's version, as far as the versions are known."""
        versions = await version_store.read_versions(connection, event.list_id, user_id=event.user_id)
        return any("privacy" in one.changed for one in versions if one.version > event.version)
