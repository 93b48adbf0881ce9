from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.errors import ListFillsItselfError, TooManyItemsError
from lists_api.http.schemas.requests import ListPatch
from lists_api.lists.domain import changes
from lists_api.lists.domain.changes import Change
from lists_api.lists.domain.events import last_event
from lists_api.lists.domain.filling import Filling
from lists_api.lists.domain.items import MAX_ITEMS
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import ListProperties
from watchbuddy_contracts import (
    ListCreated,
    ListDeleted,
    ListState,
    ListSynced,
    ListSyncStarted,
    ListType,
    ListUpdated,
    MirrorSettings,
    Title,
    to_items,
)

RUN = UUID("01890000-0000-7000-8000-000000000001")


def movie(tmdb: int) -> Title:
    return Title("movie", tmdb=tmdb)


def created(*, items: Sequence[Title] = (movie(1), movie(2)), **properties: Any) -> MediaList:  # noqa: ANN401
    wanted = ListProperties(**({"list_type": "manual", "title": "Heists"} | properties))
    return changes.create(wanted, items, list_id=7, user_id="ada").after


def edited(current: MediaList, **patch: object) -> Change:
    return changes.edit_properties(current, ListPatch.model_validate(patch).applied_to(current.properties))


def test_a_new_list_is_version_1_and_its_event_has_all_of_it() -> None:
    wanted = ListProperties("Heists", "manual", description="Mine", privacy="public")
    change = changes.create(wanted, (movie(2), movie(1)), list_id=7, user_id="ada")
    assert change.after.version == 1
    assert change.events == (
        ListCreated(
            list_id=7,
            user_id="ada",
            version=1,
            title="Heists",
            list_type="manual",
            description="Mine",
            privacy="public",
            items=to_items([movie(2), movie(1)]),
            mirror=MirrorSettings(display_numbers=True, allow_comments=False, order=False),
        ),
    )


def test_a_smart_list_takes_no_items_by_hand() -> None:
    with pytest.raises(ListFillsItselfError, match="smart"):
        created(list_type="smart", filling=Filling())
    smart = created(list_type="smart", filling=Filling(), items=())
    for edit in (changes.add_items, changes.remove_items, changes.replace_items):
        with pytest.raises(ListFillsItselfError):
            edit(smart, [movie(1)])


def test_items_of_a_new_custom_list_are_pinned() -> None:
    custom = created(list_type="custom", filling=Filling())
    assert custom.pins == {movie(1), movie(2)}


def test_what_is_added_to_a_custom_list_is_pinned_before_what_a_run_found() -> None:
    custom = replace(created(list_type="custom", filling=Filling()), items=(movie(1), movie(2), movie(3), movie(4)))
    change = changes.add_items(custom, [movie(9), movie(4), movie(2)])
    assert change.after.items == (movie(1), movie(2), movie(9), movie(4), movie(3))
    assert change.after.pins == {movie(1), movie(2), movie(9), movie(4)}
    assert change.edit is not None
    assert (change.edit.added, change.edit.skipped) == (2, 1)


def test_pins_push_out_what_a_run_found_last_when_the_list_is_full() -> None:
    custom = replace(created(list_type="custom", filling=Filling(item_limit=3)), items=(movie(1), movie(2), movie(3)))
    assert changes.add_items(custom, [movie(9)]).after.items == (movie(1), movie(2), movie(9))


def test_what_is_unpinned_stays_on_the_list_behind_the_pins() -> None:
    items = (movie(1), movie(2), movie(3), movie(4))
    custom = replace(
        created(list_type="custom", filling=Filling()), items=items, pins=frozenset({movie(1), movie(2), movie(3)})
    )
    change = changes.unpin(custom, [movie(1), movie(4), movie(9)])
    assert change.after.items == (movie(2), movie(3), movie(1), movie(4))
    assert change.after.pins == {movie(2), movie(3)}
    assert not change.after.exclusions
    assert change.edit is not None
    assert (change.edit.removed, change.edit.skipped) == (1, 2)
    assert changes.unpin(change.after, [movie(1)]).events == ()
    with pytest.raises(ListFillsItselfError):
        changes.unpin(created(list_type="smart", filling=Filling(), items=()), [movie(1)])


def test_what_is_taken_off_a_custom_list_is_kept_out_until_it_is_let_in() -> None:
    custom = created(list_type="custom", filling=Filling())
    without = changes.remove_items(custom, [movie(1), movie(7)]).after
    assert (without.items, without.exclusions) == ((movie(2),), (movie(1), movie(7)))
    assert without.pins == {movie(2)}
    assert changes.let_in(without, [movie(1)]).after.exclusions == (movie(7),)
    again = changes.add_items(without, [movie(7)]).after
    assert (again.items, again.exclusions) == ((movie(2), movie(7)), (movie(1),))


@pytest.mark.parametrize("list_type", ["smart", "custom"])
def test_a_list_that_fills_itself_is_not_put_in_order_by_hand(list_type: ListType) -> None:
    filled = created(list_type=list_type, filling=Filling(), items=())
    with pytest.raises(ListFillsItselfError):
        changes.move_item(filled, movie(1), rank=1)
    with pytest.raises(ListFillsItselfError):
        changes.replace_items(filled, [])


