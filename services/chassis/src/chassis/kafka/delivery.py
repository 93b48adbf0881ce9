"""What happens to the records of a poll. They are handled in sets; none blocks its partition for good.

A set is handled in few transactions, mostly one. One that fails is handled again record by record, and of each:

| the handler raises | then |
|---|---|
| nothing | the next record; after the last one of the poll, the offsets are committed, once |
| PermanentError; or the record cannot be decoded | dead letter; the next record |
| TransientError, Postgres is away | a growing wait, at most `MAX_WAIT`; redelivered, with no limit of tries |
| anything else (a defect) | the same, at most `MAX_TRIES` times; then a dead letter. An outage uses up no try |

A record that is redelivered ends its poll: what came before it is committed, and it comes again with all behind it. It
is handled alone then.
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
from chassis.kafka.envelope import Delivered, PoisonError, Reader, Record
from chassis.postgres.database import is_away
from chassis.telemetry.declared import DEAD_LETTERS, DESTINATION, GROUP, REASON, UNKNOWN_EVENTS
from chassis.telemetry.instruments import counter
from chassis.telemetry.trace_context import TraceContext
from watchbuddy_contracts import dead_letter_topic

log = structlog.get_logger()

MAX_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(milliseconds=100)
MAX_WAIT: Final = timedelta(seconds=5)
"""Far below max.poll.interval (5 minutes). After that the broker would give the partition to another consumer."""
MAX_TRACKED: Final = 1000
MAX_SET_BYTES: Final = 2 * 1024 * 1024
"""Two lists of 10,000 items. What a set's records become takes some ten times as much memory."""

Place = tuple[str, int, int]
HandleSet: TypeAlias = Callable[[Sequence[Record], Sequence[Delivered]], Awaitable[None]]
"""Gets records and what they say, in their order. When it raises, all come again, also those that it has handled."""
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
        self.group = group
        self._start_producer = start_producer
        self._producer: AIOKafkaProducer | None = None
        self._waits = waits or Waits()
        self._tries: dict[Place, _Tries] = {}
        self._unknown = counter(UNKNOWN_EVENTS)
        self._dead = counter(DEAD_LETTERS)
        self._dead.begin(*({GROUP: group, REASON: reason} for reason in REASON.values))

    def expect(self, topics: Sequence[str]) -> None:
        """Show a zero for what may be counted of these topics."""
        self._unknown.begin(*({DESTINATION: topic} for topic in topics))

    async def stop(self) -> None:
        """Close the dead letters' producer."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    async def deliver(self, polled: Sequence[Record], reader: Reader, handle: HandleSet) -> Sequence[Record]:
        """Handle the records of a poll in their order; return those that must come again, after a wait.

        The caller rewinds to them, and commits: everything before them is done.
        """
        records = reader.wanted(polled)
        first = 0
        while first < len(records):
            end = self._end_of_set(records, first)
            done = first + await self._deliver_set(records[first:end], reader, handle)
            if done < end:
                return records[done:]
            first = end
        return ()

    def _end_of_set(self, records: Sequence[Record], first: int) -> int:
        """Return the end of the set that begins with `first`. A record that has failed before is alone in its set."""
        size = 0
        for number in range(first, len(records)):
            record = records[number]
            size += len(record.value or b"")
            has_failed = _place(record) in self._tries
            if number > first and (size > MAX_SET_BYTES or has_failed):
                return number
            if has_failed:
                return number + 1
        return len(records)

    async def _deliver_set(self, records: Sequence[Record], reader: Reader, handle: HandleSet) -> int:
        """Handle a set by the rules; return how many of its records are done, from the first on."""
        good: list[int] = []
        events: list[Delivered] = []
        poison: list[tuple[int, PoisonError]] = []
        for number, record in enumerate(records):
            try:
                delivered = reader.decode(record)
            except PoisonError as exc:
                poison.append((number, exc))
                continue
            if delivered is None:
                self._skip(record)
                continue
            good.append(number)
            events.append(delivered)
        done = await self._handle([records[number] for number in good], events, handle)
        end = good[done] if done < len(good) else len(records)
        for number, error in poison:
            if number < end and not await self._is_dead_lettered(records[number], error.reason, error):
                return number
        return end

    async def _handle(self, records: Sequence[Record], events: Sequence[Delivered], handle: HandleSet) -> int:
        """Handle decoded records, together or else one after the other; return how many are done."""
        if len(records) > 1:
            try:
                await handle(records, events)
            except Exception as exc:  # noqa: BLE001 - which record it is, and by which rule, is found one by one
                log.warning("set_failed", records=len(records), error=f"{type(exc).__name__}: {exc}"[:1000])
            else:
                return len(records)
        for number, (record, event) in enumerate(zip(records, events, strict=True)):
            if not await self._is_done(record, event, handle):
                return number
        return len(records)

    def _skip(self, record: Record) -> None:
        self._unknown.add(1, {DESTINATION: record.topic})
        ce_type = dict(record.headers)["ce_type"]
        log.info("event_skipped", reason="unknown type", ce_type=(ce_type or b"").decode())

    async def _is_done(self, record: Record, event: Delivered, handle: HandleSet) -> bool:
        """Handle a record by the rules. After a failure that a redelivery may mend, wait and return False."""
        try:
            await handle([record], [event])
        except PermanentError as exc:
            return await self._is_dead_lettered(record, exc.slug, exc)
        except Exception as exc:  # noqa: BLE001 - a handler's defect must not stop its partition
            is_defect = not (isinstance(exc, TransientError) or is_away(exc))
            tries = self._tries.get(_place(record), _Tries())
            if is_defect and tries.defects + 1 >= self._waits.max_tries:
                return await self._is_dead_lettered(record, "handler_failed", exc)
            await self._wait(record, exc, is_defect=is_defect)
            return False
        self._tries.pop(_place(record), None)
        return True

    async def _is_dead_lettered(self, record: Record, reason: str, cause: Exception) -> bool:
        try:
            await self._dead_letter(record, reason, cause)
        except (KafkaError, OSError, TimeoutError) as exc:
            await self._wait(record, exc)
            return False
        self._tries.pop(_place(record), None)
        return True

    async def _dead_letter(self, record: Record, reason: str, cause: Exception) -> None:
        if self._producer is None:
            self._producer = await self._start_producer()
        topic = dead_letter_topic(record.topic, self.group)
        added = {
            "dlq_reason": reason,
            "dlq_error": f"{type(cause).__name__}: {cause}"[:1000],
            "dlq_topic": record.topic,
            "dlq_partition": str(record.partition),
            "dlq_offset": str(record.offset),
            "dlq_group": self.group,
        }
        headers = [*record.headers, *((name, value.encode()) for name, value in added.items())]
        await self._producer.send_and_wait(topic, value=record.value, key=record.key, headers=headers)
        self._dead.add(1, {GROUP: self.group, REASON: reason if reason in REASON.values else "refused"})
        log.error(
            "record_dead_lettered",
            reason=reason,
            error=added["dlq_error"],
            **_place_and_trace(record),
        )

    async def _wait(self, record: Record, cause: Exception, *, is_defect: bool = False) -> None:
        tries = self._tries.setdefault(_place(record), _Tries())
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


def _place(record: Record) -> Place:
    return (record.topic, record.partition, record.offset)


def _place_and_trace(record: Record) -> dict[str, Any]:
    """Return what every event of these rules says. They stand outside the record's span, so its headers are asked."""
    trace_id = TraceContext.of_headers(record.headers).trace_id
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    return place if trace_id is None else place | {"trace_id": trace_id}
