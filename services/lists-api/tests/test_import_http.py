"""Files over HTTP: from the sample to the list, with everything that was not taken."""

import asyncio
from typing import Any

import httpx
import pytest

from lists_api.imports.testing import fill_catalogue, zip_of
from lists_api.testing import Api, running_api
from lists_api.testing_imports import (
    BAND,
    HEAT,
    HOLD_UP,
    LEON,
    LUPIN,
    PATH,
    PULP_FICTION,
    SAMPLES,
    SOPRANOS,
    STALKER,
    TOY_STORY,
    UGLY,
    alone,
    items_of,
    send,
    taken,
)

pytestmark = pytest.mark.usefixtures("small_catalogue")


EXPECTED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "ids-only.csv": [HEAT, TOY_STORY],
    "ids.txt": [HEAT, SOPRANOS, PULP_FICTION, alone("tt0140352"), LUPIN],
    "imdb-2011.csv": [alone("tt0087800"), alone("tt0245429"), BAND, alone("tt2094116")],
    "imdb-2018-excel.csv": [BAND, SOPRANOS],
    "imdb-2018.csv": [LEON, LUPIN, UGLY],
    "imdb-2024-french.csv": [HEAT, SOPRANOS, BAND, PULP_FICTION],
    "imdb-2024.csv": [HEAT, alone("tt10872600"), LUPIN, alone("tt39999991")],
    "imdb-ratings-2024.csv": [HEAT, SOPRANOS],
    "letterboxd-import-form.csv": [HEAT, PULP_FICTION, HOLD_UP],
    "letterboxd-list-old.csv": [HEAT, LEON],
    "letterboxd-list-v7.csv": [HEAT, UGLY, ("movie", {"trakt": None, "tmdb": 5236, "imdb": None}), HOLD_UP, BAND],
    "letterboxd-watchlist.csv": [HEAT, HOLD_UP],
    "mdblist-parts.json": [HEAT, SOPRANOS],
    "mdblist.json": [HEAT, SOPRANOS],
    "movieo.csv": [HEAT, PULP_FICTION],
    "radarr.json": [HEAT, PULP_FICTION],
    "tmdb-export.csv": [HEAT, STALKER, SOPRANOS, PULP_FICTION],
    "trakt-list.csv": [HEAT, LUPIN],
    "trakt-list.json": [HEAT, LUPIN],
    "yamtrack.csv": [HEAT, SOPRANOS],
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
async def test_a_sample_becomes_a_list_with_the_ids_that_the_catalogue_adds(api: Api, name: str) -> None:
    one = await taken(api, name)
    assert await items_of(api, one["list_id"]) == EXPECTED[name]
    assert one["taken"] == len(EXPECTED[name])
    (stored,) = await api.outbox(one["list_id"])
    assert stored.event.ce_type == "watchbuddy.list.created.v1"


def test_every_sample_is_expected() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {*EXPECTED, "imdb-people.csv"}


async def test_the_answer_says_what_was_not_recognised_ambiguous_and_left_out(api: Api) -> None:
    one = await taken(api, "letterboxd-list-v7.csv")
    assert one["title"] == "Rain, neon & 2:37 🌃"
    assert one["not_recognised"] == {"total": 0, "rows": []}
    (unsure,) = one["ambiguous"]["rows"]
    assert (unsure["row"], unsure["text"]) == (15, "Untitled")
    assert unsure["choices"] == [
        {
            "media_type": "movie",
            "ids": {"trakt": None, "tmdb": None, "imdb": "tt1764627"},
            "title": "Untitled",
            "year": 2011,
        }
    ]
    ids = await taken(api, "ids.txt")
    assert ids["not_recognised"]["rows"] == [
        {"row": 3, "text": "tt10872600", "reason": "unknown_kind"},
        {"row": 10, "text": "tmdb:603", "reason": "unknown_kind"},
        {"row": 11, "text": "trakt:481", "reason": "unknown_kind"},
    ]
    assert ids["left_out"]["reasons"] == {"episode": 1, "person": 1, "no_title": 2, "duplicate": 2}
    assert ids["left_out"]["total"] == len(ids["left_out"]["rows"]) == 6


async def test_the_client_adds_what_it_chose_of_the_choices(api: Api) -> None:
    one = await taken(api, "letterboxd-list-v7.csv")
    (choice,) = one["ambiguous"]["rows"][0]["choices"]
    item = {"media_type": choice["media_type"], "ids": choice["ids"]}
    added = await api.call("POST", f"/api/lists/{one['list_id']}/items", json={"items": [item]})
    assert added.json()["added"] == 1


