"""Files in the catalogue: which rows are one title, which are refused, and what an import leaves when it ends early."""

import asyncio
import gzip

import pytest

from chassis.testing import eventually
from lists_api.catalogue.testing import HEAT, OWN, Catalogue, merged
from lists_api.errors import CatalogueFileError
from lists_api.store.catalogue_import import LOCK, MANY_ROWS


async def test_a_title_has_what_its_row_says(catalogue: Catalogue) -> None:
    assert merged(await catalogue.own(HEAT)) == (1, 0, 0, 0)
    assert await catalogue.titles() == [("movie", 481, 949, "tt0113277", "Heat")]
    assert await catalogue.titles(
        "year, genres, language, runtime, rating, votes, rating_source, popularity, is_active, folded"
    ) == [(1995, ["crime", "drama"], "en", 170, 790, 5000, "own", 2050, True, "heat")]


async def test_the_same_file_again_changes_nothing(catalogue: Catalogue) -> None:
    await catalogue.own(HEAT)
    before = await catalogue.titles("title_id, updated_at, xmin")
    assert merged(await catalogue.own(HEAT)) == (0, 0, 1, 0)
    assert await catalogue.titles("title_id, updated_at, xmin") == before


async def test_a_later_import_updates_what_it_knows_and_keeps_what_it_does_not(catalogue: Catalogue) -> None:
    await catalogue.own(HEAT)
    assert merged(await catalogue.own("movie,Heat!,,tt0113277,,,,171,,,,")) == (0, 1, 0, 0)
    assert await catalogue.titles("name, tmdb, year, genres, runtime, rating, votes") == [
        ("Heat!", 949, 1995, ["crime", "drama"], 171, 790, 5000)
    ]


async def test_movie_5_is_not_show_5(catalogue: Catalogue) -> None:
    await catalogue.own("movie,Four Rooms,1995,,5,,,,,,,", "show,Another,2001,,5,,,,,,,")
    assert await catalogue.titles("media_type, tmdb, name") == [("movie", 5, "Four Rooms"), ("show", 5, "Another")]


async def test_the_same_film_twice_in_a_file_is_one_title_and_the_later_row_counts(catalogue: Catalogue) -> None:
    rows = [f"movie,Heat {number},,tt0113277,949,,,,,,," for number in range(30)]
    report = await catalogue.own("movie,Heat,1995,tt0113277,949,Crime,,,,,,", *rows)
    assert await catalogue.titles("name, year, genres") == [("Heat 29", 1995, ["crime"])]
    assert not catalogue.rejects.exists()
    assert merged(report)[0] == 1


async def test_rows_that_share_one_id_each_are_one_title(catalogue: Catalogue) -> None:
    await catalogue.own(
        "movie,Heat,1995,,949,,,,,,,", "movie,Heat,,tt0113277,,,,,,,,", "movie,Heat,,tt0113277,949,,,170,,,,"
    )
    assert await catalogue.titles("tmdb, imdb, year, runtime") == [(949, "tt0113277", 1995, 170)]


async def test_a_row_with_the_ids_of_two_titles_joins_them(catalogue: Catalogue) -> None:
    await catalogue.own("movie,Heat,1995,,949,Crime,,,8.0,10,3,", "movie,HEAT,,tt0113277,,,en,,7.0,900,,")
    report = await catalogue.own("movie,Heat,,tt0113277,949,,,,,,,481")
    assert merged(report) == (0, 1, 0, 1)
    columns = "trakt, tmdb, imdb, year, genres, language, rating, votes, popularity"
    assert await catalogue.titles(columns) == [(481, 949, "tt0113277", 1995, ["crime"], "en", 700, 900, 300)]


async def test_three_titles_become_one_by_a_row_with_their_three_ids(catalogue: Catalogue) -> None:
    await catalogue.own("movie,A,,,949,,,,,,,", "movie,B,1995,tt0113277,,,,,,,,", "movie,C,,,,Crime,,,,,,481")
    report = await catalogue.own("movie,Heat,,tt0113277,949,,,,,,,481")
    assert merged(report) == (0, 1, 0, 2)
    assert await catalogue.titles("trakt, tmdb, imdb, name, year, genres") == [
        (481, 949, "tt0113277", "Heat", 1995, ["crime"])
    ]


async def test_contradicting_ids_stay_apart_and_are_reported(catalogue: Catalogue) -> None:
    await catalogue.own(HEAT)
    report = await catalogue.own("movie,Not Heat,1986,tt0000009,949,,,,,,,")
    assert merged(report) == (1, 0, 0, 0)
    assert await catalogue.titles("tmdb, imdb, name") == [(949, "tt0113277", "Heat"), (None, "tt0000009", "Not Heat")]
    assert "its ids contradict those of known titles; kept apart" in catalogue.rejects.read_text()


async def test_a_row_whose_ids_all_belong_to_others_is_left_out_and_reported(catalogue: Catalogue) -> None:
    await catalogue.own(HEAT, "movie,Ronin,1998,tt0122690,8195,,,,,,,")
    before = await catalogue.titles()
    await catalogue.own("movie,Mixed,,tt0113277,8195,,,,,,,")
    assert await catalogue.titles() == before
    assert "left out: all its ids belong to them" in catalogue.rejects.read_text()


async def test_two_rows_that_join_the_same_title_both_count(catalogue: Catalogue) -> None:
    await catalogue.own("movie,Heat,,tt0113277,949,,,,,,,")
    await catalogue.own("movie,Heat,1995,tt0113277,,,,,,,,", "movie,Heat,,,949,Crime,,,,,,")
    assert await catalogue.titles("tmdb, imdb, year, genres") == [(949, "tt0113277", 1995, ["crime"])]


