"""What the subscriber records: the newest state wins, in whatever order and however often events come."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.testing import Harness, harness, movies, unwanted, wanted
from watchbuddy_contracts import ListDeleted, ListState, TraktListDeleted, TraktListSynced


@pytest.fixture
async def idle(dsn: str) -> AsyncIterator[Harness]:
    """The subscriber's side alone: no worker, no account, no Trakt."""
    async with harness(dsn, "http://127.0.0.1:9") as made:
        yield made


async def test_older_version_after_a_newer_one_changes_nothing(idle: Harness) -> None:
    await idle.want(wanted(version=3, title="New"), wanted(version=2, title="Old"))
    job = await idle.job()
    assert (job.version, job.desired.details.name) == (3, "New")


async def test_redelivered_event_makes_no_work(running: Harness, admin: SimulatorAdmin) -> None:
    event = wanted(items=movies(1))
    await running.want(event)
    await running.settled()
    await admin.clear_requests()
    await running.want(event, event, event)
    await running.settled()
    assert await running.due_at() is None
    assert await admin.requests() == []


async def test_state_of_the_applied_version_sends_its_result_again_under_its_own_id(running: Harness) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    before = await running.pool.fetch("DELETE FROM outbox RETURNING event_id, value, headers")
    await running.want(wanted(items=movies(1)))
    (again,) = await running.pool.fetch("SELECT event_id, value FROM outbox")
    assert again["event_id"] in {row["event_id"] for row in before}
    assert again["value"] in {row["value"] for row in before}
    assert len(await running.events(TraktListSynced)) == 1


async def test_older_version_sends_nothing_again(running: Harness) -> None:
    await running.want(wanted(items=movies(1)))
    await running.settled()
    await running.want(wanted(version=2, items=movies(2)))
    await running.settled()
    await running.pool.execute("DELETE FROM outbox")
    await running.want(wanted(items=movies(1)))
    assert await running.events() == []


async def test_list_deleted_before_it_came_to_trakt_is_gone_at_once_without_an_account(idle: Harness) -> None:
    await idle.want(wanted(items=movies(1)), unwanted())
    (deleted,) = await idle.events(TraktListDeleted)
    assert (deleted.trakt_list_id, deleted.version) == (None, 2)
    assert await idle.due_at() is None


async def test_deletion_that_overtakes_the_creation_wins(idle: Harness) -> None:
    await idle.want(unwanted(version=2), wanted(version=1), wanted(version=3))
    job = await idle.job()
    assert (job.desired.is_present, job.version) == (False, 2)
    assert len(await idle.events(TraktListDeleted)) == 1


async def test_republished_deletion_sends_its_result_again(idle: Harness) -> None:
    await idle.want(wanted(items=movies(1)), unwanted())
    (first,) = await idle.pool.fetch("DELETE FROM outbox RETURNING event_id")
    await idle.want(unwanted())
    (again,) = await idle.pool.fetch("SELECT event_id FROM outbox")
    assert first["event_id"] == again["event_id"]


async def test_create_then_delete_leaves_nothing_on_trakt(running: Harness, admin: SimulatorAdmin) -> None:
    for list_id in range(1, 6):
        await running.want(wanted(list_id, items=movies(1)))
        await running.want(unwanted(list_id))
    await running.settled(1, 2, 3, 4, 5)
    assert await admin.lists_of("ada") == []
    assert len(await running.events(TraktListDeleted)) == 5


async def test_a_list_that_is_made_due_after_its_deletion_was_told_is_told_no_second_time(
    running: Harness, admin: SimulatorAdmin
) -> None:
    """A statement that waited for the account's row makes due what was there when it began."""
    await running.want(unwanted())
    (told,) = await running.events(TraktListDeleted)
    await running.pool.execute("INSERT INTO work_queue (list_id, user_id, due_at) VALUES (1, 'ada', '-infinity')")
    await running.audited()
    await running.want(wanted(2, items=movies(1)))
    await running.settled(1, 2)
    assert await running.due_at() is None
    assert await running.events(TraktListDeleted) == [told]
    kept = await running.pool.fetchval("SELECT event_id FROM last_result WHERE list_id = 1")
    assert await running.pool.fetchval("SELECT count(*) FROM outbox WHERE event_id = $1", kept) == 1
    assert [one.name for one in await admin.lists_of("ada")] == ["Heists"]