async def test_a_zip_of_several_lists_makes_several(api: Api) -> None:
    content = zip_of(
        {
            "profile.csv": "x\n",
            "ratings.csv": "x\n",
            "watchlist.csv": (SAMPLES / "letterboxd-watchlist.csv").read_bytes(),
            "lists/rain.csv": (SAMPLES / "letterboxd-list-v7.csv").read_bytes(),
            "deleted/lists/gone.csv": (SAMPLES / "letterboxd-list-v7.csv").read_bytes(),
        }
    )
    answer = await send(api, "letterboxd.zip", content, title="Ignored")
    assert answer.status_code == 201
    body = answer.json()
    assert body["format"] == "letterboxd"
    assert [one["title"] for one in body["lists"]] == ["Watchlist", "Rain, neon & 2:37 🌃"]
    assert body["files_left_alone"] == ["profile.csv", "ratings.csv", "deleted/lists/gone.csv"]
    assert (await api.call("GET", "/api/lists")).json()["total"] == 2
    first = (await api.call("GET", f"/api/lists/{body['lists'][1]['list_id']}")).json()
    assert first["description"].startswith("Films where it rains.")


async def test_a_dry_run_reports_the_same_and_leaves_everything_as_it_was(api: Api) -> None:
    answer = await send(api, "imdb-2024.csv", dry_run="true")
    assert (answer.status_code, answer.json()["dry_run"]) == (200, True)
    (tried,) = answer.json()["lists"]
    assert (await api.call("GET", "/api/lists")).json()["total"] == 0
    assert await api.outbox() == []
    assert tried | {"list_id": 1} == await taken(api, "imdb-2024.csv") | {"list_id": 1}


async def test_a_dry_run_knows_what_the_list_has_already(api: Api) -> None:
    made = await api.create(items=[{"media_type": "movie", "ids": {"imdb": "tt0113277"}}])
    tried = (await send(api, "ids-only.csv", dry_run="true", list_id=str(made["id"]))).json()["lists"]
    assert [(one["title"], one["taken"], one["skipped"]) for one in tried] == [("Heists", 1, 1)]
    one = await taken(api, "ids-only.csv", list_id=str(made["id"]))
    assert tried == [one | {"list_id": None}]


async def test_a_dry_run_is_refused_what_the_import_would_be(dsn: str, api: Api) -> None:
    smart = {"list_type": "smart", "filters": {"genres": ["crime"]}}
    list_id = (await api.call("POST", "/api/lists", json=smart)).json()["id"]
    for flag in ("true", "false"):
        refused = await send(api, "ids-only.csv", dry_run=flag, list_id=str(list_id))
        assert (refused.status_code, refused.json()["slug"]) == (409, "list-fills-itself")
    async with running_api(dsn, quota_free_lists=1) as full:
        for flag in ("true", "false"):
            refused = await send(full, "ids-only.csv", dry_run=flag)
            assert (refused.status_code, refused.json()["slug"]) == (403, "quota-exceeded")


