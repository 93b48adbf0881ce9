"""From a record of Kafka to what the user reads, over everything between but the broker."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from faststream.kafka import KafkaBroker, TestKafkaBroker

from chassis.kafka.broker import build_broker
from lists_api.subscribers import GROUP, register
from lists_api.testing import AT, Api
from watchbuddy_contracts import (
    Event,
    EventHeaders,
    TraktAccountConnected,
    TraktListSynced,
    TraktReauthorizationRequired,
    partition_key,
)


@pytest.fixture
async def broker(api: Api) -> AsyncIterator[KafkaBroker]:
    broker = build_broker(api.settings, group=GROUP)
    register(broker, api.trakt_events)
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
