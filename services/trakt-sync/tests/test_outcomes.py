"""What answers mean, decided without a Trakt: adoption, trust, what a lost answer leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts import TraktListCreated, TraktListSynced
from trakt_sync.errors import RateLimitedError, RejectedError, TraktError, TraktUnavailableError, TraktUnreachableError
from trakt_sync.failures import failed
from trakt_sync.ledger import Entry, Title
from trakt_sync.mirror import Intent, ItemsAnswer, Job, Progress, RemoteItems, RemoteList, RemoteLists
from trakt_sync.outcomes import added, begun, doubted, found, read
from trakt_sync.plan import AddItems, CreateList, Desired, Details, ReadRemote
from trakt_sync.steps import Policy

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
    assert (wrong.events, wrong.progress.is_trusted) == ((), False)
    assert wrong.progress.due_at == NOW + POLICY.stale_window


def test_entries_of_other_kinds_are_counted_and_left_alone() -> None:
    there = job(trakt_list_id=50, details=DETAILS, foreign_count=3)
    step = added(there, AddItems(TITLES), ItemsAnswer(item_count=5), NOW, POLICY)
    assert step.progress.is_trusted


def test_incomplete_read_removes_nothing_and_is_made_again() -> None:
    entries = tuple(Entry(title, row_id=number) for number, title in enumerate(TITLES))
    there = replace(job(trakt_list_id=50, details=DETAILS, is_trusted=False), entries=entries)
    step = read(there, ReadRemote(), RemoteItems(entries[:1], 0, is_complete=False), NOW, POLICY)
    assert step.change.is_empty
    assert not step.progress.is_trusted
    assert step.progress.due_at == NOW + POLICY.stale_window
