"""Steps that end or stand still at any of their calls to Postgres and Trakt."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

from chassis.postgres.database import Connection
from trakt_sync.testing.fakes import KilledError
from trakt_sync.trakt.api import Trakt

How = Literal["kill", "freeze"]


class Interruption:
    """What happens to one step.

    Args:
        how: None: nothing.
        at: the number of the call, from 0.
        is_after: whether the call is carried out first.

    Attributes:
        calls: made so far.
        has_claimed: the step has an account. It does not stand still before: a claim by a clock of ten minutes ago
            takes the account from whoever is ahead (`store.accounts.CLAIM`).
        frozen: set while the step stands still.
        thawed: set when it goes on.
    """

    def __init__(self, how: How | None = None, at: int = 0, *, is_after: bool = False) -> None:
        self.how = how
        self._at = at
        self._is_after = is_after
        self.calls = 0
        self.has_claimed = False
        self.frozen = asyncio.Event()
        self.thawed = asyncio.Event()

    async def call(self, name: str, call: Callable[[], Awaitable[Any]], *, is_in_transaction: bool = False) -> Any:  # noqa: ANN401 - whatever the call returns
        """Make a call of the step, and end or stand still where that is planned.

        A step that holds locks does not stand still: Postgres would end its transaction after a while, and in a
        simulation nothing else goes on meanwhile.
        """
        number = self.calls
        self.calls += 1
        cannot_freeze = is_in_transaction or not self.has_claimed
        is_here = self.how is not None and number >= self._at and not (self.how == "freeze" and cannot_freeze)
        if is_here and not self._is_after:
            await self._strike(f"before {name}")
        answer = await call()
        if is_here and self._is_after:
            await self._strike(f"after {name}")
        return answer

    async def _strike(self, where: str) -> None:
        how, self.how = self.how, None
        if how == "kill":
            raise KilledError(where)
        self.frozen.set()
        await self.thawed.wait()


class Interruptible:
    """The calls of one worker process.

    Attributes:
        step: the step that is under way.
    """

    def __init__(self) -> None:
        self.step = Interruption()

    def trakt(self, real: Trakt) -> Any:  # noqa: ANN401 - it has the methods of the other
        return _Calls(real, self, is_in_transaction=False)

    def pool(self, connection: Connection) -> Any:  # noqa: ANN401 - it has the methods of a pool
        return _PoolCalls(connection, self, is_in_transaction=False)


class _Calls:
    """Another object, whose async methods are the step's calls."""

    def __init__(self, real: Any, owner: Interruptible, *, is_in_transaction: bool) -> None:  # noqa: ANN401
        self._real = real
        self._owner = owner
        self._is_in_transaction = is_in_transaction

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401
        real = getattr(self._real, method)
        if method == "transaction":
            return real

        async def call(*arguments: object, **options: object) -> object:
            return await self._owner.step.call(
                method, lambda: real(*arguments, **options), is_in_transaction=self._is_in_transaction
            )

        self.__dict__[method] = call
        return call


class _PoolCalls(_Calls):
    """A pool of one connection, which is never asked for while somebody has it: only one step goes on at a time.

    A real pool costs more than the statements do.
    """

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[_Calls]:
        yield _Calls(self._real, self._owner, is_in_transaction=True)
