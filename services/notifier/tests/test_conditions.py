"""What is wrong for a while is told once until it changes, and once when it is over."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from chassis.clock import utc_now
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool, create_pool
from chassis.postgres.wakeup import Waker
from notifier import condition_store, page_store
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.links import Link
from notifier.stored import Filter
from notifier.subscribers import GROUP
from notifier.testing import TIME, delivered
from watchbuddy_contracts import (
    Event,
    Item,
    ItemIds,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktListDeleted,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
    TraktWatchlistSynced,
)

ALL = "Synced to Trakt: +8 -0 (2 not found, 5 over your account's limit, 1 refused by Trakt, 3 could not be removed)"
WHOLE = "All titles of 'Heists' are on Trakt now."
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
    page = await page_store.page(pool, "ada", Filter(), limit=100)
    return [one.text for one in reversed(page.messages)]


async def test_all_that_is_lacking_is_told_beside_the_sync(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([synced(0, 2, left_out=5, rejected=1, not_removed=3)])
    assert await told(pool) == ["Synced to Trakt: +8 -0", ALL]
    (warning, _) = (await page_store.page(pool, "ada", Filter(), limit=9)).messages
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
    assert await told(pool) == ["Synced to Trakt: +8 -0", TWO, three, WHOLE, three]


@pytest.mark.parametrize("together", [True, False], ids=["in one set", "one by one"])
async def test_a_list_that_lacks_nothing_says_nothing_more(
    pool: Pool, dispatcher: Dispatcher, *, together: bool
) -> None:
    events = [synced(0), synced(1)]
    for part in [events] if together else [[one] for one in events]:
        await dispatcher.dispatch(part)
    assert await told(pool) == ["Synced to Trakt: +8 -0"] * 2
    assert await pool.fetchval("SELECT count(*) FROM condition") == 0


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
    assert await told(pool) == [f"Synced to Trakt: +0 -0 ({count} not found)" for count in (2, 2, 4)]


async def test_two_replicas_that_get_syncs_with_the_same_lack_tell_it_once(dsn: str) -> None:
    async with await create_pool(dsn) as one, await create_pool(dsn) as other:
        replicas = [Dispatcher(pool, Waker(pool, CHANNEL), Waker(pool, RUNS), group=GROUP) for pool in (one, other)]
        for list_id in range(1, 11):
            events = [synced(0, 2, added=0, list_id=list_id), synced(0, 2, added=0, list_id=list_id)]
            await asyncio.gather(*(replica.dispatch([event]) for replica, event in zip(replicas, events, strict=True)))
        assert await told(one) == ["Synced to Trakt: +0 -0 (2 not found)"] * 10


async def test_what_was_told_long_ago_is_forgotten(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([synced(0, 2)])
    assert await condition_store.sweep(pool, utc_now() - timedelta(days=1)) == 0
    assert await condition_store.sweep(pool, utc_now() + timedelta(days=1)) == 1


FAILED = "List synced locally, but Trakt sync failed"
REJECTED = FAILED
DELETED = "List deleted locally, but Trakt deletion failed"
RECOVERED = "Trakt sync works again: 'Heists' is up to date."
EXPIRED = "Trakt access token expired. Please reauthorize."
CONNECTED = "Trakt is connected again. Your lists go on."


def failed(reason: str = "network", operation: str = "sync") -> Delivered:
    about = {"user_id": "ada", "list_id": 7, "version": 1, "title": "Heists"}
    return delivered(TraktSyncFailed.model_validate(about | {"operation": operation, "reason": reason}))


def on_list(model: type[Event], **fields: object) -> Delivered:
    about = {"user_id": "ada", "list_id": 7, "version": 1, "title": "Heists"}
    return delivered(model.model_validate(about | fields))


@pytest.mark.parametrize("together", [True, False], ids=["in one set", "one by one"])
async def test_an_incident_is_told_once_and_once_that_it_is_over(
    pool: Pool, dispatcher: Dispatcher, *, together: bool
) -> None:
    events = [
        *(synced(0, added=0), failed(), failed(), failed("rejected"), synced(1, added=0), synced(2, added=0)),
        *(failed(), synced(3, added=0)),
    ]
    for part in [events] if together else [[one] for one in events]:
        await dispatcher.dispatch(part)
    assert await told(pool) == [FAILED, REJECTED, RECOVERED, FAILED, RECOVERED]


async def test_what_is_over_is_told_beside_what_was_synced_and_leads_to_the_list(
    pool: Pool, dispatcher: Dispatcher
) -> None:
    await dispatcher.dispatch([failed(), synced(1, 2)])
    assert await told(pool) == [FAILED, "Synced to Trakt: +8 -0", RECOVERED, TWO]
    page = await page_store.page(pool, "ada", Filter(), limit=9)
    assert [(one.kind, one.severity, one.list_title, one.link) for one in page.messages] == [
        (
            "trakt_list_incomplete",
            "warning",
            "Heists",
            Link(to="titles", list_id=7, title_states=("not_found",)),
        ),
        ("trakt_sync_recovered", "success", "Heists", Link(to="list", list_id=7)),
        ("trakt_list_synced", "info", "Heists", Link(to="list", list_id=7)),
        ("trakt_sync_failed", "warning", "Heists", Link(to="list", list_id=7)),
    ]


async def test_a_deletion_that_failed_is_over_by_its_own_message(pool: Pool, dispatcher: Dispatcher) -> None:
    await dispatcher.dispatch([failed(), failed(operation="delete")])
    await dispatcher.dispatch([on_list(TraktListDeleted, trakt_list_id=501)])
    await dispatcher.dispatch([on_list(TraktListDeleted, trakt_list_id=501)])
    assert await told(pool) == [FAILED, DELETED, *["Deleted 'Heists' from Trakt"] * 2]
    assert await pool.fetchval("SELECT count(*) FROM condition") == 0


async def test_an_expired_token_is_told_once_until_the_account_is_connected_again(
    pool: Pool, dispatcher: Dispatcher
) -> None:
    expired = TraktReauthorizationRequired(user_id="ada")
    connected = TraktAccountConnected(user_id="ada")
    for event in (connected, expired, expired, connected, connected, expired, TraktAccountDisconnected(user_id="ada")):
        await dispatcher.dispatch([delivered(event)])
    await dispatcher.dispatch([delivered(connected)])
    disconnected = "Trakt is disconnected. Your lists stay here, and rest there."
    assert await told(pool) == [EXPIRED, CONNECTED, EXPIRED, disconnected]


async def test_an_incident_is_told_once_over_redelivery_restarts_and_two_replicas(dsn: str) -> None:
    """Each delivery is by a new process, two at a time, and any number of events before is delivered again."""
    events = [
        *(failed(), synced(1, added=0), failed("limit_reached", "create"), synced(2, 3, added=0)),
        *(synced(3, added=0), delivered(TraktReauthorizationRequired(user_id="ada"))),
        delivered(TraktAccountConnected(user_id="ada")),
    ]
    for end in range(1, len(events) + 1):
        for begin in range(end):
            async with await create_pool(dsn) as one, await create_pool(dsn) as other:
                await asyncio.gather(
                    *(
                        Dispatcher(pool, Waker(pool, CHANNEL), Waker(pool, RUNS), group=GROUP).dispatch(
                            events[begin:end]
                        )
                        for pool in (one, other)
                    )
                )
    async with await create_pool(dsn) as pool:
        assert await told(pool) == [
            *(FAILED, RECOVERED, "List created locally, but Trakt sync failed", RECOVERED),
            *("Synced to Trakt: +0 -0 (3 not found)", WHOLE, EXPIRED, CONNECTED),
        ]


async def test_a_set_that_could_not_be_stored_leaves_nothing_of_it(pool: Pool, dispatcher: Dispatcher) -> None:
    await pool.execute("ALTER TABLE messages ADD CONSTRAINT broken CHECK (false)")
    events = [failed(), synced(1)]
    with pytest.raises(asyncpg.CheckViolationError):
        await dispatcher.dispatch(events)
    await pool.execute("ALTER TABLE messages DROP CONSTRAINT broken")
    await dispatcher.dispatch(events)
    assert await told(pool) == [FAILED, "Synced to Trakt: +8 -0", RECOVERED]
