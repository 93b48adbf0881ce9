"""What a list lacks on Trakt is told beside the sync, once until it changes."""

import asyncio
from datetime import timedelta

import pytest

from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool, create_pool
from chassis.postgres.wakeup import Waker
from notifier import shortfall_store, store
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.subscribers import GROUP
from notifier.testing import TIME, delivered
from watchbuddy_contracts import Item, ItemIds, TraktListSynced, TraktWatchlistSynced

ALL = "Synced to Trakt: +8 -0 (2 not found, 5 over your account's limit, 1 refused by Trakt, 3 could not be removed)"
TWO = "Synced to Trakt: +8 -0 (2 not found)"


def items(count: int) -> tuple[Item, ...]:
    return tuple(Item(media_type="movie", ids=ItemIds(tmdb=number)) for number in range(1, count + 1))


def synced(minute: int, not_found: int = 0, *, added: int = 8, list_id: int = 7, **lacking: int) -> Delivered:
    event = TraktListSynced(
        user_id="ada",
        list_id=list_id,
        version=1,
        title="Heists",
        trakt_list_id=501,
        added=added,
        removed=0,
        unchanged=0,
        not_found=items(not_found),
        **{name: items(count) for name, count in lacking.items()},
    )
    return delivered(event, time=TIME + timedelta(minutes=minute))


async def told(pool: Pool) -> list[str]:
    page = await store.page(pool, "ada", unread_only=False, limit=100, offset=0)
    return [one.text for one in reversed(page.messages)]


async def test_all_that_is_lacking_is_told_beside_the_sync(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([synced(0, 2, left_out=5, rejected=1, not_removed=3)])
    assert await told(pool) == ["Synced to Trakt: +8 -0", ALL]
    (warning, _) = (await store.page(pool, "ada", unread_only=False, limit=9, offset=0)).messages
    assert (warning.severity, warning.list_id, warning.created_at) == ("warning", 7, TIME)


async def test_what_the_watchlist_lacks_is_told_of_it(pool: Pool, dispatcher: Dispatcher) -> None:
    about = {"user_id": "ada", "list_id": 7, "version": 1, "title": "To watch"}
    event = TraktWatchlistSynced.model_validate(
        {**about, "added": 8, "removed": 0, "unchanged": 0, "left_out": items(2)}
    )
    await dispatcher.dispatch([delivered(event, time=TIME)])
    text = "Synced to your Trakt watchlist: +8 -0"
    assert await told(pool) == [text, f"{text} (2 over your account's limit)"]


async def test_what_was_told_is_told_again_when_it_changes_or_was_over(pool: Pool, dispatcher: Dispatcher) -> None:
    for one in (synced(0, 2), synced(1, 2, added=0), synced(2, 3, added=0), synced(3, added=0), synced(4, 3, added=0)):
        await dispatcher.dispatch([one])
    three = "Synced to Trakt: +0 -0 (3 not found)"
    assert await told(pool) == ["Synced to Trakt: +8 -0", TWO, three, three]


@pytest.mark.parametrize("together", [True, False], ids=["in one set", "one by one"])
async def test_a_list_that_lacks_nothing_says_nothing_more(
    pool: Pool, dispatcher: Dispatcher, *, together: bool
) -> None:
    events = [synced(0), synced(1)]
    for part in [events] if together else [[one] for one in events]:
        await dispatcher.dispatch(part)
    assert await told(pool) == ["Synced to Trakt: +8 -0"] * 2
    assert await pool.fetchval("SELECT count(*) FROM shortfall") == 0


async def test_events_that_come_again_and_late_tell_nothing_anew(pool: Pool, dispatcher: Dispatcher) -> None:
    events = [synced(0, 2), synced(1, 3), synced(2)]
    for one in events:
        await dispatcher.dispatch([one])
    before = await told(pool)
    for one in [*events, *reversed(events)]:
        await dispatcher.dispatch([one])
    await dispatcher.dispatch(events)
    assert await told(pool) == before


async def test_lists_of_one_set_are_told_each(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([synced(0, 2, added=0), synced(1, 2, added=0, list_id=8), synced(2, 4, added=0)])
    assert sorted(await told(pool)) == [f"Synced to Trakt: +0 -0 ({count} not found)" for count in (2, 4)]


async def test_two_replicas_that_get_syncs_with_the_same_lack_tell_it_once(dsn: str) -> None:
    async with await create_pool(dsn) as one, await create_pool(dsn) as other:
        replicas = [Dispatcher(pool, Waker(pool, CHANNEL), Waker(pool, RUNS), group=GROUP) for pool in (one, other)]
        for list_id in range(1, 11):
            events = [synced(0, 2, added=0, list_id=list_id), synced(0, 2, added=0, list_id=list_id)]
            await asyncio.gather(*(replica.dispatch([event]) for replica, event in zip(replicas, events, strict=True)))
        assert await told(one) == ["Synced to Trakt: +0 -0 (2 not found)"] * 10


async def test_what_was_told_long_ago_is_forgotten(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([synced(0, 2)])
    assert await shortfall_store.sweep(pool, TIME) == 0
    assert await shortfall_store.sweep(pool, TIME + timedelta(days=1)) == 1
