"""Waiting for a condition in tests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(check: Callable[[], Awaitable[T]], *, timeout_s: float = 5.0) -> T:
    """Return the result of `check` as soon as it is true.

    Raises:
        TimeoutError: it was not true in time; the text has the last value.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout_s
    while True:
        value = await check()
        if value:
            return value
        if loop.time() > end:
            raise TimeoutError(f"not within {timeout_s} s; the last value was {value!r}")
        await asyncio.sleep(0.01)
