from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from chassis.postgres.database import Pool
from notifier import shortfall_store, store
from notifier.messages import Message
from notifier.testing import TIME


async def add(pool: Pool, text: str, *, user_id: str = "ada", created_at: datetime = TIME) -> int:
    new = store.NewMessage(Message(text, "info", 7), uuid4(), user_id, created_at)
    return (await store.add(pool, [new], group="notifier", now=TIME))[new.event_id]


async def texts(pool: Pool, user_id: str = "ada", *, unread_only: bool = False) -> list[str]:
    page = await store.page(pool, user_id, unread_only=unread_only, limit=100, offset=0)
    return [message.text for message in page.messages]


async def test_every_statement_fits_the_migrated_schema(pool: Pool) -> None:
    statements = [
        value
        for name, value in [*vars(store).items(), *vars(shortfall_store).items()]
        if name.isupper() and isinstance(value, str)
    ]
    assert len(statements) >= 10
    async with pool.acquire() as connection:
        for statement in statements:
            await connection.prepare(statement)


async def test_pages_are_newest_first_and_do_not_overlap(pool: Pool) -> None:
    for number in range(5):
        await add(pool, f"message {number}")
    pages = [await store.page(pool, "ada", unread_only=False, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [[message.text for message in page.messages] for page in pages] == [
        ["message 4", "message 3"],
        ["message 2", "message 1"],
        ["message 0"],
        [],
    ]
    assert {(page.total, page.unread) for page in pages} == {(5, 5)}


async def test_reading_one_leaves_the_others_unread(pool: Pool) -> None:
    first, second = await add(pool, "first"), await add(pool, "second")
    assert await store.mark_read(pool, "ada", first)
    page = await store.page(pool, "ada", unread_only=False, limit=10, offset=0)
    assert {message.id: message.read for message in page.messages} == {first: True, second: False}
    assert (page.total, page.unread) == (2, 1)
    unread = await store.page(pool, "ada", unread_only=True, limit=10, offset=0)
    assert ([message.id for message in unread.messages], unread.total, unread.unread) == ([second], 1, 1)


async def test_reading_twice_keeps_the_first_time(pool: Pool) -> None:
    message_id = await add(pool, "once")
    assert await store.mark_read(pool, "ada", message_id)
    first = await pool.fetchval("SELECT read_at FROM messages WHERE id = $1", message_id)
    assert await store.mark_read(pool, "ada", message_id)
    assert await pool.fetchval("SELECT read_at FROM messages WHERE id = $1", message_id) == first


async def test_another_users_message_can_be_neither_read_nor_cleared(pool: Pool) -> None:
    message_id = await add(pool, "Bob's", user_id="bob")
    assert not await store.mark_read(pool, "ada", message_id)
    await store.mark_all_read(pool, "ada", up_to=None)
    await store.clear(pool, "ada", up_to=None)
    assert await texts(pool, "bob", unread_only=True) == ["Bob's"]


async def test_acts_on_all_leave_what_the_user_has_not_seen(pool: Pool) -> None:
    seen = await add(pool, "seen")
    await add(pool, "came meanwhile")
    await store.mark_all_read(pool, "ada", up_to=seen)
    assert await texts(pool, unread_only=True) == ["came meanwhile"]
    await store.clear(pool, "ada", up_to=seen)
    assert await texts(pool) == ["came meanwhile"]
    await store.clear(pool, "ada", up_to=None)
    assert await texts(pool) == []


async def test_messages_after_an_id_come_oldest_first_and_are_the_users_own(pool: Pool) -> None:
    first = await add(pool, "first")
    await add(pool, "Bob's", user_id="bob")
    await add(pool, "second")
    newest = await add(pool, "third")
    found = await store.after(pool, "ada", first, limit=10)
    assert [message.text for message in found] == ["second", "third"]
    assert [message.text for message in await store.after(pool, "ada", first, limit=1)] == ["second"]
    assert await store.newest_of(pool, "ada") == await store.newest(pool) == newest
    assert await store.newest_of(pool, "eve") == 0


async def test_only_messages_past_their_retention_are_swept(pool: Pool) -> None:
    await add(pool, "old", created_at=TIME - timedelta(days=90, minutes=1))
    await add(pool, "young", created_at=TIME - timedelta(days=89))
    assert await store.sweep(pool, TIME - timedelta(days=90)) == 1
    assert await texts(pool) == ["young"]


async def test_a_severity_that_nobody_knows_is_refused(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="messages_severity_check"):
            await connection.execute(
                "INSERT INTO messages (event_id, user_id, text, severity, created_at)"
                " VALUES (gen_random_uuid(), 'ada', 'x', 'loud', now())"
            )
