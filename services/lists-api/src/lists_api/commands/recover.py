"""`python -m lists_api recover`: after a restore, bring the lists up to what their topic knows of them."""

from collections import Counter

from chassis.kafka.envelope import PoisonError, Reader
from chassis.kafka.reading import read_to_end
from lists_api.lists import recovery
from lists_api.opened import opened
from lists_api.settings import Settings
from watchbuddy_contracts import LISTS, ListCreated, ListDeleted, ListState, ListSynced, ListUpdated


async def recover(settings: Settings) -> int:
    """Read the topic to its end; print what became of the lists. Return 1 when a record was no event."""
    reader, outcomes = Reader([ListCreated, ListUpdated, ListSynced, ListDeleted]), Counter[str]()
    async with opened(settings) as base:
        async for record in read_to_end(settings, LISTS.name):
            try:
                delivered = next((reader.decode(one) for one in reader.wanted([record])), None)
            except PoisonError as exc:
                print(f"passed over {record.partition}/{record.offset}: {exc.reason}")
                outcomes["passed over"] += 1
                continue
            if delivered is not None and isinstance(delivered.event, ListState | ListDeleted):
                outcomes[await recovery.recover(base.pool, delivered.headers, delivered.event)] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "the topic is empty")
    return int(outcomes["passed over"] > 0)
