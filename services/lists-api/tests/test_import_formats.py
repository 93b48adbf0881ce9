"""Every format's sample, from its bytes to its rows."""

from pathlib import Path

import pytest

from lists_api.errors import ImportNotRecognisedError
from lists_api.imports.domain.media_words import meaning_of
from lists_api.imports.domain.parse import parse_file
from lists_api.imports.domain.rows import FileList, FileRow, ParsedFile, TitleIds

SAMPLES = Path(__file__).parent / "import_samples"
HEAT = TitleIds(imdb="tt0113277")


def parsed(name: str, content: bytes | None = None) -> ParsedFile:
    return parse_file((SAMPLES / name).read_bytes() if content is None else content, name)


def only(name: str, content: bytes | None = None) -> FileList:
    (one,) = parsed(name, content).lists
    return one


def shown(one: FileList) -> list[tuple[int, str | None, str, str]]:
    return [(row.number, row.media_type, row.ids.label, row.text) for row in one.rows]


def left_out(one: FileList) -> list[tuple[int, str]]:
    return [(row.number, row.reason) for row in one.left_out.rows]


def test_imdb_since_2024_with_a_mark_crlf_quoted_newlines_an_episode_a_game_a_duplicate_and_long_ids() -> None:
    one = only("imdb-2024.csv")
    assert shown(one) == [
        (2, "movie", "tt0113277", "Heat (1995)"),
        (3, "movie", "tt10872600", "Spider-Man: No Way Home (2021)"),
        (5, "show", "tt2531336", "Lupin (2021)"),
        (9, "movie", "tt39999991", "Untitled 🎬 Project"),
    ]
    assert left_out(one) == [(6, "episode"), (7, "duplicate"), (8, "video_game")]
    assert one.name == "imdb-2024"
    assert parsed("imdb-2024.csv").format == "imdb"


def test_imdb_ratings_are_a_list_of_what_was_rated() -> None:
    assert [row.ids.imdb for row in only("imdb-ratings-2024.csv").rows] == ["tt0113277", "tt0141842"]


def test_imdb_of_2018_in_windows_1252() -> None:
    content = (SAMPLES / "imdb-2018.csv").read_bytes()
    for one in (only("imdb-2018.csv"), only("imdb-2018.csv", content.decode("cp1252").encode())):
        assert shown(one)[0] == (2, "movie", "tt0110413", "Léon (1994)")
        assert shown(one)[1] == (3, "show", "tt2531336", "Lupin (2021)")
        assert one.rows[2].name == "Il buono, il brutto, il cattivo"


def test_rows_of_commas_only_are_nothing() -> None:
    one = only("imdb-2018-excel.csv")
    assert [row.ids.imdb for row in one.rows] == ["tt0185906", "tt0141842"]
    assert [row.media_type for row in one.rows] == ["show", "show"]
    assert one.left_out.total == 0


def test_imdb_until_2017_with_other_heads_and_an_unknown_year() -> None:
    assert shown(only("imdb-2011.csv")) == [
        (2, "movie", "tt0087800", "Nightmare (1984)"),
        (3, "movie", "tt0245429", "La città incantata (2001)"),
        (4, "show", "tt0185906", "Band of Brothers (2001)"),
        (5, "movie", "tt2094116", "Untitled third one"),
    ]


def test_translated_type_words_are_known_and_an_unknown_one_loses_no_id() -> None:
    one = only("imdb-2024-french.csv")
    assert [row.media_type for row in one.rows] == ["movie", "show", "show", None]
    assert one.rows[3].ids == TitleIds(imdb="tt0110912")
    assert left_out(one) == [(5, "video_game")]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("TV Mini Series", "show"),
        ("tvMiniSeries", "show"),
        ("Mini-Series", "show"),
        ("Feature Film", "movie"),
        ("TV Movie", "movie"),
        ("Mini-série télévisée", "show"),
        ("Fernsehserie", "show"),
        ("Película", "movie"),
        ("Episodio TV", "episode"),
        ("Minissérie de televisão", "show"),
        ("Videospiel", "video_game"),
        ("Whatever", None),
        ("", None),
    ],
)
def test_words_for_kinds(word: str, meaning: str | None) -> None:
    assert meaning_of(word) == meaning


def test_people_are_left_out_and_said() -> None:
    one = only("imdb-people.csv")
    assert not one.rows
    assert one.left_out.counts == {"person": 2}
    assert one.left_out.rows[0].text == "Al Pacino"