async def test_lists_of_a_user_without_an_account_wait_for_it(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url) as one, one.worker():
        await one.want(wanted(items=movies(1)))
        await one.connect("ada", (await admin.account("ada")).model_dump_json())
        await one.settled()
        assert len(await admin.lists_of("ada")) == 1


async def test_ten_thousand_items_are_recorded_as_they_are(idle: Harness) -> None:
    await idle.want(wanted(items=movies(*range(1, 10_001))))
    assert [title.trakt for title in (await idle.job()).desired.items] == [*range(1, 10_001)]


async def test_description_is_the_users_own_or_that_of_the_lists_type(idle: Harness) -> None:
    await idle.want(
        wanted(1), wanted(2, list_type="smart"), wanted(3, list_type="custom"), wanted(4, description="Mine")
    )
    assert [(await idle.job(list_id)).desired.details.description for list_id in (1, 2, 3, 4)] == [
        "Custom list managed by WatchBuddy (ID: 1)",
        "Created and managed by WatchBuddy",
        "Custom list managed by WatchBuddy (ID: 3)",
        "Mine",
    ]


async def test_events_that_come_together_leave_what_they_leave_one_after_the_other(idle: Harness) -> None:
    numbers = random.Random(9)  # noqa: S311 - the same events in every run
    for number in range(60):
        events = [_any_event(numbers) for _ in range(numbers.randint(1, 12))]
        await idle.want(*(_renumbered(event, number * 20) for event in events))
        await idle.want_together(*(_renumbered(event, number * 20 + 10) for event in events))
    rows = await idle.pool.fetch(RECORDED)
    first, together = (
        [row[1:] for row in rows if (row["list_id"] % 20 >= 10) == is_together] for is_together in (0, 1)
    )
    assert first == together
    assert len(first) > 100


async def test_events_that_come_together_send_each_known_versions_result_again(running: Harness) -> None:
    events = [wanted(list_id, items=movies(list_id)) for list_id in (1, 2, 3)]
    await running.want_together(*events)
    await running.settled(1, 2, 3)
    before = await running.pool.fetch("DELETE FROM outbox RETURNING event_id")
    await running.want_together(*events, wanted(4), wanted(3, version=2, items=movies(3)))
    outbox = await running.pool.fetch("SELECT event_id FROM outbox")  # results of the further ones may be there too
    again = {row["event_id"] for row in outbox} & {row["event_id"] for row in before}
    assert len(again) == 2  # of lists 1 and 2


async def test_sets_of_the_same_lists_in_different_orders_do_not_wait_for_each_other_in_a_circle(idle: Harness) -> None:
    for version in range(1, 20):
        states = [wanted(list_id, version, user=f"user{list_id % 7}") for list_id in range(1, 41)]
        async with asyncio.TaskGroup() as group:  # Postgres would end one of them
            group.create_task(idle.want_together(*states))
            group.create_task(idle.want_together(*reversed(states)))


RECORDED = """
SELECT list_id, list_id % 10, version, is_present, title, items, deleted_at IS NULL, due_at IS NULL,
    (SELECT count(*) FROM outbox WHERE convert_from(value, 'UTF8')::jsonb ->> 'list_id' = list_id::text)
FROM desired_list LEFT JOIN work_queue USING (list_id) ORDER BY list_id"""


def _any_event(numbers: random.Random) -> ListState | ListDeleted:
    list_id, version = numbers.randint(1, 3), numbers.randint(1, 5)
    user = f"user{list_id % 2}"
    if numbers.random() < 0.2:
        return unwanted(list_id, version, user=user)
    return wanted(list_id, version, title=f"Title {numbers.randint(1, 9)}", items=movies(version), user=user)


def _renumbered(event: ListState | ListDeleted, by: int) -> ListState | ListDeleted:
    return event.model_copy(update={"list_id": event.list_id + by})
