"""What happens to a record: it is handled, redelivered, or becomes a dead letter. None blocks its partition for good.

| the handler raises | then |
|---|---|
| nothing | the next record of the poll; after the last one, the offsets are committed, once |
| PoisonError (the record cannot be decoded), PermanentError | dead letter; the next record |
| TransientError, Postgres is away | a growing wait, at most `MAX_WAIT`; redelivered, with no limit of tries |
| anything else (a defect) | the same, at most `MAX_TRIES` times; then a dead letter. An outage uses up no try |

A record that is redelivered ends its poll: what came before it is committed, and it comes again with all behind it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis.errors import PermanentError, TransientError
from chassis.kafka.envelope import PoisonError, Record
from chassis.postgres.database import is_away
from chassis.telemetry.names import DEAD_LETTERS
from chassis.telemetry.providers import meter
from chassis.telemetry.trace_context import TraceContext
from watchbuddy_contracts import dead_letter_topic

log = structlog.get_logger()

MAX_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(milliseconds=100)
MAX_WAIT: Final = timedelta(seconds=5)
"""Far below max.poll.interval (5 minutes). After that the broker would give the partition to another consumer."""
MAX_TRACKED: Final = 1000

Place = tuple[str, int, int]
HandleRecord: TypeAlias = Callable[[Record], Awaitable[None]]
StartProducer: TypeAlias = Callable[[], Awaitable[AIOKafkaProducer]]
"""Returns a producer that has started; raises KafkaError or OSError."""


@dataclass(slots=True)
class _Tries:
    """How often a record was redelivered, and how many of those times for a defect."""

    waits: int = 0
    defects: int = 0


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a redelivery waits, and how often the handler is tried on a defect."""

    first: timedelta = FIRST_WAIT
    max_wait: timedelta = MAX_WAIT
    max_tries: int = MAX_TRIES


class Delivery:
    """The delivery rules of one consumer group."""

    def __init__(self, group: str, start_producer: StartProducer, waits: Waits | None = None) -> None:
        self._group = group
        self._start_producer = start_producer
        self._producer: AIOKafkaProducer | None = None
        self._waits = waits or Waits()
        self._tries: dict[Place, _Tries] = {}
        self._dead = meter().create_counter(DEAD_LETTERS, unit="{message}")

    async def stop(self) -> None:
        """Close the dead letters' producer."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    async def deliver(self, records: Sequence[Record], handle: HandleRecord) -> Sequence[Record]:
        """Handle the records of a poll, one after the other; return those that must come again, after a wait.

        The caller rewinds to them, and commits: everything before them is done.
        """
        for number, record in enumerate(records):
            if not await self._is_done(record, handle):
                return records[number:]
        return ()

    async def _is_done(self, record: Record, handle: HandleRecord) -> bool:
        """Handle a record by the rules. After a failure that a redelivery may mend, wait and return False."""
        place = (record.topic, record.partition, record.offset)
        try:
            await handle(record)
        except PoisonError as exc:
            return await self._is_dead_lettered(record, exc.reason, exc)
        except PermanentError as exc:
            return await self._is_dead_lettered(record, exc.slug, exc)
        except Exception as exc:  # noqa: BLE001 - a handler's defect must not stop its partition
            is_defect = not (isinstance(exc, TransientError) or is_away(exc))
            tries = self._tries.get(place, _Tries())
            if is_defect and tries.defects + 1 >= self._waits.max_tries:
                return await self._is_dead_lettered(record, "handler_failed", exc)
            await self._wait(record, exc, is_defect=is_defect)
            return False
        self._tries.pop(place, None)
        return True

    async def _is_dead_lettered(self, record: Record, reason: str, cause: Exception) -> bool:
        try:
            await self._dead_letter(record, reason, cause)
        except (KafkaError, OSError, TimeoutError) as exc:
            await self._wait(record, exc)
            return False
        self._tries.pop((record.topic, record.partition, record.offset), None)
        return True

    async def _dead_letter(self, record: Record, reason: str, cause: Exception) -> None:
        if self._producer is None:
            self._producer = await self._start_producer()
        topic = dead_letter_topic(record.topic, self._group)
        added = {
            "dlq_reason": reason,
            "dlq_error": f"{type(cause).__name__}: {cause}"[:1000],
            "dlq_topic": record.topic,
            "dlq_partition": str(record.partition),
            "dlq_offset": str(record.offset),
            "dlq_group": self._group,
        }
        headers = [*record.headers, *((name, value.encode()) for name, value in added.items())]
        await self._producer.send_and_wait(topic, value=record.value, key=record.key, headers=headers)
        self._dead.add(1, {"messaging.destination.name": record.topic, "reason": reason})
        log.error(
            "record_dead_lettered",
            reason=reason,
            error=added["dlq_error"],
            **_place_and_trace(record),
        )

    async def _wait(self, record: Record, cause: Exception, *, is_defect: bool = False) -> None:
        place = (record.topic, record.partition, record.offset)
        tries = self._tries.setdefault(place, _Tries())
        tries.waits += 1
        tries.defects += is_defect
        if len(self._tries) > MAX_TRACKED:  # entries of partitions that moved to another consumer stay behind
            self._tries.pop(next(iter(self._tries)))
        wait = min(self._waits.first * 2 ** min(tries.waits - 1, 16), self._waits.max_wait)
        log.warning(
            "record_redelivered",
            **_place_and_trace(record),
            tries=tries.waits,
            wait_s=wait.total_seconds(),
            error=f"{type(cause).__name__}: {cause}"[:1000],
        )
        await asyncio.sleep(wait.total_seconds())


def _place_and_trace(record: Record) -> dict[str, Any]:
    """Return what every event of these rules says. They stand outside the record's span, so its headers are asked."""
    trace_id = TraceContext.of_headers(record.headers).trace_id
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    return place if trace_id is None else place | {"trace_id": trace_id}
