from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from lists_api.catalogue.testing import Catalogue
from lists_api.imports.testing import fill_catalogue
from lists_api.testing import Api, running_api
from lists_api.testing_runs import Catalogue as Ranking
from lists_api.testing_runs import World


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


@pytest.fixture
async def catalogue(dsn: str, tmp_path: Path) -> AsyncIterator[Catalogue]:
    """An empty catalogue."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("TRUNCATE catalogue_title, catalogue_known, catalogue_option")
        yield Catalogue(dsn, tmp_path, connection)
    finally:
        await connection.close()


@pytest.fixture
async def small_catalogue(api: Api) -> None:
    """The catalogue has a few titles."""
    await fill_catalogue(api.pool)


@pytest.fixture
def world(api: Api) -> World:
    """The application, with five movies to choose from."""
    return World(api, Ranking([1, 2, 3, 4, 5]))
