"""Who gets in: every route of the OpenAPI document, tried with tokens that are no good, and on another user's lists."""

from collections.abc import Callable

import httpx
from pydantic import AnyHttpUrl

from chassis.http.auth import Authenticator
from chassis.settings import AuthSettings
from chassis.testing_doors import Door, Values, assert_closed, assert_nobody_elses, doors, rows_of, without
from chassis.testing_identity import LOCAL, LOCAL_KEY, PROVIDER, keys_page
from lists_api.testing import Api, movies, token_of

OPEN = {
    "GET /api/feeds/{token}/radarr.json",
    "GET /api/feeds/{token}/sonarr.json",
    "GET /api/feeds/{token}/list.csv",
    "GET /api/feeds/{token}/list.json",
    "GET /api/account/erase/{erasure_id}",
    "POST /api/session",
    "DELETE /api/session",
    "GET /health/live",
    "GET /health/ready",
}
"""Routes without a bearer token: feeds and erasures have a secret in their address, sessions a code or a cookie."""
NO_ID = "018f0000-0000-7000-8000-000000000000"
MISSING = {"list_id": 987654, "run_id": NO_ID, "version": 77, "import_id": NO_ID}


def test_only_these_routes_need_no_token() -> None:
    assert {door.name for door in doors("lists-api") if not door.needs_token} == OPEN


def trusting(api: Api, authenticator: Authenticator) -> Callable[[], Authenticator]:
    def use() -> Authenticator:
        api.app.state.authenticator = authenticator
        return authenticator

    return use


async def test_no_route_opens_to_a_bad_token_of_a_local_key(api: Api) -> None:
    settings = AuthSettings.model_validate({"auth_local_key": LOCAL_KEY})
    use = trusting(api, Authenticator(settings))
    assert await assert_closed(api.http, api.pool, LOCAL, "lists-api", use) > 1000


async def test_no_route_opens_to_a_bad_token_of_a_provider(api: Api) -> None:
    with keys_page() as page:
        use = trusting(api, Authenticator(AuthSettings(auth_jwks_url=AnyHttpUrl(page.url))))
        assert await assert_closed(api.http, api.pool, PROVIDER, "lists-api", use) > 1000
        assert page.reads < 5, "strangers make us ask the provider"


async def objects_of(api: Api, user: str) -> Values:
    """Make a user's list, of some versions and with a run and a feed, and an import; return what they are known by."""
    made = await api.create(user=user, items=movies(1, 2))
    path = f"/api/lists/{made['id']}"
    versions = 3 if user == "ada" else 1
    for number in range(1, versions):
        assert (await api.call("PATCH", path, user=user, json={"title": f"Heists {number}"})).status_code == 200
    assert (await api.call("POST", f"{path}/feed", user=user)).status_code == 201
    run = await api.call("POST", f"{path}/sync", user=user)
    asked = await api.call("POST", "/api/imports/trakt", user=user, json={"trakt_list": "best-heists"})
    return {
        "list_id": made["id"],
        "run_id": run.json()["run_id"],
        "version": versions,
        "import_id": asked.json()["import_id"],
    }


async def test_what_is_another_users_is_not_there(api: Api) -> None:
    ada, eve = await objects_of(api, "ada"), await objects_of(api, "eve")

    async def knock(user: str, door: Door, values: Values) -> httpx.Response:
        return await door.knock(api.http, f"Bearer {token_of(user)}", values)

    before = without(await rows_of(api.pool), "eve")
    names = await assert_nobody_elses(knock, "lists-api", ada=ada, eve=eve, missing=MISSING)
    assert len(names) > 20
    assert without(await rows_of(api.pool), "eve") == before
    for door in doors("lists-api"):  # the same requests, by her whose they are
        if door.name in names:
            answer = await knock("ada", door, ada)
            assert answer.status_code != httpx.codes.NOT_FOUND, door.name


async def test_a_file_comes_into_no_list_of_another_user(api: Api) -> None:
    made = await api.create(items=movies(1))
    file = {"file": ("list.txt", "tt0113277\n")}
    for list_id in (made["id"], 987654):
        answer = await api.call("POST", "/api/imports", user="eve", data={"list_id": str(list_id)}, files=file)
        assert (answer.status_code, answer.json()["detail"]) == (404, f"You have no list {list_id}.")
    assert (await api.call("GET", f"/api/lists/{made['id']}")).json()["item_count"] == 1
