import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from chassis.postgres.database import Pool
from notifier import condition_store, page_store, store
from notifier.catalogue import Severity
from notifier.links import Link
from notifier.messages import Message, NewMessage, Told
from notifier.stored import Counts, Filter
from notifier.testing import TIME


async def add(
    pool: Pool,
    text: str,
    *,
    user_id: str = "ada",
    created_at: datetime = TIME,
    severity: Severity = "info",
    list_id: int = 7,
) -> int:
    message = Message(text, severity, "tested", list_id, "Heists", Link(to="list", list_id=list_id))
    new = NewMessage(uuid4(), uuid4(), user_id, created_at, message)
    new = replace(new, event_id=new.id)
    await store.add(pool, [Told(new.id, user_id, new, ())], group="notifier", now=TIME)
    message_id: int = await pool.fetchval("SELECT id FROM messages WHERE event_id = $1", new.id)
    return message_id


async def texts(pool: Pool, user_id: str = "ada", *, unread_only: bool = False) -> list[str]:
    page = await page_store.page(pool, user_id, Filter(unread=unread_only), limit=100)
    return [message.text for message in page.messages]


async def test_every_statement_fits_the_migrated_schema(pool: Pool) -> None:
    statements = [
        value
        for name, value in [pair for module in (store, page_store, condition_store) for pair in vars(module).items()]
        if name.isupper() and isinstance(value, str) and name not in ("COLUMNS", "READ", "_MATCHES")
    ]
    assert len(statements) >= 10
    async with pool.acquire() as connection:
        for statement in statements:
            await connection.prepare(statement)


async def test_pages_are_newest_first_and_do_not_overlap(pool: Pool) -> None:
    for number in range(5):
        await add(pool, f"message {number}")
    pages = [await page_store.page(pool, "ada", Filter(), limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [[message.text for message in page.messages] for page in pages] == [
        ["message 4", "message 3"],
        ["message 2", "message 1"],
        ["message 0"],
        [],
    ]
    assert {(page.total, page.counts["info"]) for page in pages} == {(5, Counts(5, 5))}


async def test_reading_one_leaves_the_others_unread(pool: Pool) -> None:
    first, second = await add(pool, "first"), await add(pool, "second")
    assert await store.mark_read(pool, "ada", first)
    page = await page_store.page(pool, "ada", Filter(), limit=10)
    assert {message.id: message.read for message in page.messages} == {first: True, second: False}
    assert (page.total, page.counts["info"]) == (2, Counts(2, 1))
    unread = await page_store.page(pool, "ada", Filter(unread=True), limit=10)
    assert ([message.id for message in unread.messages], unread.total, unread.counts["info"].unread) == ([second], 1, 1)


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
    found = await store.after(pool, {"ada": first, "eve": 0, "bob": 0}, limit=10)
    assert {user_id: [message.text for message in messages] for user_id, messages in found.items()} == {
        "ada": ["second", "third"],
        "eve": [],
        "bob": ["Bob's"],
    }
    assert [message.text for message in (await store.after(pool, {"ada": first}, limit=1))["ada"]] == ["second"]
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
                "INSERT INTO messages (event_id, user_id, kind, text, severity, created_at)"
                " VALUES (gen_random_uuid(), 'ada', 'tested', 'x', 'loud', now())"
            )


async def test_pages_by_what_came_before_stay_in_place_while_messages_come_are_read_and_go(pool: Pool) -> None:
    ids = [await add(pool, f"message {number}") for number in range(6)]
    seen: list[int] = []
    before = None
    while True:
        page = await page_store.page(pool, "ada", Filter(unread=True), limit=2, before=before)
        seen += [message.id for message in page.messages]
        await add(pool, "came meanwhile")
        await store.mark_read(pool, "ada", seen[-1])
        await pool.execute("DELETE FROM messages WHERE id = $1", seen[0])
        if not page.has_more:
            break
        before = page.messages[-1].id
    assert seen == ids[::-1]


async def test_a_filter_lets_through_what_it_names_and_the_counts_are_of_all(pool: Pool) -> None:
    kinds: list[tuple[Severity, int]] = [("info", 7), ("warning", 7), ("warning", 8), ("error", 8), ("success", 9)]
    for severity, list_id in kinds:
        await add(pool, f"{severity} {list_id}", severity=severity, list_id=list_id)
    await store.mark_read(pool, "ada", await add(pool, "read", severity="warning", list_id=7))

    async def found(only: Filter) -> list[str]:
        page = await page_store.page(pool, "ada", only, limit=10)
        assert page.total == len(page.messages)
        assert {severity: (one.all, one.unread) for severity, one in page.counts.items()} == {
            "info": (1, 1),
            "success": (1, 1),
            "warning": (3, 2),
            "error": (1, 1),
        }
        return [message.text for message in page.messages]

    assert await found(Filter(severities=("warning", "error"))) == ["read", "error 8", "warning 8", "warning 7"]
    assert await found(Filter(unread=True, severities=("warning",))) == ["warning 8", "warning 7"]
    assert await found(Filter(list_id=8)) == ["error 8", "warning 8"]
    assert await found(Filter(unread=True, severities=("info",), list_id=9)) == []


async def test_of_each_user_the_newest_are_kept(pool: Pool) -> None:
    for number in range(5):
        await add(pool, f"{number}")
        await add(pool, f"{number}", user_id="bob" if number < 3 else "eve")
    assert await store.trim(pool, 3) == 2
    assert await texts(pool) == ["4", "3", "2"]
    assert (await texts(pool, "bob"), await texts(pool, "eve")) == (["2", "1", "0"], ["4", "3"])
    assert await store.trim(pool, 2) == 0  # nobody has got any since
    await add(pool, "5")
    assert await store.trim(pool, 2) == 2
    assert (await texts(pool), len(await texts(pool, "bob"))) == (["5", "4"], 3)


async def test_replicas_that_cut_at_the_same_time_delete_each_message_once(pool: Pool) -> None:
    for number in range(20):
        await add(pool, f"{number}")
    assert sum(await asyncio.gather(*(store.trim(pool, 5) for _ in range(4)))) == 15
    assert await texts(pool) == ["19", "18", "17", "16", "15"]


async def test_a_link_of_a_later_version_is_left_out(pool: Pool) -> None:
    await add(pool, "later")
    await pool.execute("""UPDATE messages SET link = '{"to": "the moon"}'""")
    (message,) = (await store.after(pool, {"ada": 0}, limit=1))["ada"]
    assert (message.text, message.link) == ("later", None)
