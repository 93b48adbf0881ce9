"""A database that was restored: the topic is ahead of it, and brings back the edits that it lacks."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chassis.kafka.producer import producer
from chassis.testing import back_up, restore
from lists_api.account.erasing import Erasing
from lists_api.commands.recover import recover as recover_command
from lists_api.lists.recovery import recover
from lists_api.lists.republish import republish_all
from lists_api.testing import Api, Stored, movies, running_api, settings_for
from local_stack.kafka.embedded import EmbeddedKafka
from watchbuddy_contracts import LISTS, EventHeaders, ListDeleted, ListState, MirrorSettings

SMART: dict[str, Any] = {"list_type": "smart", "filters": {"genres": ["comedy"]}, "title": "Comedies"}


@pytest.fixture
def own_dsn(make_database: Callable[..., str]) -> str:
    return make_database("chassis", "lists_api")


async def lists(api: Api) -> list[tuple[object, ...]]:
    """Return ada's lists as she reads them."""
    answer = (await api.call("GET", "/api/lists")).json()["lists"]
    read = [(await api.call("GET", f"/api/lists/{one['id']}/items")).json()["items"] for one in answer]
    return [
        (
            one["id"],
            one["title"],
            one["list_type"],
            one["version"],
            one["privacy"],
            [item["ids"]["tmdb"] for item in its],
        )
        for one, its in zip(answer, read, strict=True)
    ]


async def come_again(api: Api, sent: list[Stored]) -> Sequence[str]:
    """Recover from these events, as the topic has them; return what became of each."""
    return [
        await recover(api.pool, EventHeaders.from_headers(one.headers), one.event)
        for one in sent
        if isinstance(one.event, ListState | ListDeleted)
    ]


async def test_edits_since_the_backup_come_back_from_the_topic(own_dsn: str) -> None:
    async with running_api(own_dsn) as api:
        kept, edited, deleted = [
            (await api.create(title=f"List {number}", items=movies(number + 1)))["id"] for number in range(3)
        ]
        smart = (await api.create(**SMART, items=[]))["id"]
    backup = await back_up(own_dsn)
    async with running_api(own_dsn) as api:
        await api.call(
            "PATCH", f"/api/lists/{edited}", json={"title": "Renamed", "privacy": "public", "mirror": {"order": True}}
        )
        await api.call("POST", f"/api/lists/{edited}/items", json={"items": movies(7, 8)})
        await api.call("PATCH", f"/api/lists/{smart}", json={"title": "Laughs"})
        await api.call("DELETE", f"/api/lists/{deleted}")
        new = (await api.create(title="New", items=movies(9)))["id"]
        await api.call("DELETE", f"/api/lists/{(await api.create(title='Came and went'))['id']}")
        before, sent = await lists(api), await api.outbox()

    await restore(own_dsn, backup)
    async with running_api(own_dsn) as api:
        waiting = await api.outbox()
        assert await come_again(api, sent[::-1]) != []  # in any order
        assert {*await come_again(api, sent)} == {"known"}  # and again
        after = await lists(api)
        assert after == before
        assert await api.outbox() == waiting  # nothing is sent
        made = await api.create(title="After all")
        assert made["id"] > max(one.event.list_id for one in sent)
        assert (await api.call("PATCH", f"/api/lists/{edited}", json={"title": "Goes on"})).json()["version"] == 4
        assert (await api.call("GET", f"/api/lists/{smart}")).json()["filters"]["genres"] == ["comedy"]
        assert new in [one[0] for one in after]

        await api.relay_everything()
        assert await republish_all(api.pool, user_id=None, list_id=None, wake=api.waker.wake, now=api.clock) == 7
        again = {one.event.list_id: one.event for one in await api.outbox()}
        assert again[edited].mirror == MirrorSettings(order=True)
        assert isinstance(again[deleted], ListDeleted)
        assert again[kept].version == 1


async def test_a_list_that_filled_itself_and_is_not_in_the_backup_comes_back_with_its_titles(own_dsn: str) -> None:
    empty = await back_up(own_dsn)
    async with running_api(own_dsn) as api:
        await api.create(list_type="custom", filters={"genres": ["comedy"]}, title="Mine", items=movies(1, 2))
        sent = await api.outbox()
    await restore(own_dsn, empty)
    async with running_api(own_dsn) as api:
        assert await come_again(api, sent) == ["made"]
        assert [one[1:] for one in await lists(api)] == [("Mine", "manual", 1, "private", [1, 2])]


async def test_titles_that_the_owner_put_on_a_custom_list_are_pinned(own_dsn: str) -> None:
    async with running_api(own_dsn) as api:
        made = (await api.create(list_type="custom", filters={"genres": ["comedy"]}, title="Mine", items=movies(1)))[
            "id"
        ]
    backup = await back_up(own_dsn)
    async with running_api(own_dsn) as api:
        await api.call("POST", f"/api/lists/{made}/items", json={"items": movies(2)})
        sent = await api.outbox()
    await restore(own_dsn, backup)
    async with running_api(own_dsn) as api:
        await come_again(api, sent)
        items = (await api.call("GET", f"/api/lists/{made}/items")).json()["items"]
        assert [(one["ids"]["tmdb"], one["is_pinned"]) for one in items] == [(1, True), (2, True)]


async def test_the_command_reads_the_topic_and_who_was_erased_since_stays_erased(
    own_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_api(own_dsn) as api:
        edited = (await api.create(title="Before", items=movies(1)))["id"]
        await api.create(user="bob", title="Bob's", items=movies(2))
    backup = await back_up(own_dsn)
    async with running_api(own_dsn) as api:
        await api.call("PATCH", f"/api/lists/{edited}", json={"title": "After"})
        await api.create(user="bob", title="Bob's too", items=movies(3))
        await Erasing(api.pool, api.waker.wake, api.clock).erase("bob", keep_trakt_lists=True)
        back = (await api.create(user="bob", title="Bob is back"))["id"]
        sent = await api.pool.fetch("SELECT key, value, headers FROM outbox ORDER BY id")

    await restore(own_dsn, backup)
    kafka = EmbeddedKafka(topics={LISTS.name: 1})
    await kafka.start()
    try:
        settings = settings_for(own_dsn, kafka_bootstrap_servers=kafka.bootstrap_servers)
        sender = producer(settings)
        await sender.start()
        for row in sent:
            headers = [(name, text.encode()) for name, text in row["headers"].items()]
            await sender.send_and_wait(LISTS.name, value=row["value"], key=row["key"], headers=headers)
        await sender.send_and_wait(LISTS.name, value=b"no event", key=b"ada")
        await sender.stop()
        for _ in range(2):  # again, it changes nothing
            assert await recover_command(settings) == 1
            async with running_api(own_dsn) as api:
                assert [one[1] for one in await lists(api)] == ["After"]
                of_bob = (await api.call("GET", "/api/lists", user="bob")).json()["lists"]
                assert [(one["id"], one["title"]) for one in of_bob] == [(back, "Bob is back")]
    finally:
        await kafka.stop()
    first, second = [line for line in capsys.readouterr().out.splitlines() if "known" in line]
    assert "1 changed" in first
    assert "1 users erased again" in first
    assert "2 of erased users" in first
    assert "erased again" not in second
