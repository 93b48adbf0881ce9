"""How many lists of Trakt, and how long ones, a user may import."""

from collections.abc import AsyncIterator

import pytest

from lists_api.imports.trakt import MAX_PENDING
from lists_api.testing import Api, running_api
from lists_api.testing_trakt_imports import ITEMS, PATH, found, lists, read, start, unread
from watchbuddy_contracts import (
    Item,
    ItemIds,
    TraktImportRefused,
)


async def test_a_user_has_so_many_imports_at_a_time(api: Api) -> None:
    imports = [await start(api, f"list-{number}") for number in range(MAX_PENDING)]
    response = await api.call("POST", PATH, json={"trakt_list": "one-more"})
    assert (response.status_code, response.json()["slug"]) == (403, "quota-exceeded")
    await start(api, "one-more", user="bob")
    await api.receive(unread(imports[0], "not_found"))
    await start(api, "one-more")


@pytest.fixture
async def small(dsn: str) -> AsyncIterator[Api]:
    async with running_api(dsn, quota_free_lists=1, quota_free_items=2) as running:
        await running.delete_everything()
        yield running


async def test_a_user_who_may_have_no_further_list_imports_none(small: Api) -> None:
    import_id = await start(small)
    again = await small.call("POST", PATH, json={"trakt_list": "other"})
    assert (again.status_code, again.json()["slug"]) == (403, "quota-exceeded")
    await small.create()
    await small.receive(found(import_id, items=ITEMS[:1]))
    answer = await read(small, import_id)
    assert (answer["state"], answer["reason"]) == ("failed", "quota_exceeded")
    assert answer["detail"].startswith("Quota exceeded: Free accounts can create up to 1 lists.")
    (told,) = [one.event for one in await small.outbox() if isinstance(one.event, TraktImportRefused)]
    assert (told.reason, told.detail) == ("quota_exceeded", answer["detail"])
    assert len(await lists(small)) == 1


async def test_a_list_with_more_items_than_the_user_may_have_leaves_nothing(small: Api) -> None:
    import_id = await start(small)
    await small.receive(found(import_id))
    assert (await read(small, import_id))["reason"] == "quota_exceeded"
    assert await small.pool.fetchval("SELECT count(*) FROM list") == 0


async def test_ten_thousand_titles_are_taken(api: Api) -> None:
    import_id = await start(api)
    items = tuple(Item(media_type="movie", ids=ItemIds(tmdb=number)) for number in range(1, 10_001))
    await api.receive(found(import_id, items=items, item_count=10_000))
    assert (await lists(api))[0]["item_count"] == 10_000
