"""Whatever bytes come, the answer is lists or a clear refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lists_api.errors import ImportNotRecognisedError
from lists_api.imports.domain.cells import cleaned, imdb_id, number, year_of
from lists_api.imports.domain.decoding import decoded
from lists_api.imports.domain.parse import parse_file
from lists_api.imports.domain.rows import MAX_NAMED, MAX_TITLES, ParsedFile
from lists_api.imports.domain.safe_cells import guarded, unguarded

SAMPLES = Path(__file__).parent / "import_samples"
NAMES = sorted(path.name for path in SAMPLES.iterdir())
FILE_NAMES = st.sampled_from(["x.csv", "x.json", "x.zip", "", "\u202e", "a/b\\c.tar.gz", "x" * 300])


def outcome(content: bytes, file_name: str) -> ParsedFile | None:
    try:
        return parse_file(content, file_name)
    except ImportNotRecognisedError:
        return None


def check(file: ParsedFile | None) -> None:
    for one in file.lists if file else ():
        assert one.name
        assert len(one.rows) <= MAX_TITLES
        assert len(one.left_out.rows) <= MAX_NAMED
        for row in one.rows:
            assert row.ids or row.name
            assert row.media_type in ("movie", "show", None)
            row.text.encode()
            assert "\0" not in row.name
        for gone in one.left_out.rows:
            gone.text.encode()


@given(st.binary(max_size=2000), FILE_NAMES)
def test_any_bytes(content: bytes, file_name: str) -> None:
    check(outcome(content, file_name))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=500), FILE_NAMES)
def test_any_text(text: str, file_name: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        check(outcome(text.encode(encoding), file_name))


@given(st.sampled_from(NAMES), st.integers(0, 2000), st.binary(max_size=20))
def test_any_damage_to_a_sample(name: str, at: int, damage: bytes) -> None:
    content = (SAMPLES / name).read_bytes()
    check(outcome(content[:at] + damage + content[at + len(damage) :], name))


CELLS = st.one_of(
    st.sampled_from(
        ["const", "Title Type", "imdb_id", "tmdbID", "Name", "Year", "rank", "type", "traktid", "tt0113277"]
    ),
    st.text(max_size=12),
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=6), st.sampled_from(",;\t"))
def test_any_table(rows: list[list[str]], separator: str) -> None:
    check(outcome("\n".join(separator.join(row) for row in rows).encode("utf-8", "replace"), "x.csv"))


KEYS = st.sampled_from(
    [
        "type",
        "movie",
        "show",
        "ids",
        "imdb",
        "tmdb",
        "title",
        "year",
        "id",
        "mediatype",
        "items",
        "movies",
        "format",
        "name",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.just("movie")
    | st.just("tt0113277"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_any_json(value: object) -> None:
    check(outcome(json.dumps(value).encode(), "x.json"))
    check(outcome(json.dumps([value]).encode(), "x.json"))


@settings(deadline=None)
@given(
    st.sampled_from([b"[" * 100_000, b"{" * 100_000, b'[{"a":' * 50_000, b"[" + b"9" * 100_000 + b"]", b"[1e400, NaN]"])
)
def test_json_that_is_deep_long_or_no_number(content: bytes) -> None:
    check(outcome(content, "x.json"))


@pytest.mark.parametrize(
    "content",
    [
        b",\n" * 1_000_000,
        b'"' + b"x" * 2_000_000,
        b"imdb\n" + b'"x' * 500_000,
        b"\xff\n" * 500_000,
        b"{},[" * 800_000,
        b"imdb,a\n" + b'a",",\n' * 300_000,
    ],
    ids=["commas", "a quote without an end", "many quotes", "odd lines", "brackets", "quotes that close and open"],
)
def test_large_nonsense_ends_and_is_bounded(content: bytes) -> None:
    check(outcome(content, "x.csv"))


@given(st.text(max_size=50))
def test_a_cell_is_read_back_as_it_was_written_and_is_no_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.binary(max_size=500))
def test_any_bytes_are_some_text(content: bytes) -> None:
    cleaned(decoded(content)).encode()


@given(st.text(max_size=30))
def test_any_cell_says_an_id_a_year_or_nothing(text: str) -> None:
    assert (found := imdb_id(text)) is None or imdb_id(found) == found
    assert (value := number(text)) is None or value > 0
    assert (year := year_of(text)) is None or 1870 <= year <= 2200
