"""`python -m notifier deliver`, and `channels rotate`: the composition of what sends."""

import random
from contextlib import AsyncExitStack
from functools import partial

from chassis.bootstrap import bootstrap
from chassis.clock import utc_now
from chassis.postgres.wakeup import Listener, Waker
from chassis.process import run_worker
from chassis.retention import sweep_for_ever
from chassis.settings import DatabaseSettings
from notifier.channels import delivery_store, rotation
from notifier.channels.deliverer import Deliverer
from notifier.channels.delivering import Deliveries
from notifier.channels.rules import ChannelRules
from notifier.channels.sender import Sender
from notifier.dispatch import CHANNEL
from notifier.settings import SERVICE, DeliverSettings, KeySettings


async def deliver(settings: DeliverSettings) -> None:
    """Send messages to channels; delete the old log."""
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(bootstrap(SERVICE, settings))
        waker = await stack.enter_async_context(Waker(base.pool, CHANNEL))
        listener = await stack.enter_async_context(Listener(base.dsn, CHANNEL))
        sender = Sender(settings.channel_networks)
        stack.push_async_callback(sender.close)
        deliveries = Deliveries(
            pool=base.pool,
            sending=sender,
            sealer=settings.sealer,
            rules=ChannelRules.of(settings),
            tell=waker.wake,
            spread=partial(random.uniform, -1, 1),
            now=utc_now,
        )
        deliverer = Deliverer(deliveries, listener, utc_now, concurrency=settings.delivery_concurrency)
        base.health.add("listener", listener.check)
        base.health.add("deliverer", deliverer.check)

        async def sweep() -> dict[str, int]:
            return {"deliveries": await delivery_store.sweep(base.pool, utc_now() - settings.delivery_retention)}

        await run_worker(settings, base.health, deliverer.run(), sweep_for_ever(sweep))


async def rotate(settings: KeySettings) -> int:
    """Encrypt with the first key what another one encrypted; print how much. Return 1 when some could not be read."""
    async with bootstrap(SERVICE, settings, connections=1) as base:
        done = await rotation.rotate(base.pool, settings.sealer)
    print(f"{done.sealed} channels encrypted with the first key, {done.lost} that no key opens")  # noqa: T201
    return 1 if done.lost else 0


async def pass_over(settings: DatabaseSettings) -> None:
    """Have the messages that are there count as sent to every channel, after they were made of their events again."""
    async with bootstrap(SERVICE, settings, connections=1) as base:
        count = await delivery_store.pass_over(base.pool)
    print(f"{count} channels get none of the messages that are there")  # noqa: T201
