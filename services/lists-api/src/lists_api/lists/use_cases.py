"""What a user can do with their lists: one transaction each, with the events that tell of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from chassis import outbox
from chassis.postgres import Connection, Pool
from lists_api.errors import IdempotencyKeyReusedError, ListNotFoundError, VersionMismatchError
from lists_api.lists.domain import changes
from lists_api.lists.domain.items import row_edit
from lists_api.lists.domain.media_list import MediaList, NewList
from lists_api.lists.domain.summary import ListSummary
from lists_api.mirror_state.domain.mirror import TraktAccount
from lists_api.store import idempotency as keys
from lists_api.store import lists as store
from lists_api.store import runs, views
from lists_api.store.lists import LockedList
from watchbuddy_contracts import Trigger

SOURCE: Final = "/lists-api"
_ANSWER: Final = TypeAdapter(ListSummary)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The key of a request, and a hash of its body.

    Args:
        keep: how long the answer is given again.
    """

    key: str
    fingerprint: bytes
    keep: timedelta


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
class UseCases:
    """What can be done with lists.

    Args:
        wake: wakes the relay; called after a commit that left events.
        new_id: makes UUIDv7s, for events and runs.
    """

    pool: Pool
    wake: Callable[[], None]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def create(self, user_id: str, new: NewList, key: IdempotencyKey | None = None) -> ListSummary:
        """Make a list; with a key that was used before, return what the first request made.

        Raises:
            IdempotencyKeyReusedError: that request had another body.
            ListTypeUnavailableError, TooManyItemsError: see `changes.create`.
        """
        now = self.now()
        async with self.pool.acquire() as connection:
            list_id, account = await store.next_list_id(connection, user_id=user_id)
            change = changes.create(new, list_id=list_id, user_id=user_id)
            summary = _summary_of_new(change.after, account, now)
            async with connection.transaction():
                if key is not None:
                    kept = await _claim(connection, user_id, key, summary, now)
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
    ) -> Changed:
        """Change a list as `decide`, one of the functions of `lists`, says.

        `if_match` has the versions on which the caller insists; None: any.

        Raises:
            ListNotFoundError: the user has no such list.
            VersionMismatchError: the list is at none of these versions.
            TooManyItemsError: see `lists`.
        """
        now = self.now()
        async with self.pool.acquire() as connection, connection.transaction():
            before = await store.lock_list(connection, list_id, user_id=user_id)
            if before is None:
                raise ListNotFoundError(list_id)
            if if_match is not None and before.state.version not in if_match:
                raise VersionMismatchError(before.state.version)
            change = decide(before.state)
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


async def _claim(
    connection: Connection, user_id: str, key: IdempotencyKey, summary: ListSummary, now: datetime
) -> ListSummary | None:
    answer = keys.KeptAnswer(key.fingerprint, _ANSWER.dump_json(summary).decode())
    kept = await keys.claim_key(connection, user_id, key.key, answer, now=now, expired=now - key.keep)
    if kept is None:
        return None
    if kept.fingerprint != key.fingerprint:
        raise IdempotencyKeyReusedError
    return _ANSWER.validate_json(kept.answer)


def _summary_of_new(new: MediaList, account: TraktAccount, now: datetime) -> ListSummary:
    return ListSummary(
        list_id=new.list_id,
        title=new.title,
        list_type=new.list_type,
        description=new.description,
        privacy=new.privacy,
        mirror=new.mirror,
        version=new.version,
        item_count=len(new.items),
        created_at=now,
        updated_at=now,
        account=account,
    )
