"""Whose file is read when: one of a user at a time, few of all users."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

AT_WORK: Final = 2
"""Files that a process works on at a time: more would be no faster on one processor, and each takes memory."""


class Turns:
    """Waiting places for those who send files. A body is not read before its user's turn, so none waits in memory."""

    def __init__(self) -> None:
        self._of_users: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._work = asyncio.Semaphore(AT_WORK)

    @asynccontextmanager
    async def of(self, user_id: str) -> AsyncIterator[None]:
        """Wait until no other file of the user is read or worked on. A slow sender holds up nobody else."""
        lock = self._of_users.get(user_id)
        if lock is None:
            lock = self._of_users[user_id] = asyncio.Lock()
        async with lock:
            yield

    def work(self) -> AbstractAsyncContextManager[None]:
        """Wait until fewer than `AT_WORK` files are worked on."""
        return self._work
