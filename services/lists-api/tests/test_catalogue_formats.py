"""The formats of catalogue files, without a database."""

import gzip
import json
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.catalogue.domain import values
from lists_api.catalogue.domain.formats import imdb
from lists_api.catalogue.domain.formats.recognise import recognise
from lists_api.catalogue.domain.imported import ImportedRating, ImportedRow, ImportedTitle, RejectedRow, RowError
from lists_api.catalogue.domain.reference import title_reference
from lists_api.catalogue.source import MAX_LINE, opened
from lists_api.errors import CatalogueFileError
from lists_api.store.catalogue_copy import TITLE_COLUMNS, title_line

OWN = (
    "media_type,title,year,imdb_id,tmdb_id,genres,original_language,runtime,vote_average,vote_count,popularity,tvdb_id,"
    "trakt_id,original_title,release_date,keywords,countries,rating_source,poster_path,is_adult,is_active,overview"
)
TMDB_MOVIES = (
    "id,title,vote_average,vote_count,status,release_date,revenue,runtime,adult,backdrop_path,budget,homepage,imdb_id,"
    "original_language,original_title,overview,popularity,poster_path,tagline,genres,production_companies,"
    "production_countries,spoken_languages,keywords"
)
TMDB_SHOWS = (
    "id,name,number_of_seasons,number_of_episodes,original_language,vote_count,vote_average,overview,adult,"
    "backdrop_path,first_air_date,last_air_date,homepage,in_production,original_name,popularity,poster_path,type,"
    "status,tagline,genres,origin_country"
)
HEADERS = {
    "own": OWN,
    "tmdb movies": TMDB_MOVIES,
    "tmdb shows": TMDB_SHOWS,
    "imdb titles": imdb.BASICS,
    "imdb ratings": imdb.RATINGS,
    "json lines": '{"id": 1, "title": "A"}',
}


def rows_of(content: bytes) -> list[ImportedRow]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "titles"
        path.write_bytes(content)
        with opened(path) as file:
            return list(file.format.read(file.lines()))


def rows(*lines: str) -> list[ImportedRow]:
    return rows_of("\n".join(lines).encode())


def title(*lines: str) -> ImportedTitle:
    (row,) = rows(*lines)
    assert isinstance(row, ImportedTitle), row
    return row


def check(row: ImportedRow) -> None:
    """Whatever a row is made from, Postgres takes it."""
    if isinstance(row, ImportedTitle):
        assert row.imdb or row.tmdb or row.trakt
        assert row.name or row.original_name
        assert row.rating is None or 0 <= row.rating <= 1000
        assert all(number is None or 0 <= number < 2**31 for number in (row.votes, row.popularity))
        line = title_line(0, row)
        assert line.count("\t") == len(TITLE_COLUMNS) - 1
        assert not set("\n\r\0") & set(line)
    elif isinstance(row, RejectedRow):
        assert row.reason


TEXTS = st.one_of(
    st.text(), st.sampled_from(["", "1", "0", "tt0000001", "movie", "nan", "1e400", "-1", "9" * 30, "\\N", "🎬"])
)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
@given(content=st.binary(max_size=300))
def test_any_bytes_behind_a_header_are_rows_or_rejections(header: str, content: bytes) -> None:
    for row in rows_of(header.encode() + b"\n" + content):
        check(row)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_file_or_none(content: bytes) -> None:
    for whole in (content, gzip.compress(content)):
        with pytest.raises(CatalogueFileError):
            rows_of(whole)


@pytest.mark.parametrize("header", [OWN, TMDB_MOVIES, TMDB_SHOWS], ids=["own", "tmdb movies", "tmdb shows"])
@given(data=st.data())
def test_any_texts_in_a_row_are_a_title_or_a_rejection(header: str, data: st.DataObject) -> None:
    width = header.count(",") + 1
    cells = data.draw(st.lists(TEXTS, min_size=width, max_size=width))
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    for row in rows_of(f"{header}\n{line}\n".encode(errors="surrogatepass")):
        check(row)


