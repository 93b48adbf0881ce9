"""What users can do with their lists: one statement or transaction each, which writes the events too."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.postgres.database import Connection, Pool
from lists_api.errors import ListNotFoundError, VersionMismatchError
from lists_api.lists import idempotency
from lists_api.lists.configuration import check_watchlist, configuration_of, has_other_filters, takes_watchlist
from lists_api.lists.domain import changes
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import ListProperties, fitted, titled
from lists_api.lists.domain.quota import Quotas
from lists_api.lists.domain.schedule import Schedule, after_edit
from lists_api.lists.domain.source import ListSource
from lists_api.lists.domain.summary import ListSummary, summary_after, summary_of_new
from lists_api.lists.idempotency import IdempotencyKey
from lists_api.lists.saving import save, save_new
from lists_api.mirror_state.domain.mirror import TraktAccount
from lists_api.store import lists as store
from lists_api.store import states
from lists_api.store import versions as version_store
from lists_api.store.states import OwnList
from watchbuddy_contracts import Title

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
        quotas: what users may have.
        wake_runs: wakes the workers of sync runs; called after a commit that left a list due.
    """

    pool: Pool
    wake: Callable[[], None]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    quotas: Quotas
    wake_runs: Callable[[], None] = lambda: None

    async def create(
        self,
        user_id: str,
        properties: ListProperties,
        items: Sequence[Title],
        key: IdempotencyKey | None = None,
        *,
        may_repeat: bool = False,
    ) -> ListSummary:
        """Make a list. With a key that was used before, return the list that the first request made.

        `may_repeat` says whether the user may have another list of the type with these filters.

        Raises:
            IdempotencyKeyReusedError: that request had another body.
            DuplicateListError: the user has a list of the type with these filters.
            WatchlistTakenError: another list is mirrored to the user's watchlist.
            QuotaExceededError: the user has as many lists as they may have, or the list would have too many items.
            ListFillsItselfError, TooManyItemsError: see `changes.create`.
        """
        async with self.pool.acquire() as connection:
            # One statement saves a list that is compared with no other: no transaction is needed.
            if key is None and properties.filling is None and not properties.is_watchlist:
                summary, is_new = await self._make(connection, user_id, properties, items)
            else:
                async with connection.transaction():
                    summary, is_new = await self.create_in(
                        connection, user_id, properties, items, key=key, may_repeat=may_repeat
                    )
        if is_new:
            self.wake_for(summary.next_sync_at)
        return summary

    async def create_in(
        self,
        connection: Connection,
        user_id: str,
        properties: ListProperties,
        items: Sequence[Title],
        *,
        key: IdempotencyKey | None = None,
        may_repeat: bool = False,
        source: ListSource | None = None,
    ) -> tuple[ListSummary, bool]:
        """Make a list in the caller's transaction, who then calls `wake_for`; errors as in `create`.

        Returns: the list, and whether it was made now.
        """
        await store.lock_user(connection, user_id)
        return await self._make(connection, user_id, properties, items, key=key, may_repeat=may_repeat, source=source)

    async def _make(
        self,
        connection: Connection,
        user_id: str,
        properties: ListProperties,
        items: Sequence[Title],
        *,
        key: IdempotencyKey | None = None,
        may_repeat: bool = False,
        source: ListSource | None = None,
    ) -> tuple[ListSummary, bool]:
        now = self.now()
        properties = titled(properties, year=now.year)
        list_id, account = await store.next_list_id(connection, user_id=user_id)
        properties = fitted(properties, self.quotas.of(is_vip=account.is_vip).items)
        change = await _decide(
            lambda: changes.create(properties, items, list_id=list_id, user_id=user_id, source=source),
            size=len(items),
        )
        schedule = after_edit(None, change.after, Schedule(), now=now)
        summary = summary_of_new(change.after, schedule, account, now=now)
        if key is not None:
            kept = await idempotency.claim(connection, user_id, key, summary, now)
            if kept is not None:
                return kept, False
        self._check_size(None, change.after, account)
        await check_watchlist(connection, None, change.after)
        configuration = await configuration_of(connection, None, change.after, may_repeat=may_repeat)
        most = self.quotas.of(is_vip=account.is_vip).lists
        count = await save_new(
            connection, change, schedule, configuration=configuration, most=most, now=now, new_id=self.new_id
        )
        self.quotas.check_lists(count, is_vip=account.is_vip)
        return summary, True

    async def edit(
        self,
        user_id: str,
        list_id: int,
        edit: Callable[[ListProperties], ListProperties],
        *,
        if_match: frozenset[int] | None = None,
        may_repeat: bool = False,
    ) -> Changed:
        """Change properties of the list. Errors as in `change` and `create`."""
        year = self.now().year

        def decide(current: MediaList) -> changes.Change:
            return changes.edit_properties(current, titled(edit(current.properties), year=year))

        return await self.change(user_id, list_id, decide, if_match=if_match, may_repeat=may_repeat)

    async def change(
        self,
        user_id: str,
        list_id: int,
        decide: Callable[[MediaList], changes.Change],
        *,
        if_match: frozenset[int] | None = None,
        size: int = 0,
        may_repeat: bool = False,
    ) -> Changed:
        """Change the user's list as `decide`, one of the functions of `changes`, says.

        `if_match` has the versions on which the caller insists; None: any. `size` counts the request's items.

        Raises:
            ListNotFoundError: the user has no such list.
            VersionMismatchError: the list is at none of these versions.
            QuotaExceededError: the list would have, or may fill itself with, more items than the user may have.
            DuplicateListError, WatchlistTakenError: see `create`.
            ListFillsItselfError, TooManyItemsError: see `changes`.
        """

        async def attempt(connection: Connection, *, is_locked: bool) -> Changed | None:
            before = await _read(connection, user_id, list_id, if_match)
            state = before.stored.state
            change = await _decide(lambda: decide(state), size=size + len(state.items))
            return await self._apply(connection, before, change, may_repeat=may_repeat, is_locked=is_locked)

        async with self.pool.acquire() as connection:
            changed = await attempt(connection, is_locked=False)
            if changed is None:  # somebody was faster, or the user has to be locked too: not without a transaction
                async with connection.transaction():
                    await states.lock(connection, list_id, user_id=user_id)
                    changed = await attempt(connection, is_locked=True)
        return self._done(changed)

    async def restore(
        self, user_id: str, list_id: int, version: int, *, if_match: frozenset[int] | None = None
    ) -> Changed:
        """Give the list the items that it had at an earlier version.

        Raises:
            VersionNotFoundError: that version is not known any more, or never was.
            ListNotFoundError, VersionMismatchError, QuotaExceededError: see `change`.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            await states.lock(connection, list_id, user_id=user_id)
            before = await _read(connection, user_id, list_id, if_match)
            known = await version_store.read_versions(connection, list_id, user_id=user_id)
            change = changes.restore(before.stored.state, before.stored.rows, version, known)
            changed = await self._apply(connection, before, change, is_locked=True)
        return self._done(changed)

    async def change_in(
        self, connection: Connection, user_id: str, list_id: int, decide: Callable[[MediaList], changes.Change]
    ) -> Changed:
        """Change the user's list in the caller's transaction, who then calls `wake_for`; errors as in `change`."""
        await states.lock(connection, list_id, user_id=user_id)
        before = await _read(connection, user_id, list_id, None)
        state = before.stored.state
        change = await _decide(lambda: decide(state), size=len(state.items))
        changed = await self._apply(connection, before, change, may_repeat=True, is_locked=True)
        assert changed is not None, "nobody writes a locked list"  # noqa: S101
        return changed

    async def _apply(
        self, connection: Connection, own: OwnList, change: changes.Change, *, may_repeat: bool = False, is_locked: bool
    ) -> Changed | None:
        """Save the change. None: it takes the list's lock, or somebody has written the list since it was read."""
        before, after, now = own.stored, change.after, self.now()
        if not change.events:
            return Changed(change, own.summary)
        if not is_locked and takes_watchlist(before.state, after):
            return None
        if not (is_locked or may_repeat) and has_other_filters(before.state, after):
            return None
        await check_watchlist(connection, before.state, after)
        configuration = await configuration_of(connection, before, after, may_repeat=may_repeat)
        self._check_size(before.state, after, own.summary.account)
        schedule = after_edit(before.state, after, before.schedule, now=now)
        saved = await save(
            connection, before, change, schedule, configuration=configuration, now=now, new_id=self.new_id
        )
        if saved is None:
            return None
        if after.is_deleted:
            return Changed(change, None)
        return Changed(change, summary_after(own.summary, after, schedule, keeps_status=own.is_run_under_way, now=now))

    def _done(self, changed: Changed | None) -> Changed:
        assert changed is not None, "nobody writes a locked list"  # noqa: S101
        if changed.change.events:
            self.wake_for(None if changed.summary is None else changed.summary.next_sync_at)
        return changed

    def wake_for(self, next_sync_at: datetime | None) -> None:
        """Wake whoever goes on after the commit of a change that left the list to be run then."""
        self.wake()
        if next_sync_at is not None and next_sync_at <= self.now():
            self.wake_runs()

    def _check_size(self, before: MediaList | None, after: MediaList, account: TraktAccount) -> None:
        """Refuse a list that grows, or may fill itself, beyond what its owner may have. A larger one may shrink."""
        if before is None or after.size > before.size:
            self.quotas.check_items(after.size, is_vip=account.is_vip)


async def _read(connection: Connection, user_id: str, list_id: int, if_match: frozenset[int] | None) -> OwnList:
    own = await states.read_own(connection, list_id, user_id=user_id)
    if own is None:
        raise ListNotFoundError(list_id)
    if if_match is not None and own.summary.version not in if_match:
        raise VersionMismatchError(own.summary.version)
    return own


async def _decide(decide: Callable[[], changes.Change], *, size: int) -> changes.Change:
    """Return the decision. Other requests go on while a long list is decided on."""
    return decide() if size <= MAX_ITEMS_ON_LOOP else await asyncio.to_thread(decide)
