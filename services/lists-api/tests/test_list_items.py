from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lists_api.lists.domain.items import add, move, remove, replace
from lists_api.lists.domain.rows import RowEdit, row_edit
from lists_api.lists.domain.versions import Row, Version, rows_at
from watchbuddy_contracts import Title, to_items

# Few ids, so that items of a case have ids in common.
small = st.integers(1, 6)
items = st.builds(
    Title,
    media_type=st.sampled_from(["movie", "show"]),
    trakt=st.none() | small,
    tmdb=st.none() | small,
    imdb=st.none() | small.map(lambda number: f"tt{number}"),
).filter(lambda item: bool(item.keys))
bags = st.lists(items, max_size=12)
lists = bags.map(lambda bag: add((), bag).items)


AT = datetime(2026, 1, 1, tzinfo=UTC)


def share_an_id(one: Title, other: Title) -> bool:
    return not set(one.keys).isdisjoint(other.keys)


def is_sound(result: tuple[Title, ...]) -> bool:
    return not any(share_an_id(one, other) for place, one in enumerate(result) for other in result[:place])


def rows_of(titles: Sequence[Title], *, first: int = 1) -> tuple[Row, ...]:
    return tuple(Row(position, title, is_pinned=False) for position, title in enumerate(titles, start=first))


def applied(before: Sequence[Row], edit: RowEdit) -> list[Row]:
    return [*(row for row in before if row not in edit.delete), *edit.insert]


@given(lists, bags)
def test_added_items_come_after_the_old_ones_and_no_title_is_there_twice(
    before: tuple[Title, ...], new: list[Title]
) -> None:
    edit = add(before, new)
    assert edit.items[: len(before)] == before
    assert is_sound(edit.items)
    assert len(edit.items) == len(before) + edit.added
    assert edit.added + edit.skipped == len(new)
    assert all(any(share_an_id(item, there) for there in edit.items) for item in new)


@given(lists, bags)
def test_adding_the_same_again_adds_nothing(before: tuple[Title, ...], new: list[Title]) -> None:
    once = add(before, new)
    again = add(once.items, new)
    assert again.items == once.items
    assert (again.added, again.skipped) == (0, len(new))


@given(lists, bags)
def test_removed_items_are_gone_and_the_rest_keeps_its_order(before: tuple[Title, ...], unwanted: list[Title]) -> None:
    edit = remove(before, unwanted)
    assert not any(share_an_id(item, gone) for item in edit.items for gone in unwanted)
    assert [item for item in before if item in edit.items] == list(edit.items)
    assert edit.removed == len(before) - len(edit.items)
    assert edit.skipped == sum(not any(share_an_id(item, one) for one in before) for item in unwanted)


@given(lists, bags)
def test_replaced_items_are_the_wanted_ones_whatever_was_there(before: tuple[Title, ...], wanted: list[Title]) -> None:
    edit = replace(before, wanted)
    assert edit.items == add((), wanted).items
    assert edit.added == sum(not any(share_an_id(item, old) for old in before) for item in edit.items)
    assert edit.removed == sum(not any(share_an_id(old, item) for item in edit.items) for old in before)


@given(lists)
def test_replacing_a_list_by_itself_changes_nothing(before: tuple[Title, ...]) -> None:
    edit = replace(before, before)
    assert (edit.items, edit.added, edit.removed, edit.skipped) == (before, 0, 0, 0)