@given(st.lists(TEXTS, min_size=9, max_size=9))
def test_any_texts_in_a_row_of_imdbs_are_a_title_or_a_rejection(cells: list[str]) -> None:
    cells[1] = "movie"
    for row in rows_of(f"{imdb.BASICS}\n{chr(9).join(cells)}\n".encode(errors="surrogatepass")):
        check(row)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["id", "title", "name", "genres", "genre_ids", "keywords", "runtime", "vote_count", "popularity", "imdb_id",
         "external_ids", "origin_country", "adult", "media_type", "release_date"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_json_object_is_a_title_or_a_rejection(value: dict[str, object]) -> None:
    for row in rows('{"id": 1, "title": "A"}', json.dumps(value)):
        check(row)


def test_every_column_of_ours_is_read() -> None:
    row = title(
        OWN,
        "show,Name,2001,tt0000007,5,Sci-Fi|Drama,EN,45,8.25,100,3.5,77,9,Nom,2001-02-03,b|A ,fr|Spain,tmdb,/p.jpg,"
        'false,1,"a\nb"',
    )
    assert row == ImportedTitle(
        3, "show", 9, 5, 77, "tt0000007", "Name", "Nom", "name", "nom", 2001, date(2001, 2, 3), 45, 825, 100, "tmdb",
        350, "en", ("drama", "science-fiction"), ("ES", "FR"), ("a", "b"), "a\nb", "/p.jpg", False, True,
    )  # fmt: skip


def test_tmdbs_movies_are_read() -> None:
    row = title(
        TMDB_MOVIES,
        "27205,Inception,8.364,34495,Released,2010-07-15,825532764,148,False,/b.jpg,160000000,,tt1375666,en,Inception,"
        '"Cobb, a thief",83.952,/o.jpg,Your mind,"Action, Science Fiction",Legendary,"United Kingdom, United States of'
        ' America",English,"rescue, dream"',
    )
    assert (row.tmdb, row.imdb, row.year, row.rating, row.votes) == (27205, "tt1375666", 2010, 836, 34495)
    assert (row.genres, row.countries, row.keywords) == (
        ("action", "science-fiction"), ("GB", "US"), ("dream", "rescue")
    )  # fmt: skip


def test_tmdbs_shows_are_read() -> None:
    row = title(
        TMDB_SHOWS,
        "1399,Game of Thrones,8,73,en,21857,8.442,Seven,False,/b.jpg,2011-04-17,2019-05-19,,False,Game of Thrones,"
        '1083.917,/p.jpg,Scripted,Ended,Winter,"Sci-Fi & Fantasy, Drama",US',
    )
    assert (row.media_type, row.tmdb, row.year, row.countries) == ("show", 1399, 2011, ("US",))
    assert (row.genres, row.popularity) == (("drama", "fantasy", "science-fiction"), 108392)


def test_imdbs_quotes_are_quotes_and_episodes_are_passed_over() -> None:
    found = rows(
        imdb.BASICS,
        'tt0000001\tmovie\t"A" B\t"A" B\t0\t1999\t\\N\t90\tSci-Fi,Film-Noir',
        "tt0000002\ttvEpisode\tE\tE\t0\t1999\t\\N\t\\N\t\\N",
        "tt0000003\ttvMiniSeries\t\\Now\t\\Now\t1\t\\N\t\\N\t\\N\t\\N",
    )
    first, second = found
    assert isinstance(first, ImportedTitle)
    assert isinstance(second, ImportedTitle)
    assert (first.name, first.genres, first.line) == ('"A" B', ("film-noir", "science-fiction"), 2)
    assert (second.name, second.media_type, second.is_adult, second.year) == ("\\Now", "show", True, None)


def test_imdbs_ratings_are_read() -> None:
    assert rows(imdb.RATINGS, "tt0000001\t5.7\t2000") == [ImportedRating(2, "tt0000001", 570, 2000)]


def test_a_quote_that_is_never_closed_is_one_rejection() -> None:
    lines = [f"movie,Film {number},,,{number}" + "," * 17 for number in range(1, 5_000)]
    found = rows(OWN, 'movie,"Never closed,,,1' + "," * 17, *lines)
    rejections = [row for row in found if isinstance(row, RejectedRow)]
    assert len(rejections) == 1
    assert "field larger than field limit" in rejections[0].reason


def test_a_line_without_an_end_is_read_in_pieces() -> None:
    whole = '{"id": 1, "title": "A"}\n' + "x" * (MAX_LINE * 2)
    found = rows_of(whole.encode())
    assert [type(row) for row in found][:1] == [ImportedTitle]
    assert all(isinstance(row, RejectedRow) for row in found[1:])


@pytest.mark.parametrize(
    "line", ["", "a,b,c", "tconst\tother", "[]", "{}", '{"name": "x"}', "{", "title,year", '"', "\0"],
    ids=[f"line {number}" for number in range(10)],
)  # fmt: skip
def test_other_first_lines_are_of_no_format(line: str) -> None:
    assert recognise(line) is None


REFERENCES = {
    "tt0113277": ("imdb", "tt0113277"),
    "tt113277": ("imdb", "tt0113277"),
    "tmdb:949": ("tmdb", 949),
    "trakt:481": ("trakt", 481),
    "tmdb:0": None,
    "tmdb:-1": None,
    "tmdb:9²": None,
    "tmdb:" + "9" * 30: None,
    "imdb:1": None,
    "tt": None,
    "949": None,
    "": None,
}


@pytest.mark.parametrize(
    ("text", "reference"), REFERENCES.items(), ids=[f"reference {n}" for n in range(len(REFERENCES))]
)
def test_titles_are_named_by_an_id(text: str, reference: tuple[str, object] | None) -> None:
    assert title_reference(text) == reference


def test_numbers_that_cannot_be_are_not_known_and_texts_are_refused() -> None:
    assert (values.year("0"), values.runtime("0"), values.number_id("862.0"), values.runtime("45|50")) == (
        None,
        None,
        862,
        45,
    )
    assert values.imdb_id("tt00113277") == "tt0113277"
    assert values.release_date("0000-00-00") is None
    for read in (values.year, values.runtime, values.rating, values.count, values.number_id, values.truth):
        with pytest.raises(RowError):
            read("soon")


@given(st.text())
def test_any_text_names_a_title_or_none(text: str) -> None:
    title_reference(text)


def test_the_position_in_a_compressed_file_ends_at_its_size(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv.gz"
    path.write_bytes(gzip.compress(f"{OWN}\n{'x' * 100_000}\n".encode()))
    with opened(path) as file:
        assert len(list(file.lines())) == 1
        assert file.position == file.size
