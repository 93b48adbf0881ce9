"""lists-api on a database, for clients that speak HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chassis.testing import served
from lists_api.testing import running_api, token_of
from lists_api.testing_gateway import Target


@dataclass(frozen=True, slots=True)
class ListsServer:
    """A running lists-api, and a token of one of its users."""

    url: str
    token: str


@asynccontextmanager
async def lists_server(dsn: str) -> AsyncIterator[ListsServer]:
    """Serve lists-api on a free port of the loopback; the other services have nothing of anybody."""
    async with (
        served(Target()) as others,
        running_api(
            dsn, trakt_sync_url=others, notifier_url=others, quota_free_searches_per_minute=1_000_000
        ) as api,  # a minute of its clock has no end
        served(api.origin) as url,
    ):
        yield ListsServer(url, token_of("ada"))
