import asyncio
from datetime import timedelta

import pytest

from lists_api.lists.retention import sweep
from lists_api.testing import Api, movies

BODY = {"title": "Heists", "list_type": "manual", "items": movies(1, 2)}
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


async def test_a_repeated_request_gets_the_first_answer_and_makes_nothing(api: Api) -> None:
    first = await api.call("POST", "/api/lists", json=BODY, headers=KEY)
    await api.call("PATCH", first.headers["location"], json={"title": "Capers"})
    await api.call("DELETE", first.headers["location"])
    events = await api.outbox()
    again = await api.call("POST", "/api/lists", json=BODY, headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"] == '"1"'
    assert await api.outbox() == events


async def test_requests_with_one_key_at_the_same_time_make_one_list(api: Api) -> None:
    answers = await asyncio.gather(*(api.call("POST", "/api/lists", json=BODY, headers=KEY) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(await api.outbox()) == 1
    assert (await api.call("GET", "/api/lists")).json()["total"] == 1


async def test_a_key_with_another_body_is_refused(api: Api) -> None:
    await api.call("POST", "/api/lists", json=BODY, headers=KEY)
    response = await api.call("POST", "/api/lists", json=BODY | {"title": "Other"}, headers=KEY)
    assert (response.status_code, response.json()["slug"]) == (422, "idempotency-key-reused")
    assert len(await api.outbox()) == 1


async def test_the_same_json_written_otherwise_is_the_same_body(api: Api) -> None:
    await api.call("POST", "/api/lists", json=BODY, headers=KEY)
    content = '{ "items": [{"ids":{"tmdb":1},"media_type":"movie"},\n{"media_type":"movie","ids":{"tmdb":2}}],'
    content += '"list_type":"manual", "title":"Heists" }'
    headers = KEY | {"Content-Type": "application/json"}
    response = await api.call("POST", "/api/lists", content=content, headers=headers)
    assert response.status_code == 201
    assert len(await api.outbox()) == 1


async def test_a_key_is_the_users_own(api: Api) -> None:
    mine = await api.call("POST", "/api/lists", json=BODY, headers=KEY)
    others = await api.call("POST", "/api/lists", user="eve", json=BODY, headers=KEY)
    assert mine.json()["id"] != others.json()["id"]


async def test_without_a_key_every_request_makes_a_list(api: Api) -> None:
    assert (await api.create())["id"] != (await api.create())["id"]


async def test_a_refused_request_leaves_its_key_free(api: Api) -> None:
    refused = await api.call("POST", "/api/lists", json=BODY | {"list_type": "smart"}, headers=KEY)
    assert refused.status_code == 409
    assert (await api.call("POST", "/api/lists", json=BODY, headers=KEY)).status_code == 201


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_key_is_free_again_after_a_day(api: Api, is_swept: bool) -> None:
    first = await api.call("POST", "/api/lists", json=BODY, headers=KEY)
    api.clock.advance(timedelta(hours=23, minutes=59))
    await sweep(api.pool, api.settings, now=api.clock())
    assert (await api.call("POST", "/api/lists", json=BODY, headers=KEY)).content == first.content
    api.clock.advance(timedelta(minutes=1))
    if is_swept:
        assert (await sweep(api.pool, api.settings, now=api.clock()))["idempotency_keys"] == 1
    later = await api.call("POST", "/api/lists", json=BODY | {"title": "Other"}, headers=KEY)
    assert later.status_code == 201
    assert later.json()["id"] != first.json()["id"]
