"""`python -m notifier consume`: turn events into messages."""

from contextlib import AsyncExitStack
from functools import partial

from chassis.bootstrap import bootstrap
from chassis.clock import utc_now
from chassis.kafka.broker import ConsumerHealth, build_broker
from chassis.kafka.broker import consume as consume_from
from chassis.kafka.producer import start_producer
from chassis.postgres.wakeup import Waker
from chassis.process import run_worker
from chassis.retention import sweep_for_ever
from notifier import retention, subscribers
from notifier.dispatch import CHANNEL, RUNS, Dispatcher
from notifier.erasing import Confirmations, Eraser
from notifier.settings import SERVICE, Settings


async def consume(settings: Settings) -> None:
    """Turn events into messages; delete old ones."""
    async with (
        bootstrap(SERVICE, settings) as base,
        Waker(base.pool, CHANNEL) as waker,
        Waker(base.pool, RUNS) as runs,
        AsyncExitStack() as stack,
    ):
        broker = build_broker(settings, group=subscribers.GROUP)
        confirmations = Confirmations(partial(start_producer, settings), utc_now)
        stack.push_async_callback(confirmations.stop)
        dispatcher = Dispatcher(base.pool, waker, runs, group=subscribers.GROUP)
        subscribers.register(broker, base.pool, dispatcher, Eraser(base.pool, confirmations.send, utc_now))
        base.health.add("consumer", ConsumerHealth(broker).check)
        sweep = partial(retention.sweep, base.pool, settings, utc_now)
        await run_worker(settings, base.health, consume_from(broker), sweep_for_ever(sweep))
