import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from chassis.postgres.database import Pool, create_pool
from chassis.postgres.wakeup import Listener, Waker
from chassis.testing import FakeClock
from notifier import page_store, store
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.retention import sweep
from notifier.stored import Filter, StoredMessage
from notifier.subscribers import GROUP
from notifier.testing import TIME, delivered, settings_for, sync_started
from watchbuddy_contracts import ListUpdated, TraktReauthorizationRequired


async def messages_of(pool: Pool, user_id: str = "ada") -> list[StoredMessage]:
    return (await page_store.page(pool, user_id, Filter(), limit=1000)).messages


async def test_an_event_becomes_a_message_of_its_user(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([delivered(sync_started())])
    (message,) = await messages_of(pool)
    assert (message.text, message.severity, message.list_id) == ("Syncing 'Heists'...", "info", 7)
    assert (message.created_at, message.read) == (TIME, False)
    assert await messages_of(pool, "bob") == []


async def test_a_message_about_the_account_has_no_list(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([delivered(TraktReauthorizationRequired(user_id="ada"))])
    (message,) = await messages_of(pool)
    assert message.list_id is None


async def test_an_event_redelivered_ten_times_is_one_message(pool: Pool, dispatcher: Dispatcher) -> None:
    event = delivered(sync_started())
    for _ in range(10):
        await dispatcher.dispatch([event])
    assert len(await messages_of(pool)) == 1


async def test_two_events_with_the_same_words_are_two_messages(pool: Pool, dispatcher: Dispatcher) -> None:
    for _ in range(2):
        await dispatcher.dispatch([delivered(sync_started())])
    assert len(await messages_of(pool)) == 2


async def test_an_event_that_two_replicas_get_at_once_is_one_message(dsn: str) -> None:
    async with await create_pool(dsn) as one, await create_pool(dsn) as other:
        replicas = [
            Dispatcher(one, Waker(one, CHANNEL), Waker(one, RUNS), group=GROUP),
            Dispatcher(other, Waker(other, CHANNEL), Waker(other, RUNS), group=GROUP),
        ]
        for number in range(20):
            event = delivered(sync_started(title=f"List {number}"))
            await asyncio.gather(*(replica.dispatch([event]) for replica in replicas))
        texts = [message.text for message in await messages_of(one)]
    assert texts == [f"Syncing 'List {number}'..." for number in reversed(range(20))]


async def test_a_silent_event_leaves_no_trace(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch(
        [delivered(ListUpdated(user_id="ada", list_id=7, version=2, title="Heists", list_type="manual"))]
    )
    assert await messages_of(pool) == []
    assert await pool.fetchval("SELECT count(*) FROM inbox") == 0


async def test_a_set_of_events_is_stored_in_its_order_and_each_event_once(pool: Pool, dispatcher: Dispatcher) -> None:
    events = [delivered(sync_started(f"user{number % 3}", title=f"{number}")) for number in range(100)]
    await dispatcher.dispatch(events[:10])
    await dispatcher.dispatch([*events, *events[40:60]])
    for user in range(3):
        told = reversed(await messages_of(pool, f"user{user}"))
        assert [one.text for one in told] == [f"Syncing '{number}'..." for number in range(user, 100, 3)]


async def test_a_set_wakes_each_user_once_and_those_alone_who_have_something_new(
    dsn: str, dispatcher: Dispatcher
) -> None:
    known = delivered(sync_started("ada"))
    async with Listener(dsn, CHANNEL) as listener:
        assert await listener.wait(timedelta(seconds=5)) == [""]  # it listens
        await dispatcher.dispatch([known])
        assert await listener.wait(timedelta(seconds=5)) == ["ada"]
        await dispatcher.dispatch([known, *(delivered(sync_started(user)) for user in ("bob", "zoë", "bob", "zoë"))])
        woken: list[str] = []
        while len(woken) < 2:
            woken += await listener.wait(timedelta(seconds=5))
        assert sorted(woken) == ["bob", "zoë"]


async def test_sets_for_the_same_users_in_different_orders_do_not_wait_for_each_other_in_a_circle(dsn: str) -> None:
    async with await create_pool(dsn) as one:
        dispatcher = Dispatcher(one, Waker(one, CHANNEL), Waker(one, RUNS), group=GROUP)
        for _ in range(20):
            events = [delivered(sync_started(f"user{number % 7}")) for number in range(40)]
            async with asyncio.TaskGroup() as group:  # Postgres would end one of them
                group.create_task(dispatcher.dispatch(events))
                group.create_task(dispatcher.dispatch(events[::-1]))
        assert await one.fetchval("SELECT count(*) FROM messages") == 800


async def test_a_message_that_cannot_be_stored_is_stored_by_the_redelivery(pool: Pool, dispatcher: Dispatcher) -> None:
    event = delivered(sync_started())
    await pool.execute("ALTER TABLE messages ADD CONSTRAINT broken CHECK (false)")
    with pytest.raises(asyncpg.CheckViolationError):
        await dispatcher.dispatch([event])
    await pool.execute("ALTER TABLE messages DROP CONSTRAINT broken")
    await dispatcher.dispatch([event])
    assert len(await messages_of(pool)) == 1


async def test_a_message_that_was_cleared_does_not_come_back_by_redelivery(pool: Pool, dispatcher: Dispatcher) -> None:
    event = delivered(sync_started())
    await dispatcher.dispatch([event])
    await store.clear(pool, "ada", up_to=None)
    await dispatcher.dispatch([event])
    assert await messages_of(pool) == []


async def test_an_event_that_the_inbox_forgot_is_still_one_message(pool: Pool, dispatcher: Dispatcher) -> None:
    event = delivered(sync_started())
    await dispatcher.dispatch([event])
    await pool.execute("DELETE FROM inbox")
    await dispatcher.dispatch([event])
    assert len(await messages_of(pool)) == 1


async def test_what_is_past_its_retention_is_swept_from_messages_and_inbox(dsn: str, pool: Pool) -> None:
    clock = FakeClock(TIME - timedelta(days=91))
    dispatcher = Dispatcher(pool, Waker(pool, CHANNEL), Waker(pool, RUNS), group=GROUP, now=clock)
    await dispatcher.dispatch([delivered(sync_started(title="old"), time=clock())])
    clock.advance(timedelta(days=91))
    kept = delivered(sync_started(title="young"), time=clock())
    await dispatcher.dispatch([kept])
    await sweep(pool, settings_for(dsn), clock)
    assert [message.text for message in await messages_of(pool)] == ["Syncing 'young'..."]
    assert await pool.fetchval("SELECT array_agg(event_id) FROM inbox") == [kept.headers.event_id]


async def test_the_user_is_woken_after_their_message_is_stored(dsn: str, pool: Pool, dispatcher: Dispatcher) -> None:
    async with Listener(dsn, CHANNEL) as listener:
        assert await listener.wait(timedelta(seconds=5)) == [""]  # it listens
        await dispatcher.dispatch([delivered(sync_started(user_id="zoë"))])
        assert await listener.wait(timedelta(seconds=5)) == ["zoë"]
        assert len(await messages_of(pool, "zoë")) == 1


async def test_a_users_messages_become_visible_in_the_order_of_their_ids(dsn: str) -> None:
    """A stream asks for "id > last seen": a lower id that is committed later would be lost to it."""
    seen: list[int] = []

    async with await create_pool(dsn, max_size=8) as pool:
        dispatcher = Dispatcher(pool, Waker(pool, CHANNEL), Waker(pool, RUNS), group=GROUP)

        async def tell(worker: int) -> None:
            for number in range(25):
                await dispatcher.dispatch([delivered(sync_started(), event_id=UUID(int=worker * 100 + number))])

        async def watch(telling: "asyncio.Future[list[None]]") -> None:
            ended = False
            while not ended:
                ended = telling.done()
                found = await store.after(pool, {"ada": max(seen, default=0)}, limit=1000)
                seen.extend(message.id for message in found["ada"])

        telling = asyncio.gather(*(tell(worker) for worker in range(1, 7)))
        await watch(telling)
        await telling
    assert len(seen) == 150
