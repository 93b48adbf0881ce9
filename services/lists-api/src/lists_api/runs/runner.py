"""Carrying out one run: look without a lock, decide and write in one transaction."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from chassis.outbox import outbox
from chassis.postgres.database import Connection, Pool
from chassis.telemetry.declared import RUN_OUTCOME, RUNS
from chassis.telemetry.instruments import Counter, counter
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.saving import SOURCE, save
from lists_api.runs.domain import events
from lists_api.runs.domain.mode import mode_of
from lists_api.runs.domain.outcome import Findings, Guard, Outcome, Situation, failure_of, outcome_of
from lists_api.runs.domain.run import PERCENT, Demand, Lease, Step
from lists_api.runs.looking import look
from lists_api.runs.selector import Selector
from lists_api.store import items as item_store
from lists_api.store import run_queue, runs, states
from lists_api.store.states import StoredList

log = structlog.get_logger()

MAX_ROUNDS: Final = 10
"""How often a run looks anew because its list was edited meanwhile."""
MAX_ATTEMPTS: Final = 5
"""Claims of a run whose worker never came back. One more, and it has failed: it may be what ends the workers."""
FAILED: Final = "The run failed; it is tried again."


class RunLostError(Exception):
    """Somebody has cancelled the run, or another worker has it."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Carries out runs.

    Args:
        wake: wakes the relay; called after a commit that left events.
        lease_for: how long a run is kept from other workers, from one step to the next.
    """

    pool: Pool
    selector: Selector
    guard: Guard
    wake: Callable[[], None]
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    lease_for: timedelta
    ended: Counter = field(default_factory=partial(counter, RUNS))

    async def carry_out(self, lease: Lease) -> None:
        """Carry out a claimed run to its end.

        Raises:
            RunLostError: it is not ours any more.
        """
        if lease.attempts > MAX_ATTEMPTS:
            await self.fail(lease, f"{MAX_ATTEMPTS} workers ended in the middle of it.")
            return
        demand = lease.demand
        if demand.is_by_user:
            demand = await self._step(lease, demand, "candidates")
        for _ in range(MAX_ROUNDS):
            seen, findings = await self._look(lease, demand)
            answer = await self._end(lease, seen, findings)
            if answer is None:
                return
            demand = answer
        await self.fail(lease, "The list changed again and again while the run looked for titles.")

    async def fail(self, lease: Lease, error: str = FAILED) -> None:
        """End a run that an error has stopped. Raises RunLostError."""
        async with self.pool.acquire() as connection, connection.transaction():
            before, situation = await self._lock(connection, lease)
            now = self.now()
            await self._write(connection, lease, before, failure_of(lease, situation, error, now=now), now)
        self.wake()

    async def _look(self, lease: Lease, demand: Demand) -> tuple[MediaList | None, Findings]:
        """Return the list as it was seen, and what the run has found for it."""
        now = self.now()
        async with self.pool.acquire() as connection:
            seen = await states.read_state(connection, lease.list_id)
            if seen is None or seen.state.is_deleted:
                return None, Findings("skip")
            current, mode = seen.state, mode_of(seen.state, seen.schedule, demand, now=now)
            if mode == "skip" or current.properties.filling is None:
                return current, Findings(mode)
            sight = await look(connection, self.selector, lease.user_id, current, mode, now=now)
        if sight.rank is None:
            return current, Findings(mode, None, sight.watched)
        if demand.is_by_user:
            await self._step(lease, demand, "scoring")
        ranked = await asyncio.to_thread(sight.rank)  # other runs read meanwhile
        if demand.is_by_user:
            await self._step(lease, demand, "saving")
        return current, Findings(mode, tuple(ranked), sight.watched)

    async def _end(self, lease: Lease, seen: MediaList | None, findings: Findings) -> Demand | None:
        """End the run, or return what is asked of it by now: the list has changed, or more is asked."""
        async with self.pool.acquire() as connection, connection.transaction():
            before, situation = await self._lock(connection, lease)
            now = self.now()
            if before.state.is_deleted:
                await runs.cancel_run(connection, lease.list_id, lease.run_id, now=now, error="The list was deleted.")
                return None
            mode = mode_of(before.state, before.schedule, situation.demand, now=now)
            if mode != findings.mode or seen is None or _basis(seen) != _basis(before.state):
                return situation.demand
            outcome = outcome_of(lease, situation, findings, self.guard, now=now)
            await self._write(connection, lease, before, outcome, now)
        if outcome.change is not None or outcome.events:
            self.wake()
        log.info(
            "run_ended",
            list_id=lease.list_id,
            run_id=str(lease.run_id),
            state=outcome.state,
            mode=findings.mode,
            updated=outcome.updated,
            removed=outcome.removed,
        )
        return None

    async def _lock(self, connection: Connection, lease: Lease) -> tuple[StoredList, Situation]:
        before = await states.lock_list(connection, lease.list_id, user_id=None)
        run = await run_queue.lock_run(connection, lease)
        if before is None or run is None:
            raise RunLostError
        situation = Situation(before.state, before.schedule, run.demand, run.failures, run.is_mirrored, run.is_awaited)
        return before, situation

    async def _write(
        self, connection: Connection, lease: Lease, before: StoredList, outcome: Outcome, now: datetime
    ) -> None:
        change, rows = outcome.change, before.rows
        if change is not None:
            edit = await save(
                connection,
                before,
                change,
                outcome.schedule,
                configuration=before.configuration,
                now=now,
                new_id=self.new_id,
            )
            assert edit is not None, "the list is locked"  # noqa: S101
            rows = (*edit.kept, *edit.insert)
        # The reasons of a list that stays the same may be others: it was found by new votes, or new thumbs.
        said = [(row.position, *outcome.said[row.title]) for row in rows if row.title in outcome.said]
        await item_store.explain_items(connection, lease.list_id, said)
        version = before.state.version if change is None else change.after.version
        told = [event.model_copy(update={"version": version}) for event in outcome.events]
        if told:
            await outbox.append(connection, *told, source=SOURCE, now=now)
        await run_queue.end_run(connection, lease, outcome, now=now)
        self.ended.add(1, {RUN_OUTCOME: outcome.state})

    async def _step(self, lease: Lease, demand: Demand, step: Step) -> Demand:
        """Say how far the run is."""
        now = self.now()
        async with self.pool.acquire() as connection, connection.transaction():
            present = await run_queue.step_run(connection, lease, step, until=now + self.lease_for)
            if present is None:
                raise RunLostError
            event = events.run_changed(lease, demand, "running", step, PERCENT[step])
            await outbox.append(connection, event, source=SOURCE, now=now)
        self.wake()
        return present


def _basis(current: MediaList) -> tuple[object, ...]:
    """Return that of the list on which the decision stands."""
    filling = current.properties.filling
    selection = filling and (filling.filters, filling.item_limit, filling.sort, filling.exclude_watched)
    return selection, current.items, current.pins, current.exclusions
