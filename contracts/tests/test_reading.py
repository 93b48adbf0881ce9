"""A reader of today bears items of kinds that come later."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from watchbuddy_contracts import ListUpdated, TraktListSynced, TraktWatchedChanged, read, without

HEAT: dict[str, Any] = {"media_type": "movie", "ids": {"tmdb": 949}}
EPISODE: dict[str, Any] = {
    "media_type": "episode",
    "ids": {"trakt": 73640},
    "show": {"tmdb": 1396},
    "episode": 2,
}
LATER: dict[str, Any] = {"media_type": "stage_play", "ids": {}, "place": "here"}
HEAD = {"user_id": "ada", "list_id": 7, "version": 3, "title": "Heists", "list_type": "manual"}
COUNTS = {"trakt_list_id": 5, "added": 1, "removed": 0, "unchanged": 0}


def value(**fields: object) -> bytes:
    return json.dumps(HEAD | fields).encode()


def test_items_of_later_kinds_are_left_out_and_counted_in_every_field_and_the_order_stays() -> None:
    other = HEAT | {"ids": {"tmdb": 500}}
    event, left_out = read(ListUpdated, value(items=[EPISODE, HEAT, LATER, other, EPISODE]))
    assert ([item.ids.tmdb for item in event.items], left_out) == ([949, 500], 3)
    synced, left_out = read(TraktListSynced, value(**COUNTS, not_found=[EPISODE, HEAT], rejected=[LATER]))
    assert (len(synced.not_found), synced.rejected, left_out) == (1, (), 2)


def test_what_was_watched_is_read_without_them_too() -> None:
    at = {"last_watched_at": "2026-11-20T18:04:05Z"}
    event, left_out = read(TraktWatchedChanged, value(watched=[HEAT | at, EPISODE | at], unwatched=[EPISODE]))
    assert ([one.last_watched_at for one in event.watched], event.unwatched, left_out) == (
        [datetime(2026, 11, 20, 18, 4, 5, tzinfo=UTC)],
        (),
        2,
    )


def test_an_event_of_known_kinds_is_read_as_by_its_model() -> None:
    assert read(ListUpdated, value(items=[HEAT])) == (ListUpdated.model_validate(HEAD | {"items": [HEAT]}), 0)


def test_a_reader_that_has_no_use_for_items_leaves_none_out() -> None:
    assert read(without(ListUpdated, "items"), value(items=[EPISODE]))[1] == 0


@pytest.mark.parametrize(
    "items",
    [
        [HEAT | {"media_type": 5}],
        [HEAT | {"media_type": None}],
        [HEAT | {"media_type": "Movie!"}],
        [HEAT | {"media_type": "x" * 33}],
        [{"ids": {"tmdb": 949}}],
        [EPISODE, HEAT | {"ids": {}}],
        [EPISODE, "tt0113277"],
        {"media_type": "episode"},
    ],
    ids=["number", "null", "no word", "long", "missing", "beside a broken item", "beside a text", "no array"],
)
def test_what_is_no_item_is_still_refused(items: object) -> None:
    with pytest.raises(ValidationError):
        read(ListUpdated, value(items=items))


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"null", b"\xff"], ids=["empty", "cut", "array", "null", "bytes"])
def test_what_is_no_event_is_still_refused(broken: bytes) -> None:
    with pytest.raises(ValidationError):
        read(ListUpdated, broken)
