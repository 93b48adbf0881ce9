"""A database of the version before, with messages and lists that lack titles, goes on after the upgrade."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from chassis.postgres import database as postgres
from chassis.postgres.database import Connection, create_pool
from chassis.postgres.wakeup import Waker
from chassis.testing import FakeClock, migrate_as_before
from notifier import page_store
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.stored import Filter
from notifier.subscribers import GROUP
from notifier.testing import TIME, delivered
from notifier.testing_channels import Delivering, tell
from watchbuddy_contracts import Item, ItemIds, TraktListSynced

BEFORE = ("0001", "0002")
"""The migrations before messages had kinds."""


@pytest.fixture
def fresh_dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis")


@pytest.fixture
async def old(fresh_dsn: str) -> AsyncIterator[tuple[str, Connection]]:
    """Give a database as the version before left it, and a connection to it."""
    connection = await postgres.connect(fresh_dsn, purpose="test")
    await migrate_as_before(connection, "notifier", *BEFORE)
    yield fresh_dsn, connection
    await connection.close()


def synced(list_id: int, not_found: int) -> TraktListSynced:
    items = tuple(Item(media_type="movie", ids=ItemIds(tmdb=number)) for number in range(1, not_found + 1))
    about = {"user_id": "ada", "list_id": list_id, "version": 2, "title": "Heists", "trakt_list_id": 501}
    return TraktListSynced.model_validate(about | {"added": 0, "removed": 0, "unchanged": 1, "not_found": items})


async def test_messages_stay_as_they_were_and_what_was_lacking_is_known(old: tuple[str, Connection]) -> None:
    dsn, connection = old
    for list_id, severity in ((7, "info"), (None, "warning")):
        await connection.execute(
            "INSERT INTO messages (event_id, user_id, list_id, text, severity, created_at, read_at)"
            " VALUES ($1, 'ada', $2, 'as it was', $3, $4, $4)",
            uuid4(), list_id, severity, TIME,
        )  # fmt: skip
    for list_id, counts in ((7, "2 0 0 0"), (8, "2 0 0 0"), (9, "")):
        await connection.execute("INSERT INTO shortfall VALUES ('ada', $1, $2, $3)", list_id, counts, TIME)
    await postgres.migrate(dsn, "chassis", "notifier")
    async with await create_pool(dsn) as pool:
        page = await page_store.page(pool, "ada", Filter(), limit=10)
        assert [(one.kind, one.text, one.list_id, one.list_title, one.link, one.read) for one in page.messages] == [
            ("earlier", "as it was", None, None, None, True),
            ("earlier", "as it was", 7, None, None, True),
        ]
        dispatcher = Dispatcher(pool, Waker(pool, CHANNEL), Waker(pool, RUNS), group=GROUP)
        await dispatcher.dispatch([delivered(synced(7, 2)), delivered(synced(8, 0)), delivered(synced(9, 0))])
        page = await page_store.page(pool, "ada", Filter(), limit=10)
        assert [(one.text, one.list_id) for one in page.messages[:-2]] == [
            ("All titles of 'Heists' are on Trakt now.", 8)
        ]


async def test_messages_from_before_there_were_channels_go_to_none(old: tuple[str, Connection]) -> None:
    dsn, connection = old
    await connection.execute(
        "INSERT INTO messages (event_id, user_id, list_id, text, severity, created_at)"
        " VALUES ($1, 'ada', 7, 'before', 'error', $2)",
        uuid4(), TIME,
    )  # fmt: skip
    await postgres.migrate(dsn, "chassis", "notifier")
    async with await create_pool(dsn) as pool:
        delivering = Delivering(pool, FakeClock(TIME))
        await delivering.add()
        await tell(pool, TIME, "after")
        await delivering.settle()
        assert delivering.sending.texts == ["after"]
