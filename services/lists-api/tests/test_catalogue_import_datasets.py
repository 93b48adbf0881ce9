"""The datasets of IMDb and TMDB in the catalogue, and what one adds to the other."""

from lists_api.catalogue.testing import Catalogue

TMDB = (
    "id,title,vote_average,vote_count,status,release_date,runtime,adult,imdb_id,original_language,original_title,genres"
)
BASICS = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres"
RATINGS = "tconst\taverageRating\tnumVotes"


async def test_imdbs_datasets_come_in_one_command_or_in_two(catalogue: Catalogue) -> None:
    basics = catalogue.file(
        BASICS,
        "tt0113277\tmovie\tHeat\tHeat\t0\t1995\t\\N\t170\tAction,Crime,Drama",
        'tt0000001\tshort\t"Carmen"\tCarmen\t0\t1894\t\\N\t1\tShort',
        "tt0000002\ttvEpisode\tPilot\tPilot\t0\t\\N\t\\N\t\\N\t\\N",
        'tt0211915\tmovie\t"Amélie"\tLe fabuleux destin\t0\t2001\t\\N\t\\N\t\\N',
        "tt0903747\ttvSeries\tBreaking Bad\tBreaking Bad\t0\t2008\t2013\t45\tCrime,Drama",
        name="title.basics.tsv",
    )
    ratings = catalogue.file(
        RATINGS, "tt0113277\t8.3\t760000", "tt0000002\t7.0\t12", "tt0903747\t9.5\t2300000", name="title.ratings.tsv"
    )
    together = [
        ("movie", "tt0113277", "Heat", 830, 760000, "imdb"),
        ("movie", "tt0211915", '"Amélie"', None, 0, None),
        ("show", "tt0903747", "Breaking Bad", 950, 2300000, "imdb"),
    ]
    columns = "media_type, imdb, name, rating, votes, rating_source"
    await catalogue.take(ratings, basics)
    assert await catalogue.titles(columns) == together
    await catalogue.connection.execute("TRUNCATE catalogue_title")
    await catalogue.take(basics)
    report = await catalogue.take(ratings)
    assert report.rated == 2
    assert await catalogue.titles(columns) == together
    assert (await catalogue.take(ratings)).rated == 0


async def test_tmdbs_dataset_goes_over_imdbs(catalogue: Catalogue) -> None:
    basics = catalogue.file(BASICS, "tt0113277\tmovie\tHeat\tHeat\t0\t1995\t\\N\t170\tCrime", name="basics.tsv")
    ratings = catalogue.file(RATINGS, "tt0113277\t8.3\t760000", name="ratings.tsv")
    tmdb = catalogue.file(
        TMDB,
        '949,Heat,7.9,7000,Released,1995-12-15,170,False,tt0113277,en,Heat,"Action, Crime, Drama"',
        '950,"Only\nhere",7.9,10,Released,,0,False,,fr,Ici seulement,',
        "951,,0,0,Released,,0,False,,xx,Nur Original,",
    )
    await catalogue.take(basics, ratings, tmdb)
    columns = "tmdb, imdb, name, original_name, year, genres, language, rating, votes, rating_source, folded"
    assert await catalogue.titles(columns) == [
        (949, "tt0113277", "Heat", None, 1995, ["action", "crime", "drama"], "en", 830, 760000, "imdb", "heat"),
        (950, None, "Only here", "Ici seulement", None, [], "fr", 790, 10, "tmdb", "only here | ici seulement"),
        (951, None, "Nur Original", None, None, [], None, None, 0, None, "nur original"),
    ]


async def test_json_lines_have_tmdbs_names_and_genres_of_any_kind(catalogue: Catalogue) -> None:
    path = catalogue.file(
        '{"id": 1, "title": "A", "genres": ["Drama", "Crime"], "release_date": "1999-01-02", "imdb_id": "tt0000101",'
        ' "origin_country": ["FR"], "keywords": {"keywords": [{"id": 9, "name": "Heist|Plan"}]}}',
        '{"id": 2, "title": "B", "genre_ids": [18, 80], "vote_average": 6.5, "vote_count": 3, "popularity": 1.5}',
        '{"id": 2, "name": "C", "genres": [{"id": 18, "name": "Drama"}], "first_air_date": "2001-02-03",'
        ' "external_ids": {"imdb_id": "tt0000102", "tvdb_id": 77}, "episode_run_time": [45, 50]}',
        "",
        "not json",
        '{"id": "x", "title": "D"}',
        "[1]",
        name="titles.jsonl",
    )
    await catalogue.take(path)
    assert await catalogue.titles(
        "media_type, tmdb, tvdb, imdb, year, genres, countries, keywords, runtime, rating"
    ) == [
        ("movie", 1, None, "tt0000101", 1999, ["crime", "drama"], ["FR"], ["heist plan"], None, None),
        ("movie", 2, None, None, None, ["crime", "drama"], [], [], None, 650),
        ("show", 2, 77, "tt0000102", 2001, ["drama"], [], [], 45, None),
    ]
    assert [line.split(",")[1] for line in catalogue.rejects.read_text().splitlines()[1:]] == ["5", "6", "7"]


async def test_the_daily_export_adds_titles_and_renames_none(catalogue: Catalogue) -> None:
    await catalogue.own("movie,Amélie,2001,,194,,,,,,,")
    path = catalogue.file(
        '{"adult":false,"id":194,"original_title":"Le Fabuleux Destin","popularity":9.1,"video":false}',
        '{"adult":false,"id":195,"original_title":"Neu","popularity":0.6,"video":false}',
        name="ids.json",
    )
    await catalogue.take(path)
    assert await catalogue.titles("tmdb, name, original_name, popularity, folded") == [
        (194, "Amélie", "Le Fabuleux Destin", 910, "amelie | le fabuleux destin"),
        (195, "Neu", None, 60, "neu"),
    ]
