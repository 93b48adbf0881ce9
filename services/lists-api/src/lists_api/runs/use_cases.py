"""What users can do with the runs of their lists. A request only queues; workers do the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from lists_api.errors import (
    ListNotFoundError,
    RunEndedError,
    RunNotFoundError,
    RunNotHeldError,
    VersionMismatchError,
)
from lists_api.lists.domain.quota import HOUR, Quotas
from lists_api.lists.saving import SOURCE
from lists_api.runs.domain.events import run_queued
from lists_api.runs.domain.run import UNFINISHED, Demand, Run
from lists_api.runs.domain.timing import next_run_at
from lists_api.store import lists as list_store
from lists_api.store import run_queue, states
from lists_api.store import runs as store
from lists_api.store.runs import OwnList

BY_OWNER: Final = "You cancelled it."
OVERTAKEN: Final = "Another run of the list has taken its place."


@dataclass(frozen=True, slots=True)
class RunUseCases:
    """What can be done with runs.

    Args:
        wake: wakes the relay and the workers; called after a commit.
        now: the clock.
        new_id: makes UUIDv7s.
        quotas: what users may have.
    """

    pool: Pool
    wake: Callable[[], None]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    quotas: Quotas

    async def start(
        self, user_id: str, list_id: int, demand: Demand, *, if_match: frozenset[int] | None = None
    ) -> UUID:
        """Queue a run of the list, or join the one that has not ended yet; return its id.

        Raises:
            ListNotFoundError: the user has no such list.
            VersionMismatchError: the list is at none of the versions on which the caller insists.
            TooManyRunsError: the user has started too many within an hour.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            await list_store.lock_user(connection, user_id)
            own = await store.lock_own_lists(connection, user_id, list_id=list_id)
            if not own:
                raise ListNotFoundError(list_id)
            if if_match is not None and own[0].version not in if_match:
                raise VersionMismatchError(own[0].version)
            started = await self._queue(connection, user_id, own, demand)
        self.wake()
        return started[list_id]

    async def start_all(self, user_id: str, demand: Demand, *, due_only: bool) -> dict[int, UUID]:
        """Queue a run of each list of the user, or of each that is due; return the runs by list.

        Raises:
            TooManyRunsError: see `start`. A call that is taken is carried out for every list.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            await list_store.lock_user(connection, user_id)
            own = await store.lock_own_lists(connection, user_id, due=self.now() if due_only else None)
            started = await self._queue(connection, user_id, own, demand) if own else {}
        if started:
            self.wake()
        return started

    async def cancel(self, user_id: str, list_id: int, run_id: UUID) -> Run:
        """End a run that has not ended yet. What it has found is lost; the list stays as it is.

        Raises:
            ListNotFoundError, RunNotFoundError: the user has no such list; it has no such run.
            RunEndedError: it has ended.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            run = await self._lock(connection, user_id, list_id, run_id)
            if run.state not in UNFINISHED:
                raise RunEndedError(run_id, run.state)
            await store.cancel_run(connection, list_id, run_id, now=self.now(), error=BY_OWNER)
            return await self._read(connection, user_id, list_id, run_id)

    async def approve(self, user_id: str, list_id: int, run_id: UUID) -> UUID:
        """Run the list of a held run anew, as its owner's own run, which is never held. Return the run's id.

        Raises:
            ListNotFoundError, RunNotFoundError: see `cancel`.
            RunNotHeldError: it does not wait for the owner.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            run = await self._lock(connection, user_id, list_id, run_id)
            if run.state != "held":
                raise RunNotHeldError(run_id, run.state)
            is_queued = await store.requeue_held(connection, list_id, run_id)
            demand = Demand("manual", force_full=bool(run.is_full), is_due=True)
            # Counts the list's revision up; joins the run that is queued now, or another that was there.
            runs = await store.request_runs(connection, [list_id], [self.new_id()], demand, now=self.now())
            if not is_queued:
                await store.end_held(connection, list_id, run_id, "cancelled", now=self.now(), error=OVERTAKEN)
        self.wake()
        return runs[list_id]

    async def reject(self, user_id: str, list_id: int, run_id: UUID) -> Run:
        """Let a held run go. The list keeps its items until the next run. Errors as in `approve`."""
        now = self.now()
        async with self.pool.acquire() as connection, connection.transaction():
            run = await self._lock(connection, user_id, list_id, run_id)
            if run.state != "held":
                raise RunNotHeldError(run_id, run.state)
            await store.end_held(connection, list_id, run_id, "rejected", now=now)
            locked = await states.lock_list(connection, list_id, user_id=user_id)
            assert locked is not None, "it is locked"  # noqa: S101
            schedule, filling = replace(locked.schedule, status="complete"), locked.state.properties.filling
            if filling is not None and not filling.is_paused:
                schedule = replace(schedule, next_sync_at=next_run_at(list_id, now, filling.sync_interval_hours))
            await run_queue.reschedule(connection, list_id, schedule, failures=0)
            return await self._read(connection, user_id, list_id, run_id)

    async def _queue(
        self, connection: Connection, user_id: str, own: Sequence[OwnList], demand: Demand
    ) -> dict[int, UUID]:
        now = self.now()
        is_vip, started = await store.read_usage(connection, user_id, since=now - HOUR)
        self.quotas.check_runs(started, is_vip=is_vip, now=now)
        ids = [self.new_id() for _ in own]
        runs = await store.request_runs(connection, [one.list_id for one in own], ids, demand, now=now)
        told = [
            run_queued(run_id, demand, list_id=one.list_id, user_id=user_id, version=one.version, title=one.title)
            for one, run_id in zip(own, ids, strict=True)
            if runs[one.list_id] == run_id
        ]
        if told:
            await outbox.append(connection, *told, source=SOURCE, now=now)
        return runs

    async def _lock(self, connection: Connection, user_id: str, list_id: int, run_id: UUID) -> Run:
        if not await store.lock_own_lists(connection, user_id, list_id=list_id):
            raise ListNotFoundError(list_id)
        return await self._read(connection, user_id, list_id, run_id)

    async def _read(self, connection: Connection, user_id: str, list_id: int, run_id: UUID) -> Run:
        run = await store.read_run(connection, list_id, run_id, user_id=user_id)
        if run is None:
            raise RunNotFoundError(list_id, run_id)
        return run
