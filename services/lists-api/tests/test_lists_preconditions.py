"""Writers and readers that name the version they know: If-Match and If-None-Match."""

import pytest

from lists_api.testing import Api, movies


async def test_a_writer_that_names_another_version_changes_nothing(api: Api) -> None:
    made = await api.create(items=movies(1))
    path = f"/api/lists/{made['id']}"
    for method, address, body in (
        ("PATCH", path, {"title": "Mine"}),
        ("DELETE", path, None),
        ("POST", f"{path}/items", {"items": movies(2)}),
        ("DELETE", f"{path}/items", {"items": movies(1)}),
        ("PUT", f"{path}/items", {"items": []}),
        ("POST", f"{path}/sync", None),
    ):
        response = await api.call(method, address, json=body, headers={"If-Match": '"2"'})
        assert (response.status_code, response.json()["slug"]) == (412, "version-mismatch"), (method, address)
        assert response.json()["version"] == 1
    assert (await api.call("GET", path)).json() == made
    assert len(await api.outbox()) == 1


@pytest.mark.parametrize("if_match", ['"1"', "*", '"9", "1"', '"1-4"'])
async def test_a_writer_that_names_the_version_goes_on(api: Api, if_match: str) -> None:
    made = await api.create()
    response = await api.call(
        "PATCH", f"/api/lists/{made['id']}", json={"title": "Mine"}, headers={"If-Match": if_match}
    )
    assert response.json()["version"] == 2


@pytest.mark.parametrize(
    ("if_none_match", "status"), [('"1"', 304), ('W/"1"', 304), ("*", 304), ('"7", "1"', 304), ('"2"', 200)]
)
async def test_a_reader_that_has_the_list_gets_it_only_when_it_changed(
    api: Api, if_none_match: str, status: int
) -> None:
    made = await api.create()
    response = await api.call("GET", f"/api/lists/{made['id']}", headers={"If-None-Match": if_none_match})
    assert response.status_code == status
    assert response.headers["etag"] == '"1"'
    assert bool(response.content) == (status == 200)
