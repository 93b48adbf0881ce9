"""What users can do with their lists: one transaction each, which writes the events too."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from lists_api.errors import ListNotFoundError, VersionMismatchError
from lists_api.lists import idempotency
from lists_api.lists.domain import changes
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.rows import row_edit
from lists_api.lists.domain.summary import ListSummary
from lists_api.lists.idempotency import IdempotencyKey
from lists_api.mirror_state.domain.mirror import TraktAccount
from lists_api.store import lists as store
from lists_api.store import runs, views
from lists_api.store.lists import LockedList
from watchbuddy_contracts import Title, Trigger

SOURCE: Final = "/lists-api"
MAX_ITEMS_ON_LOOP: Final = 1000
"""Items that are decided on without a thread: within 10 ms (10,000 take 80 ms)."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A change, and the list as its owner reads it right after; None when it is deleted."""

    change: changes.Change
    summary: ListSummary | None

    @property
    def summary_now(self) -> ListSummary:
        """The list as its owner reads it, after a change that leaves something to read."""
        assert self.summary is not None, "only a deletion leaves nothing to read"  # noqa: S101
        return self.summary


@dataclass(frozen=True, slots=True)
class ListUseCases:
    """What can be done with lists.

    Args:
        wake: wakes the relay; called after a commit that left events.
        now: the clock.
        new_id: makes UUIDv7s, for events and runs.
    """

    pool: Pool
    wake: Callable[[], None]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def create(
        self, user_id: str, properties: ListProperties, items: Sequence[Title], key: IdempotencyKey | None = None
    ) -> ListSummary:
        """Make a list. With a key that was used before, return the list that the first request made.

        Raises:
            IdempotencyKeyReusedError: that request had another body.
            ListTypeUnavailableError, TooManyItemsError: see `changes.create`.
        """
        now = self.now()
        async with self.pool.acquire() as connection:
            list_id, account = await store.next_list_id(connection, user_id=user_id)
            change = await _decide(
                lambda: changes.create(properties, items, list_id=list_id, user_id=user_id), size=len(items)
            )
            summary = _summary_of_new(change.after, account, now)
            async with connection.transaction():
                if key is not None:
                    kept = await idempotency.claim(connection, user_id, key, summary, now)
                    if kept is not None:
                        return kept
                await self._save(connection, None, change, now)
        self.wake()
        return summary

    async def change(
        self,
        user_id: str,
        list_id: int,
        decide: Callable[[MediaList], changes.Change],
        *,
        if_match: frozenset[int] | None = None,
        size: int = 0,
    ) -> Changed:
        """Change the user's list as `decide`, one of the functions of `changes`, says.

        `if_match` has the versions on which the caller insists; None: any. `size` counts the request's items.

        Raises:
            ListNotFoundError: the user has no such list.
            VersionMismatchError: the list is at none of these versions.
            TooManyItemsError: see `changes`.
        """
        now = self.now()
        async with self.pool.acquire() as connection, connection.transaction():
            before = await store.lock_list(connection, list_id, user_id=user_id)
            if before is None:
                raise ListNotFoundError(list_id)
            current = before.state
            if if_match is not None and current.version not in if_match:
                raise VersionMismatchError(current.version)
            change = await _decide(lambda: decide(current), size=size + len(current.items))
            if change.events:
                await self._save(connection, before, change, now)
            summary = await views.read_list(connection, list_id, user_id=user_id)
        if change.events:
            self.wake()
        return Changed(change, summary)

    async def sync(
        self, user_id: str, list_id: int, *, trigger: Trigger, if_match: frozenset[int] | None = None
    ) -> UUID:
        """Run the list; return the run's id. Errors as in `change`."""
        run_id = self.new_id()
        await self.change(
            user_id, list_id, lambda current: changes.sync(current, run_id=run_id, trigger=trigger), if_match=if_match
        )
        return run_id

    async def _save(
        self, connection: Connection, before: LockedList | None, change: changes.Change, now: datetime
    ) -> None:
        after = change.after
        event_ids = [self.new_id() for _ in change.events]
        newest = event_ids[-1], change.events[-1].ce_type
        if before is None:
            await store.insert_list(connection, after, newest=newest, now=now)
        else:
            await store.update_list(connection, after, newest=newest, is_sync=change.run is not None, now=now)
            if after.items is not before.state.items:
                await store.edit_items(connection, after.list_id, row_edit(before.rows, after.items), now=now)
        if change.run is not None:
            await runs.insert_run(connection, after.list_id, change.run, now=now)
        await outbox.append(connection, *change.events, source=SOURCE, now=now, event_ids=event_ids)


async def _decide(decide: Callable[[], changes.Change], *, size: int) -> changes.Change:
    """Return the decision. Other requests go on while a long list is decided on."""
    return decide() if size <= MAX_ITEMS_ON_LOOP else await asyncio.to_thread(decide)


def _summary_of_new(new: MediaList, account: TraktAccount, now: datetime) -> ListSummary:
    return ListSummary(
        list_id=new.list_id,
        properties=new.properties,
        version=new.version,
        item_count=len(new.items),
        created_at=now,
        updated_at=now,
        account=account,
    )
