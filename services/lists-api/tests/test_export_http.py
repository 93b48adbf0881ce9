"""Lists as files: what is in them, and that they come back as they went."""

import csv
import io
import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists_api.feeds.domain.csv_export import IMDB_COLUMNS
from lists_api.feeds.domain.file_names import content_disposition
from lists_api.imports.testing import fill_catalogue
from lists_api.testing import Api

ITEMS = [
    {"media_type": "movie", "ids": {"imdb": "tt0113277"}},
    {"media_type": "show", "ids": {"tmdb": 1398}},
    {"media_type": "movie", "ids": {"tmdb": 5236}},
    {"media_type": "movie", "ids": {"trakt": 77}},
    {"media_type": "show", "ids": {"trakt": 78, "imdb": "tt9999998"}},
    {"media_type": "movie", "ids": {"tmdb": 1398}},
    {"media_type": "movie", "ids": {"tmdb": 101}},
]


@pytest.fixture(autouse=True)
async def catalogue(api: Api) -> None:
    await fill_catalogue(api.pool)
    await api.pool.execute(
        "UPDATE catalogue_title SET rating_source = 'imdb', runtime = 170, release_date = '1995-12-15'"
        " WHERE imdb = 'tt0113277'"
    )


async def exported(api: Api, list_id: int, form: str) -> Any:  # noqa: ANN401 - httpx's answer
    answer = await api.call("GET", f"/api/lists/{list_id}/export?format={form}")
    assert answer.status_code == 200
    return answer


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_a_csv_has_imdbs_columns_and_what_the_catalogue_knows(api: Api) -> None:
    made = await api.create(items=ITEMS)
    answer = await exported(api, made["id"], "csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = table(answer.text)
    assert tuple(rows[0])[: len(IMDB_COLUMNS)] == IMDB_COLUMNS
    day = made["created_at"][:10]
    assert rows[0] == dict.fromkeys(rows[0], "") | {
        "Position": "1",
        "Const": "tt0113277",
        "Created": day,
        "Modified": day,
        "Title": "Heat",
        "Original Title": "Heat",
        "URL": "https://www.imdb.com/title/tt0113277/",
        "Title Type": "Movie",
        "IMDb Rating": "8.3",
        "Runtime (mins)": "170",
        "Year": "1995",
        "Genres": "Crime, Drama",
        "Num Votes": "100",
        "Release Date": "1995-12-15",
        "TMDB ID": "949",
        "Trakt ID": "5",
    }
    assert [(row["Const"], row["TMDB ID"], row["Trakt ID"], row["Title Type"]) for row in rows[1:]] == [
        ("tt0141842", "1398", "", "TV Series"),
        ("", "5236", "", "Movie"),
        ("", "", "77", "Movie"),
        ("tt9999998", "", "78", "TV Series"),
        ("tt0079944", "1398", "", "Movie"),
        ("tt2170667", "101", "", "Movie"),
    ]
    assert rows[1]["TVDB ID"] == "75299"
    assert rows[1]["IMDb Rating"] == ""  # another source's rating is not IMDb's


async def test_the_json_has_the_name_the_filters_and_the_items(api: Api) -> None:
    filters = {"genres": ["comedy"], "year_from": 1990, "min_rating": 7.5}
    made = await api.create(list_type="custom", filters=filters, description="Two\nlines", items=ITEMS[:1])
    body = (await exported(api, made["id"], "json")).json()
    assert body["filters"] == made["filters"]
    assert {name: body[name] for name in ("format", "version", "name", "description", "list_type")} == {
        "format": "watchbuddy-list",
        "version": 1,
        "name": "Heists",
        "description": "Two\nlines",
        "list_type": "custom",
    }
    assert body["items"][0]["ids"] == {"trakt": 5, "tmdb": 949, "imdb": "tt0113277", "tvdb": None}
    assert body["items"][0]["title"] == "Heat"


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("has_catalogue", [True, False], ids=["known", "unknown"])
async def test_an_export_is_read_back_as_the_same_list(api: Api, form: str, has_catalogue: bool) -> None:
    if not has_catalogue:
        await api.pool.execute("DELETE FROM catalogue_title")
    made = await api.create(title="Heists & 'more'", description="Plans", items=ITEMS)
    first = await exported(api, made["id"], form)
    files = {"file": (f"Heists & 'more'.{form}", first.content)}
    imported = (await api.call("POST", "/api/imports", files=files)).json()
    (one,) = imported["lists"]
    assert one["title"] == "Heists & 'more'"
    assert (one["taken"], one["left_out"]["total"], one["not_recognised"]["total"]) == (len(ITEMS), 0, 0)
    assert (await exported(api, one["list_id"], form)).content == first.content
    if form == "json":
        assert imported["format"] == "watchbuddy"


async def test_a_custom_list_is_read_back_with_its_filters(api: Api) -> None:
    made = await api.create(list_type="custom", filters={"genres": ["crime"], "min_rating": 7.5}, items=ITEMS[:1])
    file = {"file": ("x.json", (await exported(api, made["id"], "json")).content)}
    answer = await api.call("POST", "/api/imports", files=file, data={"list_type": "custom"})
    (one,) = answer.json()["lists"]
    read = (await api.call("GET", f"/api/lists/{one['list_id']}")).json()
    assert (read["filters"], read["is_paused"]) == (made["filters"], False)


async def test_filters_that_nobody_knows_are_none(api: Api) -> None:
    content = json.dumps({"format": "watchbuddy-list", "items": ["tt0113277"], "filters": {"mood": "odd"}}).encode()
    answer = await api.call("POST", "/api/imports", files={"file": ("x.json", content)}, data={"list_type": "custom"})
    (one,) = answer.json()["lists"]
    read = (await api.call("GET", f"/api/lists/{one['list_id']}")).json()
    assert (one["taken"], read["is_paused"], read["filters"]["genres"]) == (1, True, [])


async def test_a_title_that_looks_like_a_formula_is_text_in_a_spreadsheet_and_comes_back(api: Api) -> None:
    await api.pool.execute("UPDATE catalogue_title SET name = '=2+5*cmd' WHERE imdb = 'tt0113277'")
    made = await api.create(items=ITEMS[:1])
    text = (await exported(api, made["id"], "csv")).text
    assert table(text)[0]["Title"] == "'=2+5*cmd"


async def test_the_file_is_named_after_the_list(api: Api) -> None:
    made = await api.create(title='Rain/Neon: "2"\\ - Žluťoučký 🌃')
    header = (await exported(api, made["id"], "csv")).headers["content-disposition"]
    plain, _, encoded = header.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="Rain Neon 2 - Zlutoucky.csv"'
    assert unquote(encoded) == "Rain Neon 2 - Žluťoučký 🌃.csv"


@given(st.text(max_size=300))
def test_no_title_breaks_the_header_of_the_file_name(title: str) -> None:
    header = content_disposition(title, "csv")
    header.encode("ascii")
    plain = header.removeprefix('attachment; filename="').partition('"')[0]
    assert plain.endswith(".csv")
    assert not set(plain) & set('"\\/;:*?<>|%\r\n\0')
    assert len(header) < 2000


async def test_another_users_list_is_not_exported(api: Api) -> None:
    made = await api.create()
    answer = await api.call("GET", f"/api/lists/{made['id']}/export", user="bob")
    assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")
    assert (await api.http.get(f"/api/lists/{made['id']}/export")).status_code == 401
    assert (await api.call("GET", f"/api/lists/{made['id']}/export?format=xml")).status_code == 422


async def test_ten_thousand_items_are_exported_at_once(api: Api) -> None:
    items = [{"media_type": "movie", "ids": {"tmdb": number}} for number in range(1, 10_001)]
    made = await api.create(items=items)
    assert len(table((await exported(api, made["id"], "csv")).text)) == 10_000
    assert len(json.loads((await exported(api, made["id"], "json")).content)["items"]) == 10_000
