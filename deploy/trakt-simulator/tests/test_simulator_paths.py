"""Paths as clients write them: a trailing slash and doubled slashes do not matter."""

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
