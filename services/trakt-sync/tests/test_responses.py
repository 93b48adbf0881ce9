"""What responses mean, decided without a Trakt: adoption, staleness, what a lost response leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trakt_sync.errors import RateLimitedError, RejectedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.mirroring import item_responses, list_responses, readings
from trakt_sync.mirroring.actions import AddItems, CreateList, ReadItems, ReorderItems
from trakt_sync.mirroring.advance import advance
from trakt_sync.mirroring.desired import Desired, Details
from trakt_sync.mirroring.failures import failed
from trakt_sync.mirroring.job import Change, Job, Step
from trakt_sync.mirroring.ledger import NO_CHANGE, Entry
from trakt_sync.mirroring.plan import plan
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Intent, Progress, Staleness, Tally, TraktList
from trakt_sync.mirroring.remote import ItemsResponse, RemoteItems, RemoteList, RemoteLists
from trakt_sync.mirroring.write_ahead import begun, unconfirmed
from watchbuddy_contracts import Title, TraktListCreated, TraktListSynced

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = Policy()
DETAILS = Details("Heists 🎬", "Created and managed by WatchBuddy")
TITLES = (Title("movie", trakt=1), Title("movie", trakt=2))


THERE = TraktList(50, details=DETAILS)
STALE = Staleness(NOW)


def job(**progress: object) -> Job:
    return Job(7, "ada", 3, Desired(True, DETAILS, TITLES), Progress(**progress))  # type: ignore[arg-type]


def after(job: Job, change: Change, now: datetime = NOW) -> Step:
    return advance(job, change, now, POLICY)


def found(job: Job, lists: RemoteLists, owned: tuple[int, ...] = (), now: datetime = NOW) -> Step:
    return after(job, list_responses.found(job, lists, owned, now, POLICY), now)


def added(job: Job, response: ItemsResponse) -> Step:
    return after(job, item_responses.added(job, AddItems(job.desired.items), response, NOW, POLICY))


def read(job: Job, items: RemoteItems, now: datetime = NOW) -> Step:
    return after(job, readings.read(job, items, now, POLICY), now)


def remote(number: int = 50, **changes: object) -> RemoteList:
    return replace(RemoteList(number, "heists", DETAILS, 0, NOW), **changes)  # type: ignore[arg-type]


LOST = job(intent=Intent(NOW, DETAILS.name, DETAILS.description, unanswered_since=NOW))


def test_list_of_the_intent_is_adopted_and_told_as_such() -> None:
    step = found(LOST, RemoteLists((remote(),)), (), NOW)
    (event,) = step.change.events
    assert isinstance(event, TraktListCreated)
    assert (event.trakt_list_id, event.adopted, step.change.progress.intent) == (50, True, None)


def test_list_whose_emoji_came_back_as_a_shortcode_is_adopted() -> None:
    shown = remote(details=replace(DETAILS, name="Heists :clapper:"))
    step = found(LOST, RemoteLists((shown,)), (), NOW)
    assert step.change.progress.trakt_list_id == 50
    assert step.change.progress.trakt_list is not None
    assert step.change.progress.trakt_list.details == DETAILS  # nothing to rename


@pytest.mark.parametrize(
    ("shown", "owned"),
    [
        (remote(details=replace(DETAILS, name="Other")), ()),
        (remote(details=replace(DETAILS, description="Other")), ()),
        (remote(created_at=NOW - timedelta(hours=1)), ()),
        (remote(), (50,)),
    ],
    ids=["other name", "other description", "older than the intent", "another list's"],
)
def test_foreign_list_is_not_adopted(shown: RemoteList, owned: tuple[int, ...]) -> None:
    assert found(LOST, RemoteLists((shown,)), owned, NOW).change.progress.trakt_list_id is None


def test_list_that_was_this_lists_before_is_not_adopted() -> None:
    again = replace(LOST, progress=replace(LOST.progress, former_ids=(50,)))
    assert found(again, RemoteLists((remote(),)), (), NOW).change.progress.trakt_list_id is None


def test_no_second_list_is_made_before_the_first_must_show() -> None:
    early = found(LOST, RemoteLists(()), (), NOW + timedelta(seconds=5))
    assert early.change.progress.intent == LOST.progress.intent
    assert early.next.due_at == NOW + POLICY.stale_window
    late = found(LOST, RemoteLists(()), (), NOW + POLICY.stale_window)
    assert late.change.progress.intent is None


def test_no_second_list_is_made_before_a_call_that_took_long_must_show() -> None:
    given_up = NOW + 2 * POLICY.create_settle
    sent = replace(LOST.progress, intent=Intent(NOW, DETAILS.name, DETAILS.description))
    lost = unconfirmed(replace(LOST, progress=sent), given_up).progress
    killed = found(replace(LOST, progress=sent), RemoteLists(()), (), given_up).change.progress
    for progress in (lost, killed):
        early = found(replace(LOST, progress=progress), RemoteLists(()), (), given_up)
        assert early.next.due_at == given_up + POLICY.stale_window
        late = found(replace(LOST, progress=progress), RemoteLists(()), (), given_up + POLICY.stale_window)
        assert late.change.progress.intent is None


def test_incomplete_look_makes_no_second_list() -> None:
    late = NOW + timedelta(hours=1)
    step = found(LOST, RemoteLists((), is_complete=False), (), late)
    assert step.change.progress.intent == LOST.progress.intent
    assert step.next.due_at is not None
    assert step.next.due_at > late


@pytest.mark.parametrize("ahead", [timedelta(hours=1), -timedelta(hours=1)])
def test_list_of_the_intent_is_known_by_trakts_clock(ahead: timedelta) -> None:
    trakt_now = NOW - ahead  # ours is ahead by so much
    ours, older = remote(created_at=trakt_now), remote(created_at=trakt_now - timedelta(minutes=3))
    adopted = found(LOST, RemoteLists((ours,), answered_at=trakt_now), (), NOW)
    assert adopted.change.progress.trakt_list_id == 50
    assert found(LOST, RemoteLists((older,), answered_at=trakt_now), (), NOW).change.progress.trakt_list_id is None


NAMED = replace(DETAILS, description="Custom list managed by WatchBuddy (ID: 7)")


@pytest.mark.parametrize(
    ("shown", "is_adopted"),
    [
        (remote(details=replace(NAMED, name="Heists &amp; Co…")), True),
        (remote(details=NAMED, created_at=NOW - timedelta(hours=23)), True),
        (remote(details=NAMED, created_at=NOW - timedelta(hours=25)), False),
        (remote(details=replace(NAMED, description="Custom list managed by WatchBuddy (ID: 77)")), False),
    ],
    ids=["another name", "of today", "of an earlier installation", "another list's"],
)
def test_description_that_names_the_list_is_enough_to_adopt_it(shown: RemoteList, is_adopted: bool) -> None:
    lost = job(intent=Intent(NOW, NAMED.name, NAMED.description, unanswered_since=NOW))
    step = found(lost, RemoteLists((shown,)), (), NOW)
    assert (step.change.progress.trakt_list_id == 50) is is_adopted


@pytest.mark.parametrize(
    ("error", "is_open"),
    [
        (TraktUnavailableError("502"), True),
        (TraktUnreachableError("refused"), False),
        (RateLimitedError("429", None), False),
        (RejectedError("422"), False),
    ],
)
def test_intent_stays_open_only_when_the_list_may_have_been_made(error: TraktError, is_open: bool) -> None:
    before = job()
    sent = replace(before, progress=begun(before, CreateList(DETAILS), NOW))
    change = failed(before, sent, error, NOW, jitter=0.5, policy=POLICY)
    assert (change.progress.intent is not None) is is_open


def test_size_that_trakt_tells_and_the_ledger_does_not_explain_makes_the_ledger_stale() -> None:
    there = job(trakt_list=THERE)
    right = added(there, ItemsResponse(item_count=2))
    wrong = added(there, ItemsResponse(item_count=3))
    assert isinstance(right.change.events[-1], TraktListSynced)
    assert (right.change.progress.is_stale, right.next.due_at) == (False, None)
    assert isinstance(wrong.change.events[-1], TraktListSynced)  # what was wanted is done: the reading is a repair
    assert wrong.change.progress.is_stale
    assert wrong.next.due_at == NOW + POLICY.stale_window


def test_entries_of_other_kinds_are_counted_and_left_alone() -> None:
    there = job(trakt_list=replace(THERE, foreign_count=3))
    step = added(there, ItemsResponse(item_count=5))
    assert not step.change.progress.is_stale


def test_titles_that_were_there_under_other_ids_are_not_removed_by_those() -> None:
    """Trakt merged two titles: it shows another id at the place of the one that we sent."""
    merged = Entry(Title("movie", trakt=2), row_id=1, list_item_id=10)
    there = Job(7, "ada", 3, Desired(True, DETAILS, TITLES[:1]), Progress(trakt_list=THERE), (merged,))
    step = added(there, ItemsResponse(existing=1, item_count=1))
    then = there.after(step.change)
    assert plan(then.desired, then.actual)[0] == ReadItems(is_for_ids=True)
    assert then.progress.tally == Tally()


def test_titles_sent_again_at_the_lists_end_need_no_reading() -> None:
    unsure = tuple(Entry(title, "unconfirmed", row_id=number) for number, title in enumerate(TITLES))
    there = replace(job(trakt_list=THERE), entries=unsure)
    for existing in (0, 2):  # the first sending was lost before, or after it was carried out
        step = added(there, ItemsResponse(existing=existing, item_count=2))
        assert (step.change.progress.is_stale, step.next.due_at) == (False, None)
        assert step.change.events[-1].added == 2  # type: ignore[attr-defined]
    partly = added(there, ItemsResponse(existing=1, item_count=2))
    assert partly.change.progress.is_stale


def test_first_mirror_whose_titles_were_there_is_put_in_order_after_the_reading() -> None:
    there = job(trakt_list=THERE)
    step = added(there, ItemsResponse(existing=2, item_count=2))
    reported = there.after(step.change)
    entries = tuple(Entry(title, list_item_id=number) for number, title in enumerate(reversed(TITLES)))
    seen = read(reported, RemoteItems(entries, 0, is_complete=True), NOW)
    then = reported.after(seen.change)
    assert plan(then.desired, then.actual) == (ReorderItems(TITLES),)
    done = after(then, item_responses.reordered(then, ReorderItems(TITLES), (), NOW, POLICY))
    assert (done.change.progress.staleness, done.next.due_at) == (None, None)
    (synced,) = done.change.events
    assert (synced.added, synced.removed) == (0, 0)  # type: ignore[attr-defined]


def test_edit_of_a_list_whose_order_is_only_owed_is_reported_at_once() -> None:
    there = job(trakt_list=THERE, staleness=Staleness(NOW, is_order_owed=True), applied_version=2)
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(TITLES[::-1]))
    (synced,) = after(replace(there, entries=entries), Change(there.progress)).change.events
    assert synced.version == 3  # type: ignore[attr-defined]


def test_reading_that_cannot_tell_known_titles_from_strangers_changes_nothing() -> None:
    known = (Entry(Title("movie", tmdb=862), row_id=1), Entry(Title("show", tmdb=862), row_id=2))
    there = replace(job(trakt_list=THERE, staleness=STALE), entries=known)
    shown = (Entry(Title("movie", trakt=1), list_item_id=10), Entry(Title("show", trakt=2, tmdb=862), list_item_id=11))
    step = read(there, RemoteItems(shown, 0, is_complete=True), NOW)
    assert step.change.ledger.replace is None
    assert (step.change.progress.is_stale, step.change.progress.reads) == (True, 1)


def test_known_ids_are_kept_where_trakt_leaves_them_out() -> None:
    known = (
        Entry(Title("movie", trakt=1, tmdb=862), row_id=1),
        Entry(Title("movie", tmdb=8844), row_id=2, list_item_id=11),
    )
    there = replace(job(trakt_list=THERE, staleness=STALE), entries=known)
    shown = (Entry(Title("movie", trakt=1), list_item_id=10), Entry(Title("movie", trakt=2), list_item_id=11))
    step = read(there, RemoteItems(shown, 0, is_complete=True), NOW)
    assert step.change.ledger.replace is not None
    assert [entry.title.tmdb for entry in step.change.ledger.replace] == [862, 8844]


def test_readings_that_settle_nothing_are_made_in_growing_waits_up_to_a_day() -> None:
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(TITLES))
    there = replace(job(trakt_list=THERE, staleness=STALE), entries=entries)
    waits = []
    for _ in range(12):
        staleness = there.progress.staleness
        now = (staleness and staleness.read_after) or NOW
        step = read(there, RemoteItems((), 0, is_complete=False), now)
        assert step.next.due_at is not None
        waits.append(step.next.due_at - now)
        there = replace(there, progress=step.change.progress)
    assert waits[:3] == [POLICY.stale_window, 2 * POLICY.stale_window, 4 * POLICY.stale_window]
    assert timedelta(hours=20) < waits[-1] < timedelta(days=1)


def test_incomplete_read_removes_nothing_and_is_made_again() -> None:
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(TITLES))
    there = replace(job(trakt_list=THERE, staleness=STALE), entries=entries)
    step = read(there, RemoteItems(entries[:1], 0, is_complete=False), NOW)
    assert step.change.ledger == NO_CHANGE
    assert step.change.progress.is_stale
    assert step.next.due_at == NOW + POLICY.stale_window
