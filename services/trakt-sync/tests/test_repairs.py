"""Repairs of a stale ledger end, take nothing away that is wanted, and are reported only for what they did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync.errors import (
    AccountLockedError,
    RejectedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.mirroring.actions import Action, AddItems, ReadItems, RemoveItems
from trakt_sync.mirroring.advance import advance
from trakt_sync.mirroring.desired import Desired, Details
from trakt_sync.mirroring.failures import failed
from trakt_sync.mirroring.item_responses import added, removed
from trakt_sync.mirroring.job import Change, Job, Next
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.plan import plan
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Incident, Limit, Progress, Staleness, Tally, TraktList
from trakt_sync.mirroring.readings import read
from trakt_sync.mirroring.remote import ItemsResponse, RemoteItems
from trakt_sync.mirroring.write_ahead import begun
from trakt_sync.store import mirrors, outages
from trakt_sync.testing import Harness, harness, movies, unwanted, wanted
from watchbuddy_contracts import Event, Title, TraktDriftFound, TraktListSynced, TraktSyncFailed

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = Policy()
DETAILS = Details("Heists", "Created and managed by WatchBuddy")
HEAT, RONIN, THIEF = (Title("movie", trakt=number) for number in (5, 6, 9))
DONE = Progress(applied_version=1, trakt_list=TraktList(50, details=DETAILS))
Answer = Callable[[Job, Action, datetime], Change]


def stale(*titles: Title, is_ordered: bool = False, capacity: int | None = None) -> Job:
    """A list that was reported as done, and whose ledger is stale."""
    limit = None if capacity is None else Limit(capacity, is_upper_bound=False, met_at=NOW)
    progress = replace(DONE, staleness=Staleness(NOW), limit=limit)
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(titles, start=1))
    return Job(7, "ada", 1, Desired(True, DETAILS, titles, is_ordered=is_ordered), progress, entries)


def shown(*titles: Title) -> RemoteItems:
    entries = tuple(Entry(title, list_item_id=90 + number) for number, title in enumerate(titles))
    return RemoteItems(entries, 0, is_complete=True)


def carried_out(job: Job, answer: Answer) -> tuple[Job, Next, list[Action], list[Event]]:
    """Take each step when it is due, for a year at most; return where it ends, what was done and what was reported."""
    actions: list[Action] = []
    events: list[Event] = []
    when, following = NOW, Next(NOW)
    while following.due_at is not None and when < NOW + timedelta(days=365):
        when = max(when, following.due_at)
        action = plan(job.desired, job.actual)[0]
        step = advance(job, answer(job, action, when), when, POLICY)
        actions.append(action)
        events.extend(step.change.events)
        after, following = job.after(step.change), step.next
        rows = tuple(entry._replace(row_id=number) for number, entry in enumerate(after.entries, start=1))
        job = replace(after, entries=rows)
    return job, following, actions, events


def merged(item_count: int | None) -> Answer:
    """Trakt has made one title of HEAT and THIEF: it shows the second and finds it there when the first is added."""

    def answer(job: Job, action: Action, when: datetime) -> Change:
        match action:
            case ReadItems():
                return read(job, shown(THIEF, RONIN), when, POLICY)
            case AddItems():
                return added(job, action, ItemsResponse(existing=1, item_count=item_count), when, POLICY)
        raise AssertionError(f"a wanted title is taken away: {action}")

    return answer


@pytest.mark.parametrize("is_ordered", [False, True], ids=["no order", "ordered"])
@pytest.mark.parametrize(("capacity", "item_count"), [(None, 2), (100, 2), (None, None)])
def test_title_that_trakt_knows_under_another_id_stays_and_is_looked_at_a_few_times_only(
    is_ordered: bool, capacity: int | None, item_count: int | None
) -> None:
    there = stale(HEAT, RONIN, is_ordered=is_ordered, capacity=capacity)
    done, following, actions, events = carried_out(there, merged(item_count))
    assert (done.progress.is_stale, following) == (False, Next())
    assert [entry.title for entry in done.entries] == [HEAT, RONIN]
    assert len(actions) <= 6
    assert events == []


def test_stranger_beside_a_title_under_another_id_is_left_alone_in_the_end() -> None:
    def answer(job: Job, action: Action, when: datetime) -> Change:
        if isinstance(action, ReadItems):
            return read(job, shown(THIEF, RONIN, Title("movie", trakt=77)), when, POLICY)
        assert isinstance(action, AddItems)
        return added(job, action, ItemsResponse(existing=1, item_count=3), when, POLICY)

    done, following, _, events = carried_out(stale(HEAT, RONIN), answer)
    assert (done.progress.is_stale, following.due_at, events) == (False, None, [])


def by_hand(job: Job, action: Action, when: datetime) -> Change:
    """Somebody put 300 titles on the list."""
    match action:
        case ReadItems():
            others = (Title("movie", trakt=number) for number in range(1000, 1300))
            return read(job, shown(HEAT, RONIN, *others), when, POLICY)
        case RemoveItems(entries):
            left = len(job.entries) - len(entries)
            return removed(job, action, ItemsResponse(item_count=left), when, POLICY)
    raise AssertionError(action)


def test_titles_put_there_by_hand_are_told_once_as_drift_when_they_are_removed() -> None:
    _, following, actions, events = carried_out(stale(HEAT, RONIN), by_hand)
    assert [type(action) for action in actions] == [ReadItems, RemoveItems, RemoveItems]
    drift, synced = events
    assert isinstance(drift, TraktDriftFound)
    assert isinstance(synced, TraktListSynced)
    assert (synced.removed, following.due_at) == (300, None)


def test_drift_is_told_though_the_answer_to_its_removal_is_lost() -> None:
    lost: list[Action] = []

    def answer(job: Job, action: Action, when: datetime) -> Change:
        if isinstance(action, ReadItems):
            return read(job, shown(HEAT, RONIN, THIEF), when, POLICY)
        assert isinstance(action, RemoveItems)
        if not lost:
            lost.append(action)
            sent = replace(job, progress=begun(job, action, when))
            return failed(job, sent, TraktUnavailableError("502"), when, jitter=0.5, policy=POLICY)
        return removed(job, action, ItemsResponse(not_found=(THIEF,), item_count=2), when, POLICY)

    _, _, _, events = carried_out(stale(HEAT, RONIN), answer)
    assert [type(event) for event in events] == [TraktDriftFound, TraktListSynced]


def test_old_answer_that_shows_a_removed_title_is_neither_drift_nor_a_removal() -> None:
    def answer(job: Job, action: Action, when: datetime) -> Change:
        if isinstance(action, ReadItems):
            return read(job, shown(HEAT, THIEF, RONIN), when, POLICY)
        assert action == RemoveItems(tuple(entry for entry in job.entries if entry.title == THIEF))
        return removed(job, action, ItemsResponse(not_found=(THIEF,), item_count=2), when, POLICY)

    done, _, _, events = carried_out(stale(HEAT, RONIN), answer)
    assert ([entry.title for entry in done.entries], events) == ([HEAT, RONIN], [])


def test_edits_do_not_put_off_a_reading_that_is_set() -> None:
    progress = DONE.stale(NOW, POLICY)
    for minute in range(1, 5):
        progress = progress.stale(NOW + timedelta(minutes=minute), POLICY)
        assert progress.staleness == Staleness(NOW + POLICY.stale_window)
    later = NOW + POLICY.stale_window
    assert progress.stale(later, POLICY).staleness == Staleness(later + POLICY.stale_window)


@pytest.mark.parametrize("error", [TraktUnreachableError("refused"), AccountLockedError("423"), RejectedError("422")])
@pytest.mark.parametrize(
    ("changes", "is_reported"), [({}, False), ({"tally": Tally(removed=1)}, True), ({"applied_version": 0}, True)]
)
def test_failed_repair_is_reported_only_when_it_changed_something(
    error: TraktError, changes: dict[str, Any], is_reported: bool
) -> None:
    there = stale(HEAT)
    there = replace(there, progress=replace(there.progress, incident=Incident(5), **changes))
    change = failed(there, there, error, NOW, jitter=0.5, policy=POLICY)
    assert [type(event) for event in change.events] == [TraktSyncFailed] * is_reported
    assert (change.progress.incident.notified is not None) is is_reported
    assert change.next is not None
    assert change.next.waits_for is not None
    assert change.next.due_at is not None
    assert change.next.due_at > NOW


async def test_outage_is_reported_of_edits_and_not_of_repairs(running: Harness, admin: SimulatorAdmin) -> None:
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2)))
    await running.settled(1, 2)
    await admin.fault("status", status=503, times=None)
    trakt_list_id = (await running.job(1)).trakt_list_id
    await mirrors.mark_stale(running.pool, 1, trakt_list_id, running.clock())
    await running.want(wanted(2, version=2, items=movies(2, 3)))
    (failure,) = await running.sent(TraktSyncFailed)
    assert failure.list_id == 2


async def test_outage_is_reported_once_for_each_list_that_waits(
    dsn: str, simulator_url: str, admin: SimulatorAdmin
) -> None:
    async with harness(dsn, simulator_url) as one:
        await one.connect("ada", (await admin.account("ada", vip=True)).model_dump_json())
        async with one.worker():
            await one.want(wanted(1, items=movies(1)), wanted(2, items=movies(2)))
            await one.settled(1, 2)
        await mirrors.mark_stale(one.pool, 1, (await one.job(1)).trakt_list_id, one.clock())
        await one.want(wanted(2, version=2, items=movies(2, 3)), unwanted(3), wanted(4, items=movies(4)))
        for expected in ([2, 4], []):
            async with one.pool.acquire() as connection, connection.transaction():
                waiting = await outages.notify_outage(connection, one.clock() + timedelta(hours=2), 10)
            assert sorted(waits.list_id for waits in waiting) == expected
        assert (await one.job(4)).progress.incident.notified == "network"