def test_a_letterboxd_list_whose_description_looks_like_its_second_table() -> None:
    one = only("letterboxd-list-v7.csv")
    assert one.name == "Rain, neon & 2:37 🌃"
    assert one.description is not None
    assert one.description.startswith("Films where it rains.\n\nPosition,Name")
    assert [(row.name, row.year) for row in one.rows] == [
        ("Heat", 1995),
        ("The Good, the Bad and the Ugly", 1966),
        ("2:37", 2006),
        ("¡Atraco!", 2012),
        ("Untitled", None),
        ("Band of Brothers", 2001),
    ]
    assert [row.number for row in one.rows] == [10, 11, 13, 14, 15, 16]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
def test_a_letterboxd_list_with_any_line_end(line_end: str, mark: str) -> None:
    text = mark + (SAMPLES / "letterboxd-list-v7.csv").read_text(encoding="utf-8").replace("\n", line_end)
    one = only("x.csv", text.encode())
    assert (one.name, len(one.rows)) == ("Rain, neon & 2:37 🌃", 6)


def test_a_letterboxd_list_from_before_version_7() -> None:
    one = only("letterboxd-list-old.csv")
    assert (one.name, one.description) == ("Old ones", None)
    assert [row.text for row in one.rows] == ["Heat (1995)", "Léon: The Professional (1994)"]


def test_a_letterboxd_watchlist() -> None:
    one = only("letterboxd-watchlist.csv")
    assert one.name == "letterboxd-watchlist"
    assert [row.text for row in one.rows] == ["Heat (1995)", "¡Atraco! (2012)", "Untitled"]


def test_letterboxds_import_form_has_films_with_ids_or_without() -> None:
    file = parsed("letterboxd-import-form.csv")
    assert file.format == "letterboxd-import"
    (one,) = file.lists
    assert [row.ids for row in one.rows] == [TitleIds(tmdb=949, imdb="tt0113277"), TitleIds(tmdb=680), TitleIds()]
    assert {row.assumed_type for row in one.rows} == {"movie"}


def test_a_trakt_csv_leaves_seasons_and_episodes_out_though_they_have_the_ids_of_their_show() -> None:
    one = only("trakt-list.csv")
    assert [row.ids for row in one.rows] == [
        TitleIds(trakt=5, tmdb=949, imdb="tt0113277"),
        TitleIds(trakt=175, imdb="tt2531336"),
    ]
    assert left_out(one) == [(4, "season"), (5, "episode")]


def test_trakts_items_as_json() -> None:
    file = parsed("trakt-list.json")
    assert file.format == "trakt"
    (one,) = file.lists
    assert [row.ids for row in one.rows[:2]] == [
        TitleIds(trakt=5, tmdb=949, imdb="tt0113277"),
        TitleIds(trakt=175, tmdb=96677, imdb="tt2531336", tvdb=362696),
    ]
    assert (one.rows[2].name, one.rows[2].ids) == ("Untitled", TitleIds())
    assert left_out(one) == [(3, "episode"), (4, "season"), (5, "person"), (6, "no_title")]


def test_tmdbs_numbers_of_movies_and_shows_overlap() -> None:
    assert [(row.media_type, row.ids.tmdb, row.ids.imdb) for row in only("tmdb-export.csv").rows] == [
        ("movie", 949, "tt0113277"),
        ("movie", 1398, "tt0079944"),
        ("show", 1398, "tt0141842"),
        ("movie", 680, None),
    ]


@pytest.mark.parametrize("name", ["mdblist.json", "mdblist-parts.json"])
def test_mdblist_in_both_forms(name: str) -> None:
    file = parsed(name)
    assert file.format == "mdblist"
    found = {(row.media_type, row.ids.tmdb, row.ids.imdb, row.ids.tvdb) for row in file.lists[0].rows if row.ids}
    assert found == {("movie", 949, "tt0113277", None), ("show", 1398, "tt0141842", 75299)}


def test_mdblists_other_media_types_are_left_out() -> None:
    assert left_out(only("mdblist.json")) == [(3, "other_kind")]


def test_yamtrack_without_titles() -> None:
    assert [(row.media_type, row.ids.tmdb) for row in only("yamtrack.csv").rows] == [("movie", 949), ("show", 1398)]


def test_ids_one_a_line_and_addresses_of_three_sites() -> None:
    one = only("ids.txt")
    assert [(row.number, row.media_type, row.ids, row.name, row.year) for row in one.rows] == [
        (2, None, HEAT, "", None),
        (3, None, TitleIds(imdb="tt10872600"), "", None),
        (4, None, TitleIds(imdb="tt0141842"), "", None),
        (5, "movie", TitleIds(tmdb=680), "", None),
        (6, "show", TitleIds(tmdb=1398), "", None),
        (8, "movie", TitleIds(), "the insider", 1999),
        (9, "show", TitleIds(trakt=175), "", None),
        (10, None, TitleIds(tmdb=603), "", None),
        (11, None, TitleIds(trakt=481), "", None),
    ]
    assert left_out(one) == [(7, "episode"), (12, "person"), (13, "no_title"), (14, "no_title"), (15, "duplicate")]


