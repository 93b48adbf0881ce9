"""From a record of Kafka to what the user reads, over everything between but the broker."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from faststream.kafka import KafkaBroker, TestKafkaBroker

from chassis.kafka.broker import build_broker
from lists_api.account.erasing import Erasing
from lists_api.subscribers import GROUP, register
from lists_api.testing import AT, Api
from watchbuddy_contracts import (
    Event,
    EventHeaders,
    Item,
    ItemIds,
    TraktAccountConnected,
    TraktListRead,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktWatchedChanged,
    WatchedItem,
    partition_key,
)


@pytest.fixture
async def broker(api: Api) -> AsyncIterator[KafkaBroker]:
    broker = build_broker(api.settings, group=GROUP)
    register(broker, api.trakt_events, Erasing(api.pool, api.waker.wake, api.clock))
    async with TestKafkaBroker(broker):
        yield broker


async def publish(broker: KafkaBroker, event: Event, *, event_id: UUID | None = None, at: datetime = AT) -> None:
    headers = EventHeaders.of(event, event_id=event_id or uuid4(), source="/trakt-sync", time=at).to_headers()
    await broker.publish(event.to_json(), event.topic, key=partition_key(event), headers=headers)


async def test_a_list_shows_what_it_waits_for_until_it_is_on_trakt(api: Api, broker: KafkaBroker) -> None:
    made = await api.create()
    path = f"/api/lists/{made['id']}"

    async def seen() -> tuple[str, str | None]:
        state = (await api.call("GET", path)).json()["mirror_state"]
        return state["state"], state["reason"]

    states = [await seen()]
    dead = uuid4()
    on_trakt = TraktListSynced(
        list_id=made["id"], user_id="ada", version=1, title="Heists", trakt_list_id=501, added=0, removed=0, unchanged=0
    )
    for event, event_id in (
        (TraktReauthorizationRequired(user_id="ada"), dead),
        (TraktAccountConnected(user_id="ada"), None),
        (TraktReauthorizationRequired(user_id="ada"), dead),
        (on_trakt, None),
    ):
        await publish(broker, event, event_id=event_id)
        states.append(await seen())
    assert states == [
        ("pending", "not_connected"),
        ("pending", "auth"),
        ("pending", None),
        ("pending", None),
        ("in_sync", None),
    ]


async def test_events_of_every_kind_find_what_keeps_them_however_often_they_come(api: Api, broker: KafkaBroker) -> None:
    started = await api.call("POST", "/api/imports/trakt", json={"trakt_list": "best-heists"})
    import_id = UUID(started.json()["import_id"])
    heat = Item(media_type="movie", ids=ItemIds(tmdb=949))
    read = TraktListRead(
        user_id="ada",
        import_id=import_id,
        trakt_list_id=501,
        name="Heists",
        url="https://x",
        items=(heat,),
        item_count=1,
    )
    seen = WatchedItem(media_type="movie", ids=heat.ids, last_watched_at=AT)
    events: tuple[Event, ...] = (read, TraktWatchedChanged(user_id="ada", watched=(seen,)))
    for event in events:
        event_id = uuid4()
        for _ in range(10):
            await publish(broker, event, event_id=event_id)
    answer = (await api.call("GET", f"/api/imports/trakt/{import_id}")).json()
    assert (answer["state"], (await api.call("GET", "/api/lists")).json()["total"]) == ("succeeded", 1)
    assert await api.pool.fetchval("SELECT count(*) FROM watched") == 1
