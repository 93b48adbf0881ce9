"""The plan: applied to the actual state it gives what is wanted, in the promised order and nothing more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trakt_sync.mirroring.actions import (
    Action,
    AddItems,
    CheckList,
    CreateList,
    DeleteList,
    DeleteTwin,
    FindList,
    LeaveWatchlist,
    OpenWatchlist,
    ReadItems,
    RemoveItems,
    ReorderItems,
    UpdateList,
)
from trakt_sync.mirroring.actual import Actual
from trakt_sync.mirroring.additions import CHUNK
from trakt_sync.mirroring.desired import Desired, Details, Mode, Policies
from trakt_sync.mirroring.ledger import Entry, EntryState, mirrored
from trakt_sync.mirroring.plan import plan
from trakt_sync.mirroring.references import WATCHLIST
from trakt_sync.testing.plans import DETAILS, entries_of, movie
from watchbuddy_contracts import Title


def apply(action: Action, actual: Actual) -> Actual:  # noqa: C901, PLR0911
    """What a faultless Trakt makes of an action, and the ledger of its answer."""
    match action:
        case CreateList(details):
            return replace(actual, trakt_list_id=1, details=details, entries=())
        case UpdateList(changes):
            values: dict[str, Any] = changes
            return replace(actual, details=replace(actual.details or DETAILS, **values))
        case AddItems(titles):
            rest = tuple(
                e for e in actual.entries if e.state != "unconfirmed" or not set(e.title.keys) & keys_of(titles)
            )
            start = max((entry.row_id or 0 for entry in actual.entries), default=0) + 1
            placed = sorted(titles, key=lambda title: title.media_type)  # a call's movies come before its shows
            new = tuple(Entry(title, "mirrored", start + place) for place, title in enumerate(placed))
            return replace(actual, entries=(*rest, *new))
        case RemoveItems(entries):
            return replace(actual, entries=tuple(entry for entry in actual.entries if entry not in entries))
        case ReorderItems(order):
            by_key = {key: entry for entry in actual.entries for key in entry.title.keys}
            ordered = tuple(next(by_key[key] for key in title.keys if key in by_key) for title in order)
            return replace(actual, entries=(*ordered, *(e for e in actual.entries if e not in ordered)))
        case ReadItems():
            read = tuple(entry._replace(list_item_id=1000 + (entry.row_id or 0)) for entry in actual.entries)
            return replace(actual, entries=read, is_stale=False)
        case DeleteList() | LeaveWatchlist():
            return Actual(is_first=True)
        case OpenWatchlist():
            return replace(actual, trakt_list_id=WATCHLIST, entries=())
        case CheckList():
            return replace(actual, is_doubted=False)
        case DeleteTwin(trakt_list_id):
            return replace(actual, twins=tuple(twin for twin in actual.twins if twin != trakt_list_id))
        case FindList():
            return replace(actual, has_open_intent=False, is_first=True)


def keys_of(titles: tuple[Title, ...]) -> set[object]:
    return {key for title in titles for key in title.keys}


def carried_out(desired: Desired, actual: Actual, on_action: Callable[[Action], None] = lambda _: None) -> Actual:
    """Carry out the first action of each plan until nothing is left."""
    for _ in range(100):
        actions = plan(desired, actual)
        if not actions:
            return actual
        on_action(actions[0])
        actual = apply(actions[0], actual)
    raise AssertionError("the plans never end")


kinds = st.sampled_from(["movie", "show"])
titles = st.builds(lambda kind, number: Title(kind, trakt=number), kinds, st.integers(1, 30))
details = st.builds(
    Details, st.sampled_from(["A", "B"]), st.sampled_from(["x", "y"]), st.just("private"), st.booleans()
)
desireds = st.builds(
    Desired, st.booleans(), details, st.lists(titles, unique=True, max_size=20).map(tuple), st.booleans()
)


@st.composite
def actuals(draw: st.DrawFn) -> Actual:
    if not draw(st.booleans()):
        return Actual(has_open_intent=draw(st.booleans()), is_first=True)
    found = draw(st.lists(titles, unique=True, max_size=20))
    some: list[EntryState] = ["mirrored", "mirrored", "unconfirmed", "not_found"]
    states = st.sampled_from(some)
    entries = [
        Entry(title, draw(states), row_id=number, list_item_id=draw(st.sampled_from([None, 1000 + number])))
        for number, title in enumerate(found, start=1)
    ]
    is_stale, is_first = draw(st.booleans()), draw(st.booleans())
    return Actual(1, draw(st.one_of(st.none(), details)), tuple(entries), is_stale, is_first=is_first)


@given(desireds, actuals())
def test_the_plan_applied_to_what_is_known_gives_what_is_wanted(desired: Desired, actual: Actual) -> None:
    refused = {entry.title for entry in actual.entries if entry.state == "not_found"} if actual.trakt_list_id else set()
    after = carried_out(desired, actual)
    if not desired.is_present:
        assert after.trakt_list_id is None
        return
    assert after.trakt_list_id is not None
    assert after.details == desired.details
    here = [entry.title for entry in mirrored(after.entries)]
    expected = [title for title in desired.items if title not in refused]
    assert set(here) == set(expected)
    assert len(here) == len(expected)
    if desired.is_ordered or actual.is_first:
        assert here == expected
    assert not after.is_stale
    assert not [entry for entry in after.entries if entry.state == "unconfirmed"]


@given(desireds, actuals(), st.sampled_from(["mirror", "keep_extra", "add_only"]), st.booleans(), st.data())
def test_of_a_watchlist_only_our_own_titles_are_ever_removed(
    desired: Desired, actual: Actual, mode: Mode, is_target: bool, data: st.DataObject
) -> None:
    owners = data.draw(st.lists(st.booleans(), min_size=len(actual.entries), max_size=len(actual.entries)))
    before = tuple(entry._replace(is_by_others=owner) for entry, owner in zip(actual.entries, owners, strict=True))
    desired = replace(desired, policies=Policies(mode, target="watchlist" if is_target else "list"))
    sent: list[Action] = []
    after = carried_out(desired, Actual(WATCHLIST, None, before, is_first=actual.is_first), sent.append)
    removed = {entry for action in sent if isinstance(action, RemoveItems) for entry in action.entries}
    assert not [entry for entry in removed if entry.is_by_others]
    assert not [action for action in sent if isinstance(action, UpdateList | DeleteList)]
    if desired.is_present and is_target:
        aside = {entry.title for entry in before if entry.state == "not_found"}
        there = {entry.title for entry in mirrored(after.entries)}
        assert after.is_watchlist
        assert {title for title in desired.items if title not in aside} <= there
        return
    assert after.trakt_list_id == (1 if desired.is_present else None)
    assert removed >= {entry for entry in before if entry.state != "not_found" and not entry.is_by_others}


def test_an_entry_that_may_not_be_removed_has_its_place_below_the_limit() -> None:
    theirs = tuple(entry._replace(is_by_others=True) for entry in entries_of(1, 2))
    actual = Actual(1, DETAILS, theirs, capacity=3)
    keep = Policies("keep_extra")
    assert plan(Desired(True, DETAILS, (movie(3), movie(4), movie(2)), policies=keep), actual) == (
        AddItems((movie(3),)),
    )
    assert plan(Desired(True, DETAILS, (movie(3), movie(4)), policies=keep), replace(actual, capacity=2)) == ()


@given(desireds)
def test_nothing_is_planned_for_what_is_so_already(desired: Desired) -> None:
    entries = tuple(Entry(title, "mirrored", number) for number, title in enumerate(desired.items, start=1))
    actual = Actual(1, desired.details, entries) if desired.is_present else Actual()
    assert plan(desired, actual) == ()


@given(desireds, actuals())
def test_additions_come_before_removals_and_reading_after_them(desired: Desired, actual: Actual) -> None:
    kinds_in_order = [type(action) for action in plan(desired, actual)]
    if AddItems in kinds_in_order and RemoveItems in kinds_in_order:
        assert kinds_in_order.index(RemoveItems) > max(i for i, k in enumerate(kinds_in_order) if k is AddItems)
    if ReadItems in kinds_in_order:
        assert set(kinds_in_order[kinds_in_order.index(ReadItems) :]) <= {ReadItems, ReorderItems}


@given(st.integers(0, 1100), st.integers(0, 1100))
def test_no_call_carries_more_than_a_chunk_and_none_less_than_it_could(wanted: int, there: int) -> None:
    desired = Desired(True, DETAILS, tuple(movie(number) for number in range(2000, 2000 + wanted)))
    actual = Actual(1, DETAILS, entries_of(*range(1, there + 1)))
    actions = plan(desired, actual)
    sizes = [
        len(a.titles if isinstance(a, AddItems) else a.entries)
        for a in actions
        if isinstance(a, AddItems | RemoveItems)
    ]
    assert all(0 < size <= CHUNK for size in sizes)
    assert len(actions) == -(-wanted // CHUNK) + -(-there // CHUNK)


def test_only_the_fields_that_differ_are_sent() -> None:
    actual = Actual(1, replace(DETAILS, name="Old", display_numbers=False))
    assert plan(Desired(True, DETAILS), actual) == (UpdateList({"name": "Heists", "display_numbers": True}),)


def test_full_list_frees_places_before_it_takes_new_titles() -> None:
    actual = Actual(1, DETAILS, entries_of(1, 2, 3), capacity=3)
    actions = plan(Desired(True, DETAILS, (movie(2), movie(3), movie(4), movie(5))), actual)
    assert actions == (RemoveItems(entries_of(1)), AddItems((movie(4),)))


def test_list_with_a_limit_frees_no_more_places_than_it_needs_before_the_additions() -> None:
    actual = Actual(1, DETAILS, entries_of(1, 2, 3), capacity=4)
    desired = Desired(True, DETAILS, (movie(3), movie(4), movie(5)))
    added = AddItems((movie(4), movie(5)))
    assert plan(desired, actual) == (RemoveItems(entries_of(1)), added, RemoveItems(entries_of(2)))
    assert plan(desired, replace(actual, capacity=100)) == (added, RemoveItems(entries_of(1, 2)))


def test_places_of_a_full_list_go_by_rank() -> None:
    actual = Actual(1, DETAILS, entries_of(1, 2, 3), capacity=3)
    actions = plan(Desired(True, DETAILS, (movie(4), movie(1), movie(2), movie(3))), actual)
    assert actions == (RemoveItems(entries_of(3)), AddItems((movie(4),)))


def test_nothing_gives_way_while_the_true_limit_is_sought() -> None:
    actual = Actual(1, DETAILS, entries_of(1, 2, 3), capacity=4, is_upper_bound=True)
    actions = plan(Desired(True, DETAILS, (movie(4), movie(5), movie(1), movie(2), movie(3))), actual)
    assert actions == (AddItems((movie(4),)),)


def test_what_is_there_stays_when_the_limit_sinks_below_it() -> None:
    actual = Actual(1, DETAILS, entries_of(1, 2, 3), capacity=1)
    assert plan(Desired(True, DETAILS, (movie(4), movie(1), movie(2), movie(3))), actual) == ()


def test_what_may_be_there_is_read_before_it_gives_way_to_a_limit() -> None:
    may_be_there = tuple(entry._replace(state="unconfirmed") for entry in entries_of(1))
    first, *_ = plan(Desired(True, DETAILS, (movie(4), movie(1))), Actual(1, DETAILS, may_be_there, capacity=0))
    assert first == ReadItems(is_for_ids=True)


def test_order_needs_the_place_ids_and_reads_them_when_they_are_missing() -> None:
    actual = Actual(1, DETAILS, tuple(entry._replace(list_item_id=None) for entry in entries_of(1, 2)))
    actions = plan(Desired(True, DETAILS, (movie(2), movie(1)), is_ordered=True), actual)
    assert actions == (ReadItems(is_for_ids=True), ReorderItems((movie(2), movie(1))))


def test_creation_without_an_answer_is_looked_for_before_anything_else() -> None:
    assert plan(Desired(True, DETAILS, (movie(1),)), Actual(has_open_intent=True)) == (FindList(),)


def show(number: int) -> Title:
    return Title("show", trakt=number)


def requests_of(actions: tuple[Action, ...]) -> list[str]:
    return [type(action).__name__ for action in actions]


def test_first_mirror_of_a_mixed_list_is_in_order_by_the_fewest_requests() -> None:
    first = Actual(1, DETAILS, is_first=True)
    movies_then_shows = Desired(True, DETAILS, (movie(1), movie(2), show(1), show(2)))
    assert requests_of(plan(movies_then_shows, first)) == ["AddItems"]
    one_turn = Desired(True, DETAILS, (movie(1), show(1), movie(2)))
    assert plan(one_turn, first) == (AddItems((movie(1), show(1))), AddItems((movie(2),)))
    by_turns = Desired(True, DETAILS, tuple(kind(n) for n in range(1, 101) for kind in (show, movie)))
    assert requests_of(plan(by_turns, first)) == ["AddItems", "ReorderItems"]
    done = carried_out(by_turns, first)
    assert [entry.title for entry in done.entries] == list(by_turns.items)


def test_later_additions_to_a_list_without_an_order_go_in_one_call() -> None:
    actual = Actual(1, DETAILS, entries_of(1))
    desired = Desired(True, DETAILS, (show(9), movie(8), show(7), movie(1)))
    assert plan(desired, actual) == (AddItems((movie(8), show(9), show(7))),)


def test_thousand_movies_are_four_calls() -> None:
    desired = Desired(True, DETAILS, tuple(movie(number) for number in range(1, 1001)))
    assert requests_of(plan(desired, Actual(is_first=True))) == ["CreateList", *["AddItems"] * 4]


def test_ledger_in_doubt_is_read_before_an_order_is_sent() -> None:
    actual = Actual(1, DETAILS, entries_of(1, 2), is_stale=True)
    reordered = Desired(True, DETAILS, (movie(2), movie(1)), is_ordered=True)
    assert plan(reordered, actual) == (ReadItems(), ReorderItems((movie(2), movie(1))))