def test_ids_below_a_head() -> None:
    assert [row.ids.imdb for row in only("ids-only.csv").rows] == ["tt0113277", "tt0114709"]


def test_an_address_in_the_column_of_an_id() -> None:
    first, second = only("movieo.csv").rows
    assert (first.ids.tmdb, second.ids.imdb, second.text) == (949, "tt0110912", "Pulp Fiction (1994)")


def test_a_list_of_films_for_radarr() -> None:
    assert [row.ids.imdb for row in only("radarr.json").rows] == ["tt0113277", "tt0110912"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_every_encoding_and_separator(encoding: str, separator: str) -> None:
    rows = [["Position", "Const", "Title", "Title Type", "Year"], ["1", "tt0110413", "Léon", "movie", "1994"]]
    text = "\r\n".join(separator.join(row) for row in rows)
    assert shown(only("x.csv", text.encode(encoding))) == [(2, "movie", "tt0110413", "Léon (1994)")]


def test_excels_line_that_names_the_separator() -> None:
    assert [row.ids for row in only("x.csv", b"sep=;\r\nconst;title\r\ntt0113277;Heat\r\n").rows] == [HEAT]


def test_one_odd_line_does_not_spoil_the_others() -> None:
    content = "const,title\ntt0110413,Léon\n".encode() + b"tt0113277,Ol\xe9\n" + "tt0114709,Déjà\n".encode()
    assert [row.name for row in only("x.csv", content).rows] == ["Léon", "Olé", "Déjà"]


@pytest.mark.parametrize("rest", ["", '5,tt0000005,"a, b",E\n'], ids=["to the end", "to the next quote"])
def test_a_quote_that_nobody_closed_costs_no_row(rest: str) -> None:
    rows = '1,tt0000001,,A\n2,tt0000002,"open,B\n3,tt0000003,,C\n4,tt0000004,,D\n'
    one = only("x.csv", f"position,const,description,title\n{rows}{rest}".encode())
    expected = [f"tt000000{number}" for number in range(1, 6 if rest else 5)]
    assert [row.ids.imdb for row in one.rows] == expected
    assert [row.number for row in one.rows] == list(range(2, len(expected) + 2))


@pytest.mark.parametrize("blank", ["0", "", " ", "-", "null", "tt0000000", "tt"])
def test_an_id_that_says_nothing_is_none(blank: str) -> None:
    content = f"imdb_id,tmdb_id,title,year\n{blank},{blank},Heat,1995\n".encode()
    assert [row.ids for row in only("x.csv", content).rows] == [TitleIds()]


@pytest.mark.parametrize("impossible", ["99999999999", "2147483648", "tt1234567890"])
def test_an_id_that_cannot_exist_is_none_and_is_kept_for_the_report(impossible: str) -> None:
    ids = TitleIds(refused=impossible)
    assert [row.ids for row in only("x.csv", f"imdb_id,title\n{impossible},Heat\n".encode()).rows] == [ids]
    assert not ids


def test_a_row_of_other_lengths_breaks_nothing() -> None:
    content = b"const,title,year\ntt0113277\ntt0114709,Toy Story,1995,more,and more\n,,\n"
    assert [row.text for row in only("x.csv", content).rows] == ["tt0113277", "Toy Story (1995)"]


def test_a_list_has_at_most_ten_thousand_titles_and_says_what_is_over() -> None:
    content = "imdb\n" + "".join(f"tt{number:07}\n" for number in range(1, 12_001))
    one = only("x.csv", content.encode())
    assert len(one.rows) == 10_000
    assert one.left_out.counts == {"over_limit": 2000}
    assert len(one.left_out.rows) == 1000


@pytest.mark.parametrize(
    "content",
    [b"", b" \n", b"hello", b"{}", b"[1, 2", b'{"a": [', b"a,b,c\n1,2,3\n", b"\x89PNG\r\n\x1a\n\0\0\0", b"[" * 100_000],
    ids=["empty", "blank", "prose", "object", "broken", "open", "columns", "picture", "deep"],
)
def test_what_is_no_list_is_refused_with_what_was_expected(content: bytes) -> None:
    with pytest.raises(ImportNotRecognisedError, match="expected was a list, ratings or a watchlist of IMDb"):
        parse_file(content, "x.csv")


def test_names_are_stored_without_what_cannot_be_stored() -> None:
    content = b'[{"title": "He\\u0000at \\ud800 \\u202e", "imdb_id": "tt0113277"}]'
    (row,) = only("x.json", content).rows
    assert isinstance(row, FileRow)
    assert row.name == "He at ?"