def test_a_title_given_twice_is_on_the_new_list_once() -> None:
    assert created(items=(movie(1), movie(2), movie(1))).items == (movie(1), movie(2))


def test_a_list_holds_10_000_items_and_not_one_more() -> None:
    full = created(items=tuple(movie(number) for number in range(1, MAX_ITEMS + 1)))
    assert len(full.items) == MAX_ITEMS
    assert changes.add_items(full, [movie(1)]).events == ()
    for refused in (
        lambda: changes.add_items(full, [movie(MAX_ITEMS + 1)]),
        lambda: changes.replace_items(full, [*full.items, movie(MAX_ITEMS + 1)]),
        lambda: created(items=(*full.items, movie(MAX_ITEMS + 1))),
    ):
        with pytest.raises(TooManyItemsError) as error:
            refused()
        assert error.value.extra == {"count": MAX_ITEMS + 1, "limit": MAX_ITEMS}


def test_an_edit_changes_what_it_names_and_nothing_else() -> None:
    before = created(description="Mine")
    change = edited(before, title="Capers", mirror={"order": True})
    mirror = MirrorSettings(display_numbers=True, allow_comments=False, order=True)
    assert change.after.properties == ListProperties("Capers", "manual", "Mine", "private", mirror)
    (event,) = change.events
    assert isinstance(event, ListUpdated)
    assert (event.version, event.title, event.items) == (2, "Capers", to_items(before.items))


def test_a_description_of_none_clears_it() -> None:
    assert edited(created(description="Mine"), description=None).after.properties.description is None


@pytest.mark.parametrize(
    "decide",
    [
        edited,
        lambda current: edited(current, title="Heists", privacy="private", description=None),
        lambda current: changes.add_items(current, [movie(2)]),
        lambda current: changes.remove_items(current, [movie(9)]),
        lambda current: changes.replace_items(current, [movie(1), movie(2), movie(1)]),
    ],
    ids=["no field", "the same values", "already there", "not there", "the same items"],
)
def test_a_change_that_changes_nothing_makes_no_event_and_no_version(decide: Callable[[MediaList], Change]) -> None:
    before = created()
    change = decide(before)
    assert (change.after, change.events) == (before, ())


def test_another_order_alone_is_a_change() -> None:
    change = changes.replace_items(created(), [movie(2), movie(1)])
    assert change.after.version == 2
    assert change.edit is not None
    assert (change.edit.added, change.edit.removed) == (0, 0)


def test_the_last_item_can_go() -> None:
    change = changes.remove_items(created(), [movie(1), movie(2)])
    (event,) = change.events
    assert isinstance(event, ListState)
    assert event.items == ()


def test_a_sync_pushes_a_manual_list_as_it_is() -> None:
    before = created()
    change = changes.sync(before, run_id=RUN, trigger="watched_only")
    started, synced = change.events
    assert isinstance(started, ListSyncStarted)
    assert isinstance(synced, ListSynced)
    assert (started.version, started.run_id, started.trigger) == (1, RUN, "watched_only")
    assert (synced.version, synced.run_id, synced.updated, synced.removed, synced.total) == (2, RUN, 0, 0, 2)
    assert synced.items == to_items(before.items)
    assert change.run is not None
    assert change.run.version == change.after.version == 2


def test_a_tombstone_is_a_version_too() -> None:
    change = changes.delete(created())
    assert (change.after.is_deleted, change.after.version, change.after.items) == (True, 2, ())
    assert change.events == (ListDeleted(list_id=7, user_id="ada", version=2, title="Heists"),)


numbers = st.lists(st.integers(1, 6).map(movie), min_size=1, max_size=5)
steps = st.one_of(
    st.builds(lambda items: lambda now: changes.add_items(now, items), numbers),
    st.builds(lambda items: lambda now: changes.remove_items(now, items), numbers),
    st.builds(lambda items: lambda now: changes.replace_items(now, items), numbers),
    st.builds(
        lambda title, text: lambda now: edited(now, title=title, description=text),
        st.sampled_from("AB"),
        st.none() | st.just("Mine"),
    ),
    st.just(lambda now: changes.sync(now, run_id=RUN, trigger="manual")),
)


@given(st.lists(steps, max_size=8))
def test_versions_count_the_changes_and_the_last_event_can_be_made_again_from_the_state(
    taken: list[Callable[[MediaList], Change]],
) -> None:
    change: Change = changes.create(ListProperties("A", "manual"), [movie(1)], list_id=7, user_id="ada")
    newest, run, versions = change.events[-1], None, [1]
    for step in taken:
        change = step(change.after)
        if change.events:
            newest, run = change.events[-1], change.run
            versions.append(newest.version)
    assert versions == list(range(1, len(versions) + 1))
    assert last_event(change.after, newest.ce_type, run) == newest
    deleted = changes.delete(change.after)
    assert last_event(deleted.after, ListDeleted.ce_type, None) == deleted.events[-1]


def test_an_event_without_state_cannot_be_made_again() -> None:
    with pytest.raises(ValueError, match="sync_started"):
        last_event(created(), ListSyncStarted.ce_type, None)
