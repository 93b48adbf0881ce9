"""`python -m trakt_sync consume`: record what the lists should be, from Kafka."""

from chassis.clock import utc_now
from chassis.kafka.broker import ConsumerHealth, build_broker
from chassis.kafka.broker import consume as consume_from
from chassis.process import run_worker
from chassis.retention import sweep_for_ever
from trakt_sync import kill_points, retention, subscribers
from trakt_sync.opened import opened
from trakt_sync.settings import Settings


async def consume(settings: Settings) -> None:
    """Record desired states until stopped."""
    kill_points.arm()
    async with opened(settings) as runtime:
        broker = build_broker(settings, group=subscribers.GROUP)
        subscribers.register(broker, runtime.pool, wake=runtime.wake, now=utc_now)
        runtime.health.add("consumer", ConsumerHealth(broker).check)
        sweeping = sweep_for_ever(lambda: retention.sweep(runtime.pool, settings, now=utc_now()))
        await run_worker(settings, runtime.health, consume_from(broker), sweeping)
