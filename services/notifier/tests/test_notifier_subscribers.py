from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from faststream.kafka import KafkaBroker, TestKafkaBroker

from chassis.clock import utc_now
from chassis.kafka.broker import build_broker
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from chassis.postgres.wakeup import Waker
from notifier import page_store
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.erasing import Eraser
from notifier.stored import Filter
from notifier.subscribers import GROUP, register
from notifier.testing import TIME, settings_for, sync_started
from watchbuddy_contracts import Event, EventHeaders, TraktListDeleted, partition_key


async def unheard(_request: Event, _cause: Delivered) -> None:
    """Confirm to nobody."""


@pytest.fixture
async def broker(dsn: str, pool: Pool) -> AsyncIterator[KafkaBroker]:
    broker = build_broker(settings_for(dsn), group=GROUP)
    dispatcher = Dispatcher(pool, Waker(pool, CHANNEL), Waker(pool, RUNS), group=GROUP)
    register(broker, pool, dispatcher, Eraser(pool, unheard, utc_now))
    async with TestKafkaBroker(broker):
        yield broker


async def publish(broker: KafkaBroker, event: Event, **headers: str) -> None:
    attributes = EventHeaders.of(event, event_id=uuid4(), source="/tests", time=TIME).to_headers() | headers
    await broker.publish(event.to_json(), event.topic, key=partition_key(event), headers=attributes)


async def test_events_of_both_topics_become_messages(broker: KafkaBroker, pool: Pool) -> None:
    await publish(broker, sync_started())
    await publish(broker, TraktListDeleted(user_id="ada", list_id=7, version=2, title="Heists", trakt_list_id=5))
    page = await page_store.page(pool, "ada", Filter(), limit=10)
    assert [message.text for message in page.messages] == ["Deleted 'Heists' from Trakt", "Syncing 'Heists'..."]


async def test_a_type_that_is_not_known_yet_is_skipped(broker: KafkaBroker, pool: Pool) -> None:
    await publish(broker, sync_started(), ce_type="watchbuddy.list.sync_started.v2")
    assert (await page_store.page(pool, "ada", Filter(), limit=10)).total == 0
