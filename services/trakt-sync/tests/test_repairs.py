"""Repairs of a ledger in doubt come to an end, take nothing away that is wanted, and are told only for what they did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trakt_simulator.testing import SimulatorAdmin
from trakt_sync import store_mirrors
from trakt_sync.app import now
from trakt_sync.errors import (
    AccountLockedError,
    RejectedError,
    TraktError,
    TraktUnavailableError,
    TraktUnreachableError,
)
from trakt_sync.failures import failed
from trakt_sync.item_outcomes import added, read, removed
from trakt_sync.ledger import Entry, Title
from trakt_sync.mirror import ItemsAnswer, Job, Progress, RemoteItems, with_ledger
from trakt_sync.outcomes import begun
from trakt_sync.plan import Action, AddItems, Desired, Details, ReadRemote, RemoveItems, plan
from trakt_sync.steps import Policy, Step, untrusted
from trakt_sync.testing import Stand, movies, wanted
from watchbuddy_contracts import Event, TraktDriftFound, TraktListSynced, TraktSyncFailed

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = Policy()
DETAILS = Details("Heists", "Created and managed by WatchBuddy")
HEAT, RONIN, THIEF = (Title("movie", trakt=number) for number in (5, 6, 9))
DONE = Progress(applied_version=1, trakt_list_id=50, details=DETAILS)


def doubtful(*titles: Title, is_ordered: bool = False, capacity: int | None = None) -> Job:
    """A list that was told to be done, and whose ledger is in doubt."""
    progress = replace(DONE, is_trusted=False, read_after=NOW, due_at=NOW, capacity=capacity)
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(titles, start=1))
    return Job(7, "ada", 1, Desired(True, DETAILS, titles, is_ordered=is_ordered), progress, entries)


def shown(*titles: Title) -> RemoteItems:
    entries = tuple(Entry(title, place_id=90 + number) for number, title in enumerate(titles))
    return RemoteItems(entries, 0, is_complete=True)


def carried_out(job: Job, answer: Callable[[Job, Action, datetime], Step]) -> tuple[Job, list[Action], list[Event]]:
    """Take each step when it is due, for a year at most; return where it ends, what was done and what was told."""
    actions: list[Action] = []
    events: list[Event] = []
    when = NOW
    while job.progress.due_at is not None and when < NOW + timedelta(days=365):
        when = max(when, job.progress.due_at)
        action = plan(job.desired, job.known)[0]
        step = answer(job, action, when)
        actions.append(action)
        events.extend(step.events)
        after = with_ledger(job, step.change, step.progress)
        rows = tuple(entry._replace(row_id=number) for number, entry in enumerate(after.entries, start=1))
        job = replace(after, entries=rows)
    return job, actions, events


def merged(item_count: int | None) -> Callable[[Job, Action, datetime], Step]:
    """Trakt has made one title of HEAT and THIEF: it shows the second and finds it there when the first is added."""

    def answer(job: Job, action: Action, when: datetime) -> Step:
        match action:
            case ReadRemote():
                return read(job, action, shown(THIEF, RONIN), when, POLICY)
            case AddItems():
                return added(job, action, ItemsAnswer(existing=1, item_count=item_count), when, POLICY)
        raise AssertionError(f"a wanted title is taken away: {action}")

    return answer


@pytest.mark.parametrize("is_ordered", [False, True], ids=["no order", "ordered"])
@pytest.mark.parametrize(("capacity", "item_count"), [(None, 2), (100, 2), (None, None)])
def test_title_that_trakt_knows_under_another_id_stays_and_is_looked_at_a_few_times_only(
    is_ordered: bool, capacity: int | None, item_count: int | None
) -> None:
    there = doubtful(HEAT, RONIN, is_ordered=is_ordered, capacity=capacity)
    done, actions, events = carried_out(there, merged(item_count))
    assert (done.progress.is_trusted, done.progress.remaining, done.progress.due_at) == (True, None, None)
    assert [entry.title for entry in done.entries] == [HEAT, RONIN]
    assert len(actions) <= 6
    assert not [event for event in events if isinstance(event, TraktDriftFound)]


def test_stranger_beside_a_title_under_another_id_is_left_alone_in_the_end() -> None:
    def answer(job: Job, action: Action, when: datetime) -> Step:
        if isinstance(action, ReadRemote):
            return read(job, action, shown(THIEF, RONIN, Title("movie", trakt=77)), when, POLICY)
        assert isinstance(action, AddItems)
        return added(job, action, ItemsAnswer(existing=1, item_count=3), when, POLICY)

    done, _, events = carried_out(doubtful(HEAT, RONIN), answer)
    assert (done.progress.is_trusted, done.progress.due_at, events) == (True, None, [])


def by_hand(job: Job, action: Action, when: datetime) -> Step:
    """Somebody put 300 titles on the list."""
    match action:
        case ReadRemote():
            others = (Title("movie", trakt=number) for number in range(1000, 1300))
            return read(job, action, shown(HEAT, RONIN, *others), when, POLICY)
        case RemoveItems(entries):
            left = len(job.entries) - len(entries)
            return removed(job, action, ItemsAnswer(item_count=left), when, POLICY)
    raise AssertionError(action)


def test_titles_put_there_by_hand_are_told_once_as_drift_when_they_are_removed() -> None:
    done, actions, events = carried_out(doubtful(HEAT, RONIN), by_hand)
    assert [type(action) for action in actions] == [ReadRemote, RemoveItems, RemoveItems]
    drift, synced = events
    assert isinstance(drift, TraktDriftFound)
    assert isinstance(synced, TraktListSynced)
    assert (synced.removed, done.progress.due_at) == (300, None)


def test_drift_is_told_though_the_answer_to_its_removal_is_lost() -> None:
    lost: list[Action] = []

    def answer(job: Job, action: Action, when: datetime) -> Step:
        if isinstance(action, ReadRemote):
            return read(job, action, shown(HEAT, RONIN, THIEF), when, POLICY)
        assert isinstance(action, RemoveItems)
        if not lost:
            lost.append(action)
            sent = replace(job, progress=begun(job, action, when))
            return failed(job, sent, TraktUnavailableError("502"), when, jitter=0.5, policy=POLICY)
        return removed(job, action, ItemsAnswer(not_found=(THIEF,), item_count=2), when, POLICY)

    _, _, events = carried_out(doubtful(HEAT, RONIN), answer)
    assert [type(event) for event in events] == [TraktDriftFound, TraktListSynced]


def test_old_answer_that_shows_a_removed_title_is_neither_drift_nor_a_removal() -> None:
    def answer(job: Job, action: Action, when: datetime) -> Step:
        if isinstance(action, ReadRemote):
            return read(job, action, shown(HEAT, THIEF, RONIN), when, POLICY)
        assert action == RemoveItems(tuple(entry for entry in job.entries if entry.title == THIEF))
        return removed(job, action, ItemsAnswer(not_found=(THIEF,), item_count=2), when, POLICY)

    done, _, events = carried_out(doubtful(HEAT, RONIN), answer)
    assert ([entry.title for entry in done.entries], events) == ([HEAT, RONIN], [])


def test_edits_do_not_put_off_a_reading_that_is_set() -> None:
    progress = untrusted(DONE, NOW, POLICY)
    for minute in range(1, 5):
        progress = untrusted(progress, NOW + timedelta(minutes=minute), POLICY)
        assert progress.read_after == NOW + POLICY.stale_window
    later = NOW + POLICY.stale_window
    assert untrusted(progress, later, POLICY).read_after == later + POLICY.stale_window


@pytest.mark.parametrize("error", [TraktUnreachableError("refused"), AccountLockedError("423"), RejectedError("422")])
@pytest.mark.parametrize(("changes", "is_told"), [({}, False), ({"removed": 1}, True), ({"applied_version": 0}, True)])
def test_failed_repair_is_told_only_when_it_changed_something(
    error: TraktError, changes: dict[str, int], is_told: bool
) -> None:
    there = doubtful(HEAT)
    there = replace(there, progress=replace(there.progress, attempts=5, **changes))  # type: ignore[arg-type]
    step = failed(there, there, error, NOW, jitter=0.5, policy=POLICY)
    assert [type(event) for event in step.events] == [TraktSyncFailed] * is_told
    assert (step.progress.told is not None) is is_told
    assert step.progress.parked_for is not None
    assert step.progress.due_at is not None
    assert step.progress.due_at > NOW


async def test_outage_is_told_of_edits_and_not_of_repairs(running: Stand, admin: SimulatorAdmin) -> None:
    await running.want(wanted(1, items=movies(1)), wanted(2, items=movies(2)))
    await running.settled(1, 2)
    await admin.fault("status", status=503, times=None)
    await running.pool.execute("UPDATE mirror SET is_trusted = false, due_at = now() WHERE list_id = 1")
    await running.want(wanted(2, version=2, items=movies(2, 3)))
    (told,) = await running.told(TraktSyncFailed)
    assert told.list_id == 2
    later = now() + timedelta(hours=2)
    await running.pool.execute("UPDATE mirror SET told = NULL")
    async with running.pool.acquire() as connection, connection.transaction():
        untold = await store_mirrors.untold(connection, later, 10)
    assert [job.list_id for job in untold] == [2]
