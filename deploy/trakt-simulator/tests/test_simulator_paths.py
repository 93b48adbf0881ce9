"""Paths as clients write them: slashes too many do not matter, and the slug in them is one account's."""

import pytest

from trakt_simulator.testing.in_process import InProcessTrakt

AUTHORIZE = "response_type=code&client_id=watchbuddy-local&redirect_uri=urn:ietf:wg:oauth:2.0:oob"


@pytest.mark.parametrize(
    "path",
    [
        f"//oauth/authorize?{AUTHORIZE}", f"/oauth//authorize?{AUTHORIZE}", f"/oauth/authorize/?{AUTHORIZE}",
        "//activate", "/activate/", "/activate//ABCD2345", "/_admin", "//_admin/", "/_admin//health/",
    ],
)  # fmt: skip
async def test_slashes_do_not_matter_for_pages_and_the_admin_api(unlimited: InProcessTrakt, path: str) -> None:
    assert (await unlimited.browser.get(f"http://trakt.test{path}")).status_code == 200


@pytest.mark.parametrize("path", ["/users//me/lists/", "//users/me//lists"])
async def test_slashes_do_not_matter_for_trakt(unlimited: InProcessTrakt, path: str) -> None:
    client = await unlimited.client()
    assert (await client.get(f"http://trakt.test{path}")).status_code == 200


@pytest.mark.parametrize("path", ["/activated", "/oauth/authorized", "/_administration", "/no/such/path"])
async def test_a_path_that_only_begins_like_ours_is_unknown_to_trakt(unlimited: InProcessTrakt, path: str) -> None:
    assert (await unlimited.client_without_token().get(path)).status_code == 405


async def test_a_slug_leads_to_its_account_whoever_has_it_as_a_username(unlimited: InProcessTrakt) -> None:
    first, second = await unlimited.client("an.kah"), await unlimited.client("an-kah")
    assert (await first.get("/users/an-kah")).json()["username"] == "an.kah"
    assert (await second.get("/users/an-kah-2")).json()["username"] == "an-kah"
    assert (await first.post("/users/an-kah/lists", json={"name": "mine"})).status_code == 201
    assert (await second.post("/users/an-kah/lists", json={"name": "not mine"})).status_code == 403
    assert (await unlimited.admin.get("/state", params={"account": "an-kah"})).json()["accounts"][0][
        "slug"
    ] == "an-kah-2"


@pytest.mark.parametrize("word", ["me", "settings", "Me"])
async def test_a_word_that_paths_use_otherwise_is_nobodys_slug(unlimited: InProcessTrakt, word: str) -> None:
    await unlimited.account(word)
    slug = (await unlimited.admin.get("/accounts")).json()[0]["slug"]
    assert slug == f"{word.lower()}-2"
    assert (await unlimited.client_without_token().get(f"/users/{slug}")).json()["username"] == word
