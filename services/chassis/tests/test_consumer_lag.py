"""How far a consumer is behind, as its metrics show it."""

import asyncio
from collections.abc import Sequence

from chassis.kafka.broker import build_broker, consume, subscribe
from chassis.kafka.envelope import Delivered
from chassis.settings import ServiceSettings
from chassis.telemetry.declared import CONSUMER_LAG
from chassis.telemetry.instruments import MEASURED
from chassis.telemetry.readings import READINGS
from chassis.testing import eventually
from chassis.testing_delivery import GROUP, deletion, fill
from watchbuddy_contracts import LISTS, ListDeleted


async def lag() -> float | None:
    """Ask as a scrape does; None: nothing is known yet."""
    await READINGS.read()
    return MEASURED.observed.get(CONSUMER_LAG, {}).get((LISTS.name, GROUP))


async def test_what_comes_while_a_handler_is_busy_is_lag_until_it_is_read(settings: ServiceSettings) -> None:
    broker, go_on, handled = build_broker(settings, group=GROUP), asyncio.Event(), list[int]()

    @subscribe(broker, LISTS, group=GROUP, events=[ListDeleted])
    async def on_events(events: Sequence[Delivered]) -> None:
        handled.extend(int(one.headers.subject) for one in events)
        await go_on.wait()

    async def count() -> int:
        return len(handled)

    await fill(settings, deletion(1))
    consuming = asyncio.create_task(consume(broker))
    try:
        await eventually(count, until=lambda seen: seen == 1)
        await fill(settings, deletion(2), deletion(3), deletion(4))
        await eventually(lag, until=lambda seen: seen == 3)
        go_on.set()
        await eventually(count, until=lambda seen: seen == 4)
        await eventually(lag, until=lambda seen: seen == 0)
    finally:
        consuming.cancel()
        await asyncio.gather(consuming, return_exceptions=True)
    assert await lag() is None
