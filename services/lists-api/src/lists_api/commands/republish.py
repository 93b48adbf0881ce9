"""`python -m lists_api republish`: send again what trakt-sync has not confirmed."""

from chassis.bootstrap import bootstrap
from chassis.clock import utc_now
from chassis.outbox import outbox
from chassis.postgres.wakeup import Waker
from lists_api.imports.trakt import republish_imports
from lists_api.lists import republish as republishing
from lists_api.settings import SERVICE, Settings


async def republish(settings: Settings) -> None:
    """Send again the newest states that trakt-sync has not confirmed, and the imports that it has not answered."""
    async with bootstrap(SERVICE, settings) as base, Waker(base.pool, outbox.CHANNEL) as waker:
        count = await republishing.republish(base.pool, wake=waker.wake, now=utc_now)
        await republish_imports(base.pool, wake=waker.wake, now=utc_now())
    print(f"{count} lists sent again")
