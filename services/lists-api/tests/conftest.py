from collections.abc import AsyncIterator, Callable

import pytest

from lists_api.testing import Api, running_api


@pytest.fixture(scope="module")
def dsn(make_database: Callable[..., str]) -> str:
    """A database for the tests of a file: one for each test took longer than the tests."""
    return make_database("chassis", "lists_api")


@pytest.fixture
def own_dsn(make_database: Callable[..., str]) -> str:
    """A database for one test alone, which changes its schema."""
    return make_database("chassis", "lists_api")


@pytest.fixture
async def api(dsn: str) -> AsyncIterator[Api]:
    async with running_api(dsn) as running:
        await running.delete_everything()
        yield running