async def test_many_rows_that_share_an_id_and_contradict_one_another_end_all_the_same(catalogue: Catalogue) -> None:
    await catalogue.own(*(f"movie,Clone {number},,tt{number:07},949,,,,,,," for number in range(1, 40)))
    titles = await catalogue.titles("tmdb, name")
    assert titles[0] == (949, "Clone 1")
    assert {tmdb for tmdb, _ in titles[1:]} == {None}
    assert len(titles) + catalogue.rejects.read_text().count("shares an id with more than") == 39


async def test_bad_rows_are_told_and_the_others_taken(catalogue: Catalogue) -> None:
    path = catalogue.folder / "odd.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + OWN.encode() + b"\r\n"
        b"movie,Heat,1995,tt0113277,949,,,,,,,\r\n"
        b"movie,Short row\r\n"
        b",,,,,,,,,,,\r\n"
        b"episode,Pilot,,tt0000001,,,,,,,,\r\n"
        b"movie,,1995,tt0000002,,,,,,,,\r\n"
        b"movie,No id,1995,,0,,,,,,,\r\n"
        b"movie,Bad id,1995,nm0000001,,,,,,,,\r\n"
        b"movie,Bad year,soon,tt0000003,,,,,,,,\r\n"
        b"movie,Bad rating,,tt0000004,,,,,11,5,,\r\n"
        b"movie,Caf\xe9,1995,tt0000005,,,,,,,,\r\n"
        b'movie,"Two\r\nlines \\ and\ttab\x00",,tt0000006,,,,,nan,0,,\r\n'
    )
    report = await catalogue.take(path)
    assert await catalogue.titles("imdb, name") == [("tt0113277", "Heat"), ("tt0000006", "Two lines \\ and tab")]
    assert (report.files[0].rows, report.files[0].rejected) == (2, 8)
    lines = catalogue.rejects.read_text().splitlines()
    assert lines[0] == "file,line,reason,row"
    assert [line.split(",")[1] for line in lines[1:]] == ["3", "5", "6", "7", "8", "9", "10", "11"]


async def test_a_dry_run_says_the_same_and_changes_nothing(catalogue: Catalogue) -> None:
    await catalogue.own(HEAT)
    path = catalogue.file(OWN, "movie,Heat!,,tt0113277,,,,,,,,", "show,New,,tt0000001,,,,,,,,")
    before = await catalogue.titles("title_id, name, xmin")
    dry = await catalogue.take(path, is_dry_run=True)
    assert await catalogue.titles("title_id, name, xmin") == before
    assert merged(dry) == merged(await catalogue.take(path)) == (1, 1, 0, 0)


async def test_a_compressed_file_is_read_as_a_plain_one(catalogue: Catalogue) -> None:
    path = catalogue.folder / "titles.csv.gz"
    path.write_bytes(gzip.compress(f"{OWN}\n{HEAT}\n".encode()))
    await catalogue.take(path)
    assert len(await catalogue.titles()) == 1


WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is no catalogue file"),
    "something else": (b"Position,Const,Created\n1,tt0113277,\n", "is no catalogue file"),
    "binary": (bytes(range(256)), "is no catalogue file"),
    "zip": (b"PK\x03\x04", "is a zip file"),
    "utf-16": ("media_type,title".encode("utf-16"), "is UTF-16"),
    "cut gzip": (gzip.compress(f"{OWN}\n{HEAT}\n".encode())[:-9], "cannot be read to its end"),
    "no gzip": (b"\x1f\x8b nothing", "cannot be read to its end"),
    "json of something else": (b'{"name": "x"}\n', "is no catalogue file"),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
async def test_a_wrong_file_is_refused_and_nothing_imported(catalogue: Catalogue, content: bytes, message: str) -> None:
    good = catalogue.file(OWN, HEAT)
    wrong = catalogue.folder / "wrong"
    wrong.write_bytes(content)
    with pytest.raises(CatalogueFileError, match=message):
        await catalogue.take(good, wrong)
    assert await catalogue.titles() == []


async def test_a_file_that_is_not_there_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueFileError, match="No such file"):
        await catalogue.take(catalogue.folder / "none.csv")


async def test_a_cancelled_import_leaves_the_catalogue_and_can_be_run_again(catalogue: Catalogue) -> None:
    await catalogue.own(HEAT)
    path = catalogue.file(OWN, *(f"movie,Film {number},,,{number},,,,,,," for number in range(1, 20_000)))
    importing = asyncio.create_task(catalogue.take(path))
    await eventually(catalogue.has_read)
    importing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await importing
    assert len(await catalogue.titles()) == 1
    assert merged(await catalogue.take(path)) == (19_998, 1, 0, 0)


async def test_two_imports_wait_for_each_other(catalogue: Catalogue) -> None:
    await catalogue.connection.execute("SELECT pg_advisory_lock($1)", LOCK)
    importing = asyncio.create_task(catalogue.own(HEAT))
    await eventually(catalogue.is_waiting)
    assert await catalogue.titles() == []
    await catalogue.connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
    await importing
    assert len(await catalogue.titles()) == 1


async def test_a_large_first_import_has_all_its_indexes_afterwards(catalogue: Catalogue) -> None:
    indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'catalogue_title' ORDER BY indexname"
    before = await catalogue.connection.fetch(indexes)
    path = catalogue.file(OWN, *(f"movie,Film {number},,,{number},,,,,,," for number in range(1, MANY_ROWS + 2)))
    assert merged(await catalogue.take(path))[0] == MANY_ROWS + 1
    assert await catalogue.connection.fetch(indexes) == before
