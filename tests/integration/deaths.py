"""How a process of trakt-sync dies at a named point, and what time brings after the death of a worker."""

import dataclasses
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from chassis.kill_points import KILL_AT
from chassis.testing import eventually
from integration.system import RunningSystem
from local_stack.errors import PartFailedError


@asynccontextmanager
async def dying_at(system: RunningSystem, name: str, point: str, **environment: str) -> AsyncIterator[None]:
    """Run one process so that it kills itself at a point; the block brings it there. It is dead at the end.

    Args: point: see `trakt_sync.kill_points`.
    """
    process = system.processes[name]
    before = process.spec
    await system.stop_processes(name)
    process.spec = dataclasses.replace(before, environment={**before.environment, **environment, KILL_AT: point})
    try:
        with suppress(PartFailedError):  # it may be dead before it is ready
            await process.start()
        yield

        async def status() -> int | None:
            return process.exit_status()

        died = await eventually(status, until=lambda ended: ended is not None)
        assert died == -signal.SIGKILL, f"{name} ended by itself with {died} before {point}"
    finally:
        process.spec = before


async def let_leases_end(system: RunningSystem) -> None:
    """Give back the accounts that dead workers held, as it is when their leases have ended."""
    connection = await asyncpg.connect(system.processes["trakt-sync work"].spec.environment["DATABASE_URL"])
    try:
        await connection.execute("UPDATE list_import SET due_at = now() WHERE done_at IS NULL")
        await connection.execute(
            "UPDATE account SET lease_until = now(), imports_at = least(imports_at, now()) "
            "WHERE lease_token IS NOT NULL"
        )
    finally:
        await connection.close()
