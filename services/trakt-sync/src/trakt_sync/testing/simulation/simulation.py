"""Runs schedules: carries each out, brings everything to rest, and has the result checked."""

from collections.abc import Sequence
from typing import Final

from chassis.postgres.database import Connection
from trakt_sync.settings import Settings
from trakt_sync.testing.simulation.checks import check_rest
from trakt_sync.testing.simulation.operations import Operation
from trakt_sync.testing.simulation.wishes import USER
from trakt_sync.testing.simulation.world import World


class Simulation:
    """Runs schedules on one database, one after the other.

    Args:
        connection: to a migrated database that nobody else uses.
    """

    EMPTY: Final = "account, desired_list, mirror, ledger, work_queue, last_result, list_import, outbox, inbox"

    def __init__(self, settings: Settings, connection: Connection) -> None:
        self._settings = settings
        self._connection = connection
        self._runs = 0

    async def run(self, schedule: Sequence[Operation]) -> World:
        """Carry a schedule out.

        Raises:
            BrokenRuleError: something happened that never may, or the end is not as it should be.
        """
        await self._empty()
        world = World(self._settings, self._connection)
        await world.connect(USER)
        for operation in schedule:
            await world.carry_out(operation)
        await world.come_to_rest()
        world.trakt.carry_out_late()
        await check_rest(world.connection, world.trakt, world.wishes, world.account)
        return world

    async def _empty(self) -> None:
        """Deleting some rows is ten times as fast as TRUNCATE, which ends what deleting leaves behind."""
        if self._runs % 200 == 0:
            await self._connection.execute(f"TRUNCATE {self.EMPTY}")
        else:
            await self._connection.execute("; ".join(f"DELETE FROM {table}" for table in self.EMPTY.split(", ")))  # noqa: S608
        self._runs += 1
