"""What answers mean, decided without a Trakt: adoption, trust, what a lost answer leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trakt_sync.errors import RateLimitedError, RejectedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.failures import failed
from trakt_sync.item_outcomes import added, read, reordered
from trakt_sync.ledger import Entry, Title
from trakt_sync.mirror import Intent, ItemsAnswer, Job, Progress, RemoteItems, RemoteList, RemoteLists, with_ledger
from trakt_sync.outcomes import begun, doubted, found
from trakt_sync.plan import AddItems, CreateList, Desired, Details, ReadRemote, ReorderItems, plan
from trakt_sync.steps import Policy, Step, finished
from watchbuddy_contracts import TraktListCreated, TraktListSynced

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = Policy()
DETAILS = Details("Heists 🎬", "Created and managed by WatchBuddy")
TITLES = (Title("movie", trakt=1), Title("movie", trakt=2))


def job(**progress: object) -> Job:
    return Job(7, "ada", 3, Desired(True, DETAILS, TITLES), Progress(**progress))  # type: ignore[arg-type]


def remote(number: int = 50, **changes: object) -> RemoteList:
    return replace(RemoteList(number, "heists", DETAILS, 0, NOW), **changes)  # type: ignore[arg-type]


LOST = job(intent=Intent(NOW, DETAILS.name, DETAILS.description, doubted_at=NOW))


def test_list_of_the_intent_is_adopted_and_told_as_such() -> None:
    step = found(LOST, RemoteLists((remote(),)), (), NOW, POLICY)
    (event,) = step.events
    assert isinstance(event, TraktListCreated)
    assert (event.trakt_list_id, event.adopted, step.progress.intent) == (50, True, None)


def test_list_whose_emoji_came_back_as_a_shortcode_is_adopted() -> None:
    shown = remote(details=replace(DETAILS, name="Heists :clapper:"))
    step = found(LOST, RemoteLists((shown,)), (), NOW, POLICY)
    assert step.progress.trakt_list_id == 50
    assert step.progress.details == DETAILS  # nothing to rename


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
    assert found(LOST, RemoteLists((shown,)), owned, NOW, POLICY).progress.trakt_list_id is None


def test_list_that_was_this_lists_before_is_not_adopted() -> None:
    again = replace(LOST, progress=replace(LOST.progress, former_ids=(50,)))
    assert found(again, RemoteLists((remote(),)), (), NOW, POLICY).progress.trakt_list_id is None


def test_no_second_list_is_made_before_a_new_one_must_show() -> None:
    early = found(LOST, RemoteLists(()), (), NOW + timedelta(seconds=5), POLICY)
    assert early.progress.intent == LOST.progress.intent
    assert early.progress.due_at == NOW + POLICY.create_settle
    late = found(LOST, RemoteLists(()), (), NOW + POLICY.create_settle, POLICY)
    assert late.progress.intent is None


def test_no_second_list_is_made_before_a_call_that_took_long_must_show() -> None:
    given_up = NOW + 2 * POLICY.create_settle
    sent = replace(LOST.progress, intent=Intent(NOW, DETAILS.name, DETAILS.description))
    lost = doubted(replace(LOST, progress=sent), given_up, POLICY).progress
    killed = found(replace(LOST, progress=sent), RemoteLists(()), (), given_up, POLICY).progress
    for progress in (lost, killed):
        early = found(replace(LOST, progress=progress), RemoteLists(()), (), given_up, POLICY)
        assert early.progress.due_at == given_up + POLICY.create_settle
        late = found(replace(LOST, progress=progress), RemoteLists(()), (), given_up + POLICY.create_settle, POLICY)
        assert late.progress.intent is None


def test_incomplete_look_makes_no_second_list() -> None:
    late = NOW + timedelta(hours=1)
    step = found(LOST, RemoteLists((), is_complete=False), (), late, POLICY)
    assert step.progress.intent == LOST.progress.intent
    assert step.progress.due_at is not None
    assert step.progress.due_at > late


@pytest.mark.parametrize("ahead", [timedelta(hours=1), -timedelta(hours=1)])
def test_list_of_the_intent_is_known_by_trakts_clock(ahead: timedelta) -> None:
    trakt_now = NOW - ahead  # ours is ahead by so much
    ours, older = remote(created_at=trakt_now), remote(created_at=trakt_now - timedelta(minutes=3))
    adopted = found(LOST, RemoteLists((ours,), answered_at=trakt_now), (), NOW, POLICY)
    assert adopted.progress.trakt_list_id == 50
    assert found(LOST, RemoteLists((older,), answered_at=trakt_now), (), NOW, POLICY).progress.trakt_list_id is None


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
    lost = job(intent=Intent(NOW, NAMED.name, NAMED.description, doubted_at=NOW))
    step = found(lost, RemoteLists((shown,)), (), NOW, POLICY)
    assert (step.progress.trakt_list_id == 50) is is_adopted


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
    step = failed(before, sent, error, NOW, jitter=0.5, policy=POLICY)
    assert (step.progress.intent is not None) is is_open


def test_size_that_trakt_tells_and_the_ledger_does_not_explain_loses_trust() -> None:
    there = job(trakt_list_id=50, details=DETAILS)
    right = added(there, AddItems(TITLES), ItemsAnswer(item_count=2), NOW, POLICY)
    wrong = added(there, AddItems(TITLES), ItemsAnswer(item_count=3), NOW, POLICY)
    assert isinstance(right.events[-1], TraktListSynced)
    assert (right.progress.is_trusted, right.progress.due_at) == (True, None)
    assert isinstance(wrong.events[-1], TraktListSynced)  # what was wanted was done: the reading is a repair
    assert not wrong.progress.is_trusted
    assert wrong.progress.due_at == NOW + POLICY.stale_window


def test_entries_of_other_kinds_are_counted_and_left_alone() -> None:
    there = job(trakt_list_id=50, details=DETAILS, foreign_count=3)
    step = added(there, AddItems(TITLES), ItemsAnswer(item_count=5), NOW, POLICY)
    assert step.progress.is_trusted


def test_titles_that_were_there_under_other_ids_are_not_removed_by_those() -> None:
    """Trakt merged two titles: it shows another id at the place of the one that we sent."""
    merged = Entry(Title("movie", trakt=2), row_id=1, place_id=10)
    there = Job(7, "ada", 3, Desired(True, DETAILS, TITLES[:1]), Progress(trakt_list_id=50, details=DETAILS), (merged,))
    step = added(there, AddItems(TITLES[:1]), ItemsAnswer(existing=1, item_count=1), NOW, POLICY)
    after = with_ledger(there, step.change, step.progress)
    assert plan(after.desired, after.known) == (ReadRemote(),)
    (synced,) = step.events
    assert (synced.added, synced.removed) == (0, 0)  # type: ignore[attr-defined]


def test_titles_sent_again_at_the_lists_end_need_no_reading() -> None:
    unsure = tuple(Entry(title, "unsure", row_id=number) for number, title in enumerate(TITLES))
    there = replace(job(trakt_list_id=50, details=DETAILS), entries=unsure)
    for existing in (0, 2):  # the first sending was lost before, or after it was carried out
        step = added(there, AddItems(TITLES), ItemsAnswer(existing=existing, item_count=2), NOW, POLICY)
        assert (step.progress.is_trusted, step.progress.due_at) == (True, None)
        assert step.events[-1].added == 2  # type: ignore[attr-defined]
    partly = added(there, AddItems(TITLES), ItemsAnswer(existing=1, item_count=2), NOW, POLICY)
    assert not partly.progress.is_trusted


def test_first_mirror_that_is_told_in_doubt_is_put_in_order_after_the_reading() -> None:
    there = job(trakt_list_id=50, details=DETAILS)
    step = added(there, AddItems(TITLES), ItemsAnswer(existing=2, item_count=2), NOW, POLICY)
    assert step.progress.applied_version == 3
    told = with_ledger(there, step.change, step.progress)
    entries = tuple(Entry(title, place_id=number) for number, title in enumerate(reversed(TITLES)))
    seen = read(told, ReadRemote(), RemoteItems(entries, 0, is_complete=True), NOW, POLICY)
    after = with_ledger(told, seen.change, seen.progress)
    assert plan(after.desired, after.known) == (ReorderItems(TITLES),)
    done = reordered(after, ReorderItems(TITLES), (), NOW, POLICY)
    assert (done.progress.is_order_owed, done.progress.due_at, done.events) == (False, None, ())


def test_edit_of_a_list_whose_order_is_only_owed_is_told_at_once() -> None:
    there = job(trakt_list_id=50, details=DETAILS, is_trusted=False, is_order_owed=True, applied_version=2)
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(TITLES[::-1]))
    (synced,) = finished(replace(there, entries=entries), Step(there.progress), NOW, POLICY).events
    assert synced.version == 3  # type: ignore[attr-defined]


def test_reading_that_cannot_tell_known_titles_from_strangers_changes_nothing() -> None:
    known = (Entry(Title("movie", tmdb=862), row_id=1), Entry(Title("show", tmdb=862), row_id=2))
    there = replace(job(trakt_list_id=50, details=DETAILS, is_trusted=False), entries=known)
    shown = (Entry(Title("movie", trakt=1), place_id=10), Entry(Title("show", trakt=2, tmdb=862), place_id=11))
    step = read(there, ReadRemote(), RemoteItems(shown, 0, is_complete=True), NOW, POLICY)
    assert step.change.replace is None
    assert (step.progress.is_trusted, step.progress.vain_reads) == (False, 1)


def test_known_ids_are_kept_where_trakt_leaves_them_out() -> None:
    known = (
        Entry(Title("movie", trakt=1, tmdb=862), row_id=1),
        Entry(Title("movie", tmdb=8844), row_id=2, place_id=11),
    )
    there = replace(job(trakt_list_id=50, details=DETAILS, is_trusted=False), entries=known)
    shown = (Entry(Title("movie", trakt=1), place_id=10), Entry(Title("movie", trakt=2), place_id=11))
    step = read(there, ReadRemote(), RemoteItems(shown, 0, is_complete=True), NOW, POLICY)
    assert step.change.replace is not None
    assert [entry.title.tmdb for entry in step.change.replace] == [862, 8844]


def test_readings_in_vain_are_made_in_growing_waits_up_to_a_day() -> None:
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(TITLES))
    there = replace(job(trakt_list_id=50, details=DETAILS, is_trusted=False), entries=entries)
    waits = []
    for _ in range(12):
        now = there.progress.read_after or NOW
        step = read(there, ReadRemote(), RemoteItems((), 0, is_complete=False), now, POLICY)
        assert step.progress.due_at is not None
        waits.append(step.progress.due_at - now)
        there = replace(there, progress=step.progress)
    assert waits[:3] == [POLICY.stale_window, 2 * POLICY.stale_window, 4 * POLICY.stale_window]
    assert timedelta(hours=20) < waits[-1] < timedelta(days=1)


def test_incomplete_read_removes_nothing_and_is_made_again() -> None:
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(TITLES))
    there = replace(job(trakt_list_id=50, details=DETAILS, is_trusted=False), entries=entries)
    step = read(there, ReadRemote(), RemoteItems(entries[:1], 0, is_complete=False), NOW, POLICY)
    assert step.change.is_empty
    assert not step.progress.is_trusted
    assert step.progress.due_at == NOW + POLICY.stale_window