async def test_imports_have_a_quota_a_minute_also_in_parallel(dsn: str) -> None:
    async with running_api(dsn, quota_free_imports_per_minute=2) as api:
        await api.pool.execute("DELETE FROM use_count")
        answers = await asyncio.gather(*(send(api, "ids-only.csv", dry_run="true") for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
        refused = max(answers, key=lambda answer: answer.status_code)
        assert (refused.json()["slug"], refused.json()["limit"]) == ("too-many-imports", 2)
        assert 1 <= int(refused.headers["Retry-After"]) <= 60


async def test_titles_are_added_to_a_list_that_is_there(api: Api) -> None:
    made = await api.create(items=[{"media_type": "movie", "ids": {"imdb": "tt0113277"}}])
    one = await taken(api, "ids-only.csv", list_id=str(made["id"]))
    assert (one["list_id"], one["title"], one["taken"], one["skipped"]) == (made["id"], "Heists", 1, 1)
    assert await items_of(api, made["id"]) == [alone("tt0113277"), TOY_STORY]


async def test_another_users_list_is_not_there(api: Api) -> None:
    made = await api.create(user="bob")
    for list_id in (str(made["id"]), "999999"):
        answer = await send(api, "ids-only.csv", list_id=list_id)
        assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")


async def test_the_title_is_the_users_the_files_or_the_file_names(api: Api) -> None:
    assert (await taken(api, "ids-only.csv", title="Mine"))["title"] == "Mine"
    assert (await taken(api, "Best_of 2025.csv", b"tt0113277"))["title"] == "Best of 2025"
    assert (await taken(api, "\u2800.csv", b"tt0113277"))["title"] == "Imported list"


async def test_the_titles_of_a_custom_list_are_pinned_and_it_waits_for_its_filters(api: Api) -> None:
    one = await taken(api, "ids-only.csv", list_type="custom")
    again = await taken(api, "ids-only.csv", list_type="custom")
    assert one["list_id"] != again["list_id"]
    read = (await api.call("GET", f"/api/lists/{one['list_id']}")).json()
    assert (read["list_type"], read["is_paused"], read["item_count"]) == ("custom", True, 2)
    pinned = await api.pool.fetchval("SELECT count(*) FROM list_item WHERE list_id = $1 AND is_pinned", one["list_id"])
    assert pinned == 2


async def test_ten_thousand_rows_are_matched_and_taken_at_once(api: Api) -> None:
    rows = "".join(f"tt{number:07},movie,Film {number},{1950 + number % 70}\n" for number in range(200_000, 205_000))
    names = "".join(f",,Name {number},{1950 + number % 70}\n" for number in range(4999)) + ",,Heat,1995\n"
    one = await taken(api, "x.csv", f"imdb_id,type,title,year\n{rows}{names}".encode())
    assert one["taken"] == 5001
    assert one["not_recognised"]["total"] == 4999
    assert len(one["not_recognised"]["rows"]) == 1000


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"files": {"file": ("x.csv", b"hello")}}, 422, "import-not-recognised"),
        ({"files": {"file": ("x.csv", b"")}}, 422, "import-not-recognised"),
        ({"files": {"file": ("x.csv", b"imdb\n")}, "data": {"unknown": "1"}}, 422, "invalid-request"),
        ({"files": {"file": ("x.csv", b"imdb\n")}, "data": {"dry_run": "maybe"}}, 422, "invalid-request"),
        ({"files": {"file": ("x.csv", b"imdb\n")}, "data": {"list_id": "+1"}}, 422, "invalid-request"),
        ({"files": {"file": ("x.csv", b"imdb\n")}, "data": {"title": " "}}, 422, "invalid-request"),
        ({"files": {"file": ("x.csv", b"imdb\n")}, "data": {"list_type": "smart"}}, 422, "invalid-request"),
        ({"files": {"other": ("x.csv", b"imdb\n")}}, 422, "invalid-request"),
        ({"json": {"file": "imdb"}}, 415, "unsupported-media-type"),
        ({"content": b"imdb\n", "headers": {"Content-Type": "text/csv"}}, 415, "unsupported-media-type"),
        ({"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data"}}, 400, "bad-request"),
        ({"content": b"x" * 99, "headers": {"Content-Type": "multipart/form-data; boundary=a"}}, 400, "bad-request"),
    ],
    ids=[
        *("prose", "empty", "unknown field", "flag", "id", "title", "type", "no file", "json", "csv"),
        *("no boundary", "no parts"),
    ],
)
async def test_what_cannot_be_taken_is_a_problem(api: Api, body: dict[str, Any], status: int, slug: str) -> None:
    answer = await api.call("POST", PATH, **body)
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)
    assert await api.outbox() == []


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(dsn: str) -> None:
    async with running_api(dsn, max_body_bytes=2048) as api:
        answer = await send(api, "x.csv", b"imdb\n" * 500)
        assert (answer.status_code, answer.json()["slug"]) == (413, "too-large")


async def test_without_a_token_nothing_is_read(api: Api) -> None:
    answer = await api.http.post(PATH, files={"file": ("x.csv", b"imdb\ntt0113277\n")})
    assert (answer.status_code, answer.json()["slug"]) == (401, "unauthorized")


async def test_the_same_request_with_its_key_makes_its_lists_once(api: Api) -> None:
    content = zip_of({"a.csv": b"imdb\ntt0113277\n", "b.csv": b"imdb\ntt0114709\n"})

    async def import_zip(**fields: str) -> httpx.Response:
        headers = {"Idempotency-Key": "one"}
        return await api.call("POST", PATH, files={"file": ("x.zip", content)}, data=fields, headers=headers)

    first, second = await import_zip(), await import_zip()
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (await api.call("GET", "/api/lists")).json()["total"] == 2
    other = await import_zip(list_type="custom")
    assert (other.status_code, other.json()["slug"]) == (422, "idempotency-key-reused")


async def test_the_name_of_a_file_may_have_any_letters(api: Api) -> None:
    assert (await taken(api, "Žluťoučký kůň.csv", b"tt0113277"))["title"] == "Žluťoučký kůň"


async def test_over_the_quota_the_first_lists_stay_and_the_others_are_told(dsn: str) -> None:
    async with running_api(dsn, quota_free_lists=1) as api:
        await api.delete_everything()
        await fill_catalogue(api.pool)
        files = {"a.csv": b"imdb\ntt0113277\n", "b.csv": b"imdb\ntt0114709\n"}
        answer = await send(api, "x.zip", zip_of(files))
        first, second = answer.json()["lists"]
        assert (answer.status_code, first["taken"], first["refused"]) == (201, 1, None)
        assert (second["taken"], second["list_id"]) == (0, None)
        assert second["refused"].startswith("Quota exceeded")
        refused = await send(api, "x.zip", zip_of(files))
        assert (refused.status_code, refused.json()["slug"]) == (403, "quota-exceeded")
