from collections.abc import AsyncIterator, Callable

import pytest

from chassis.postgres.database import Pool, create_pool
from chassis.postgres.wakeup import Waker
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.subscribers import GROUP


@pytest.fixture
def dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis", "notifier")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await create_pool(dsn) as pool:
        yield pool


@pytest.fixture
async def dispatcher(pool: Pool) -> AsyncIterator[Dispatcher]:
    async with Waker(pool, CHANNEL) as waker, Waker(pool, RUNS) as runs:
        yield Dispatcher(pool, waker, runs, group=GROUP)
