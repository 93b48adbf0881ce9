"""`python -m lists_api recover`: after a restore, bring the lists up to what their topic knows of them."""

from collections import Counter
from collections.abc import AsyncIterator

from chassis.clock import utc_now
from chassis.kafka.envelope import Delivered, PoisonError, Reader, Record
from chassis.kafka.reading import read_to_end
from lists_api.account.erasing import Erasing
from lists_api.lists import recovery
from lists_api.opened import opened
from lists_api.settings import Settings
from watchbuddy_contracts import (
    LISTS,
    Event,
    ListCreated,
    ListDeleted,
    ListState,
    ListSynced,
    ListUpdated,
    UserErasureRequested,
)


async def recover(settings: Settings) -> int:
    """Read the topic to its end; print what became of the lists. Return 1 when a record was no event."""
    ends = {one.event.user_id: at.offset async for at, one in _events(settings, UserErasureRequested) if one}
    outcomes = Counter[str]()
    kinds = ListCreated, ListUpdated, ListSynced, ListDeleted, UserErasureRequested
    async with opened(settings) as base:
        erasing = Erasing(base.pool, lambda: None, utc_now)
        async for record, delivered in _events(settings, *kinds):
            if delivered is None:
                print(f"no event, passed over: {LISTS.name}/{record.partition}/{record.offset}")
                outcomes["passed over"] += 1
                continue
            event = delivered.event
            if record.offset < ends.get(event.user_id, 0):  # of a life that was erased
                outcomes["of erased users"] += 1
            elif isinstance(event, ListState | ListDeleted):
                outcomes[await recovery.recover(base.pool, delivered.headers, event)] += 1
            elif isinstance(event, UserErasureRequested):
                is_news = await erasing.repeat(event, delivered.headers.time)
                outcomes["users erased again" if is_news else "known"] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "the topic is empty")
    return int(outcomes["passed over"] > 0)


async def _events(settings: Settings, *kinds: type[Event]) -> AsyncIterator[tuple[Record, Delivered | None]]:
    """Yield the topic's records of these kinds with their events; None: it is no event.

    Events of a user are in one partition.
    """
    reader = Reader(kinds)
    async for record in read_to_end(settings, LISTS.name):
        for one in reader.wanted([record]):
            try:
                delivered = reader.decode(one)
            except PoisonError:
                yield one, None
            else:
                if delivered is not None:
                    yield one, delivered
