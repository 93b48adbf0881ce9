from hypothesis import given
from hypothesis import strategies as st

from lists_api.lists.domain.items import add, remove, replace
from lists_api.lists.domain.rows import RowEdit, row_edit
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


def share_an_id(one: Title, other: Title) -> bool:
    return not set(one.keys).isdisjoint(other.keys)


def is_sound(result: tuple[Title, ...]) -> bool:
    return not any(share_an_id(one, other) for place, one in enumerate(result) for other in result[:place])


def applied(before: list[tuple[int, Title]], edit: RowEdit) -> list[tuple[int, Title]]:
    kept = [row for row in before if row[0] not in edit.delete]
    return kept + [(edit.insert_from + place, item) for place, item in enumerate(edit.insert)]


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
    positions = [sum(gaps[: place + 1]) for place in range(len(before))]
    rows = applied(
        list(zip(positions, before, strict=True)), row_edit(list(zip(positions, before, strict=True)), after)
    )
    assert [item for _, item in rows] == list(after)
    assert [position for position, _ in rows] == sorted({position for position, _ in rows})


def movie(tmdb: int) -> Title:
    return Title("movie", tmdb=tmdb)


def test_removing_an_item_touches_its_row_alone() -> None:
    rows = [(place, movie(place)) for place in range(1, 6)]
    assert row_edit(rows, [movie(1), movie(3), movie(4), movie(5)]) == RowEdit([2], 6, ())


def test_appending_an_item_touches_no_old_row() -> None:
    rows = [(place, movie(place)) for place in range(1, 4)]
    assert row_edit(rows, [movie(1), movie(2), movie(3), movie(9)]) == RowEdit([], 4, (movie(9),))


def test_a_moved_item_has_the_rows_from_there_on_written_anew() -> None:
    rows = [(place, movie(place)) for place in range(1, 5)]
    assert row_edit(rows, [movie(1), movie(4), movie(2), movie(3)]) == RowEdit(
        [2, 3, 4], 2, (movie(4), movie(2), movie(3))
    )


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