@given(lists, lists, st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_row_edit_turns_the_rows_into_the_wanted_items(
    before: tuple[Title, ...], after: tuple[Title, ...], gaps: list[int]
) -> None:
    old = [Row(sum(gaps[: place + 1]), title, is_pinned=False) for place, title in enumerate(before)]
    pins = frozenset(after[: len(after) // 2])
    edit = row_edit(old, after, pins)
    rows = applied(old, edit)
    assert [row.title for row in rows] == list(after)
    assert [row.position for row in rows] == sorted({row.position for row in rows})
    assert {row.title for row in rows if row.is_pinned} == pins
    assert rows == [*edit.kept, *edit.insert]


@given(st.lists(lists, min_size=1, max_size=6))
def test_every_earlier_version_is_made_again_from_what_the_later_ones_changed(states: list[tuple[Title, ...]]) -> None:
    now: list[Row] = list(rows_of(states[0]))
    versions: list[Version] = []
    snapshots = [now]
    for number, state in enumerate(states[1:], start=2):
        edit = row_edit(now, state)
        versions.insert(0, Version(number, "edited", (), "Heists", len(state), edit.insert, edit.delete, None, AT))
        now = applied(now, edit)
        snapshots.append(now)
    for number, snapshot in enumerate(snapshots, start=1):
        assert rows_at(now, [one for one in versions if one.version > number]) == snapshot


def movie(tmdb: int) -> Title:
    return Title("movie", tmdb=tmdb)


def test_removing_an_item_touches_its_row_alone() -> None:
    rows = rows_of([movie(place) for place in range(1, 6)])
    edit = row_edit(rows, [movie(1), movie(3), movie(4), movie(5)])
    assert (edit.delete, edit.insert) == ((rows[1],), ())


def test_appending_an_item_touches_no_old_row() -> None:
    rows = rows_of([movie(place) for place in range(1, 4)])
    edit = row_edit(rows, [movie(1), movie(2), movie(3), movie(9)])
    assert (edit.delete, edit.insert) == ((), rows_of([movie(9)], first=4))


def test_a_moved_item_has_the_rows_from_there_on_written_anew() -> None:
    rows = rows_of([movie(place) for place in range(1, 5)])
    edit = row_edit(rows, [movie(1), movie(4), movie(2), movie(3)])
    assert (edit.delete, edit.insert) == (rows[1:], rows_of([movie(4), movie(2), movie(3)], first=2))


def test_a_title_that_is_pinned_where_it_stands_has_its_row_written_anew() -> None:
    rows = rows_of([movie(1), movie(2)])
    edit = row_edit(rows, [movie(1), movie(2)], frozenset([movie(2)]))
    assert (edit.delete, edit.insert) == (rows[1:], (Row(2, movie(2), is_pinned=True),))


@given(lists, st.integers(0, 11), st.integers(1, 20))
def test_a_moved_item_stands_at_its_rank_and_the_others_keep_their_order(
    before: tuple[Title, ...], place: int, rank: int
) -> None:
    if place >= len(before):
        return
    after = move(before, before[place], rank=rank).items
    assert after.index(before[place]) == min(rank, len(before)) - 1
    rest = [title for title in before if title != before[place]]
    assert [title for title in after if title != before[place]] == rest


def test_what_is_not_on_the_list_does_not_move() -> None:
    edit = move((movie(1),), movie(2), rank=1)
    assert (edit.items, edit.skipped) == ((movie(1),), 1)


def test_movie_5_is_not_show_5() -> None:
    edit = add((Title("movie", trakt=5),), [Title("show", trakt=5)])
    assert edit.added == 1


def test_an_item_that_is_there_by_any_id_is_skipped_and_left_as_it_is() -> None:
    there = Title("movie", tmdb=603)
    edit = add((there,), [Title("movie", tmdb=603, imdb="tt0133093")])
    assert (edit.items, edit.skipped) == ((there,), 1)


def test_an_item_is_removed_by_any_one_of_its_ids() -> None:
    edit = remove((Title("movie", 481, 603, "tt0133093"),), [Title("movie", imdb="tt0133093")])
    assert (edit.items, edit.removed) == ((), 1)


def test_items_go_out_with_the_ids_that_they_came_with() -> None:
    (item,) = to_items([Title("show", tmdb=1399)])
    assert item.model_dump(exclude_none=True) == {"media_type": "show", "ids": {"tmdb": 1399}}
