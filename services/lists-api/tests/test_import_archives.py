"""Zips: which files of them are lists, and what they may cost."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.errors import ImportNotRecognisedError
from lists_api.imports.domain.archive import MAX_MEMBERS, MAX_TOTAL_BYTES
from lists_api.imports.domain.parse import parse_file
from lists_api.imports.domain.rows import ParsedFile
from lists_api.imports.testing import zip_of

SAMPLES = Path(__file__).parent / "import_samples"
LIST = (SAMPLES / "letterboxd-list-v7.csv").read_bytes()
OLD = (SAMPLES / "letterboxd-list-old.csv").read_bytes()
WATCHLIST = (SAMPLES / "letterboxd-watchlist.csv").read_bytes()
MEGABYTE = 1024 * 1024


def parsed(files: Mapping[str, bytes | str]) -> ParsedFile:
    return parse_file(zip_of(files), "export.zip")


def movie(number: int) -> dict[str, object]:
    return {"type": "movie", "movie": {"title": f"Film {number}", "year": 2000, "ids": {"trakt": number}}}


def trakt_ids(file: ParsedFile) -> dict[str | None, list[int | None]]:
    return {one.name: [row.ids.trakt for row in one.rows] for one in file.lists}


@pytest.mark.parametrize("folder", ["", "letterboxd-ada-2026-03-01/"], ids=["flat", "in a folder"])
def test_letterboxds_export_gives_lists_and_watchlist_and_nothing_that_was_deleted_or_liked(folder: str) -> None:
    files: dict[str, bytes | str] = {
        f"{folder}profile.csv": "Date Joined,Username\n2020-01-01,ada\n",
        f"{folder}watched.csv": WATCHLIST,
        f"{folder}ratings.csv": "Date,Name,Year,Letterboxd URI,Rating\n2026-01-01,Heat,1995,https://boxd.it/2bg8,5\n",
        f"{folder}watchlist.csv": WATCHLIST,
        f"{folder}lists/rain.csv": LIST,
        f"{folder}lists/old-ones.csv": OLD,
        f"{folder}deleted/lists/gone.csv": LIST,
        f"{folder}orphaned/lists/lost.csv": LIST,
        f"{folder}likes/lists.csv": WATCHLIST,
        f"{folder}likes/lists/theirs.csv": LIST,
    }
    file = parsed(files)
    assert file.format == "letterboxd"
    assert [(one.name, len(one.rows)) for one in file.lists] == [
        ("Watchlist", 3),
        ("Rain, neon & 2:37 🌃", 6),
        ("Old ones", 2),
    ]
    assert len(file.files_left_alone) == 7


META = [
    {"name": "Heists", "description": "Plans\nthat fail", "ids": {"trakt": 71, "slug": "heists"}},
    {"name": "Top 1", "description": None, "ids": {"trakt": 72, "slug": "top-1"}},
    {"name": "Empty", "ids": {"trakt": 73, "slug": "empty"}},
]


def test_trakts_export_with_pages_and_a_slug_that_ends_like_a_page() -> None:
    file = parsed(
        {
            "lists-lists.json": json.dumps(META),
            "lists-list-71-heists-2.json": json.dumps([movie(3)]),
            "lists-list-71-heists-10.json": json.dumps([movie(4)]),
            "lists-list-71-heists-1.json": json.dumps([movie(1), movie(2)]),
            "lists-list-72-top-1.json": json.dumps([movie(5)]),
            "lists-list-73-empty.json": "[]",
            "lists-watchlist.json": json.dumps([movie(6)]),
            "Lists-Favorites.json": json.dumps([movie(7)]),
            "ratings-movies.json": json.dumps([movie(8)]),
            "watched-movies.json": json.dumps([movie(9)]),
        }
    )
    assert file.format == "trakt"
    assert trakt_ids(file) == {
        "Heists": [1, 2, 3, 4],
        "Top 1": [5],
        "Empty": [],
        "Watchlist": [6],
        "Favorites": [7],
    }
    assert file.lists[0].description == "Plans\nthat fail"
    assert set(file.files_left_alone) == {"ratings-movies.json", "watched-movies.json"}


def test_trakts_export_with_folders_and_without_its_list_of_lists() -> None:
    file = parsed(
        {
            "user/lists/list-71-heists-1.json": json.dumps([movie(1)]),
            "user/lists/list-71-heists-2.json": json.dumps([movie(2)]),
            "user/lists/list-72-top-1.json": json.dumps([movie(5)]),
            "user/lists/watchlist.json": json.dumps([movie(6)]),
            "user/watched/watched-movies.json": json.dumps([movie(9)]),
        }
    )
    assert trakt_ids(file) == {"Heists": [1, 2], "Top 1": [5], "Watchlist": [6]}


def test_any_other_zip_gives_a_list_for_each_file_that_is_one() -> None:
    file = parsed(
        {
            "noir_films.csv": "imdb\ntt0113277\n",
            "readme.txt": "hello",
            "more/top.json": '["tt0114709"]',
            "__MACOSX/._noir_films.csv": "imdb\ntt0113277\n",
        }
    )
    assert [one.name for one in file.lists] == ["Noir films", "Top"]


def test_a_file_that_cannot_be_read_does_not_break_the_others() -> None:
    content = zip_of({"a.csv": "imdb\n" + "tt0113277\n" * 50, "b.csv": "imdb\ntt0114709\n"})
    broken = bytearray(content)
    at = content.index(b"a.csv") + 6
    broken[at : at + 4] = b"\xff\xff\xff\xff"
    assert [one.name for one in parse_file(bytes(broken), "x.zip").lists] == ["B"]


@pytest.mark.parametrize(
    "content",
    [
        zip_of({"bomb.csv": b"imdb\n" + b"0" * 15 * MEGABYTE}),
        zip_of({"large.csv": b"imdb\n" + b"0" * 17 * MEGABYTE}),
        zip_of({"inner.zip": zip_of({"a.csv": "imdb\ntt0113277\n"})}),
        zip_of({f"{number}.csv": "" for number in range(MAX_MEMBERS + 1)}),
        zip_of({}),
        zip_of({"a.csv": "imdb\ntt0113277\n"}, method=zipfile.ZIP_BZIP2),
        zip_of({"a.csv": "imdb\ntt0113277\n"})[:-10],
    ],
    ids=["bomb", "too large", "nested", "too many", "empty", "other method", "cut off"],
)
def test_a_zip_that_is_too_large_broken_or_without_a_list_is_refused(content: bytes) -> None:
    with pytest.raises(ImportNotRecognisedError, match="expected was"):
        parse_file(content, "x.zip")


def test_what_a_zip_unpacks_to_is_bounded_over_all_its_files() -> None:
    noise = b"imdb\n" + b"".join(b"%07d" % (number * 7919) for number in range(1, 1_700_000))
    files = {f"{number}.csv": noise for number in range(MAX_TOTAL_BYTES // len(noise) + 1)}
    with pytest.raises(ImportNotRecognisedError, match="too large"):
        parse_file(zip_of(files, method=zipfile.ZIP_STORED), "x.zip")


def test_the_rows_of_a_zip_are_bounded_over_all_its_lists() -> None:
    nothing = '["tt0113277"' + ", 0" * 50_000 + "]"
    with pytest.raises(ImportNotRecognisedError, match="more than 200,000 rows"):
        parsed({f"{number}.json": nothing for number in range(5)})


GOOD = zip_of({"lists/rain.csv": LIST, "watchlist.csv": WATCHLIST, "profile.csv": "x", "lists/x.json": "[]"})


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=12))
def test_no_damage_to_a_zip_raises_anything_else(at: int, damage: bytes) -> None:
    content = GOOD[:at] + damage + GOOD[at + len(damage) :]
    try:
        parse_file(content, "x.zip")
    except ImportNotRecognisedError:
        return
