"""Runs schedules: carries each out, brings everything to rest, and has the result checked."""

from collections.abc import Sequence
from typing import Final

from chassis.postgres.database import Connection
from trakt_sync.settings import Settings
from trakt_sync.testing.simulation.checks import check_rest
from trakt_sync.testing.simulation.checks_of_erasure import check_erasures
from trakt_sync.testing.simulation.operations import (
    Ask,
    ByHand,
    Connect,
    Crash,
    Delete,
    Edit,
    Erase,
    Expire,
    Fault,
    Freeze,
    Leave,
    Operation,
)
from trakt_sync.testing.simulation.wishes import USERS, owner_of
from trakt_sync.testing.simulation.world import World

SURE: Final = ("rate_limited", "locked", "reorder_noop", "null_ids", "stale_items", "stale_lists", "new_list_404")
"""Faults after which nothing is unknown of a write."""


class Simulation:
    """Runs schedules on one database, one after the other.

    Args:
        connection: to a migrated database that nobody else uses.
    """

    EMPTY: Final = (
        "account, desired_list, mirror, ledger, work_queue, last_result, list_import, outbox, inbox, erased_user"
    )

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
        for user in _users_of(schedule):
            await world.connect(user, user)
        for operation in schedule:
            await world.carry_out(operation)
        is_touched = any(map(_spoils_numbers, schedule))
        ailing = await world.come_to_rest()
        world.trakt.carry_out_late()
        await check_rest(world, set(world.accounts) - ailing, is_touched=is_touched)
        if ailing:
            await world.heal()
            await check_rest(world, set(world.accounts), is_touched=is_touched)
        await check_erasures(world)
        world.hands.check(world.wishes.newest)
        await world.stay_at_rest()
        return world

    async def _empty(self) -> None:
        """Deleting some rows is ten times as fast as TRUNCATE, which ends what deleting leaves behind."""
        if self._runs % 200 == 0:
            await self._connection.execute(f"TRUNCATE {self.EMPTY}")
        else:
            await self._connection.execute("; ".join(f"DELETE FROM {table}" for table in self.EMPTY.split(", ")))  # noqa: S608
            # Of accounts that are due at one time the first in the table comes first: the same in each run.
            await self._connection.execute("VACUUM account")
        self._runs += 1


def _users_of(schedule: Sequence[Operation]) -> list[str]:
    """Return the users of a schedule. The second is there only where something is done for them: they cost time."""
    named = {one.user for one in schedule if isinstance(one, Connect | Erase | Expire | Leave)}
    owners = {owner_of(one.number) for one in schedule if isinstance(one, Edit | Delete | Ask | ByHand)}
    return [user for user in USERS if user in {USERS[0], *named, *owners}]


def _spoils_numbers(operation: Operation) -> bool:
    """Tell whether the numbers told may be off: others changed the list, or the fate of a write was not known."""
    return isinstance(operation, ByHand | Crash | Freeze) or (
        isinstance(operation, Fault) and operation.kind not in SURE
    )
