"""What commands need that end by themselves, and the names that all processes share."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from uuid_utils.compat import uuid7

from chassis.bootstrap import Foundation, bootstrap
from chassis.clock import utc_now
from chassis.outbox import outbox
from chassis.postgres.wakeup import Waker
from chassis.settings import DatabaseSettings
from lists_api.lists.use_cases import ListUseCases
from lists_api.settings import SERVICE, Settings


def opened(settings: DatabaseSettings) -> AbstractAsyncContextManager[Foundation]:
    """Open what a command needs that ends by itself."""
    return bootstrap(SERVICE, settings)


@asynccontextmanager
async def opened_cases(settings: Settings) -> AsyncIterator[ListUseCases]:
    """Open what a command needs that changes lists."""
    async with bootstrap(SERVICE, settings) as base, Waker(base.pool, outbox.CHANNEL) as waker:
        yield ListUseCases(base.pool, waker.wake, now=utc_now, new_id=uuid7, quotas=settings.quotas)
