"""The relay: takes events from the outbox to Kafka, at least once and in order.

One relay is active per database (a session's advisory lock): several that skip each other's locked rows broke the
order of 4.4 % of events in an experiment. A row is deleted when the broker has answered; a crash in between sends it
again under the same event id.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from opentelemetry.trace import SpanKind

from chassis.bootstrap import bootstrap
from chassis.clock import Clock, utc_now
from chassis.delivery import StartProducer
from chassis.health import StuckError
from chassis.kafka import start_producer
from chassis.kafka_connection import KafkaRefusedError, Refusals
from chassis.outbox import CHANNEL
from chassis.postgres import DATABASE_ERRORS, DIRECT_TIMEOUT, connect
from chassis.process import run_worker
from chassis.settings import ServiceSettings
from chassis.telemetry import EVENT_TYPE, context_of, meter, tracer
from chassis.wakeup import Heartbeat, Listener

log = structlog.get_logger()

BATCH: Final = 500
"""Rows a round: 25,000 events/s were measured with it, 1,560 with 10."""
POLL_EVERY: Final = timedelta(seconds=1)
RETRY_AFTER: Final = timedelta(seconds=1)
SILENT_FOR: Final = timedelta(seconds=10)
STUCK_AFTER: Final = timedelta(minutes=1)
"""The longest wait in a round is that for Kafka's answers, half a minute."""
REFUSED: Final = (MessageSizeTooLargeError, RecordListTooLargeError)
"""What no further try will get to the broker."""
SESSION: Final = {
    # When a crash of Postgres undoes a deletion, the event is sent again, as after a crash of ours. No need to wait for
    # the disk.
    "synchronous_commit": "off",
}
LEADER_LOCK: Final = 0x57425F52  # any number, the same in every process: "WB_R"

_NEXT = "SELECT id, topic, key, value, headers, traceparent, created_at FROM outbox ORDER BY id LIMIT $1"
_DONE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
_REJECT = """
WITH gone AS (
    DELETE FROM outbox WHERE id = $1
    RETURNING id, event_id, topic, key, value, headers, traceparent, created_at
)
INSERT INTO outbox_rejected (id, event_id, topic, key, value, headers, traceparent, created_at, error)
SELECT id, event_id, topic, key, value, headers, traceparent, created_at, $2 FROM gone"""


class Relay:
    """Sends a database's outbox to Kafka, for as long as `run` runs."""

    def __init__(
        self,
        dsn: str,
        start_producer: StartProducer,
        *,
        now: Clock = utc_now,
        patience: timedelta = DIRECT_TIMEOUT,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        """Describe a relay; `run` is it.

        Args:
            dsn: the database with the outbox.
            start_producer: returns a producer that has started.
            now: the clock.
            patience: how long Postgres may take for a statement; then the relay takes another connection.
            heartbeat: of the connection on which writers wake the relay.
        """
        self._dsn = dsn
        self._patience = patience
        self._heartbeat = heartbeat
        self._start_producer = start_producer
        self._now = now
        self._last_try = now()
        self._last_round: datetime | None = None
        self._trouble = ""
        self._sent = meter().create_counter("messaging.client.sent.messages", unit="{message}")
        self._delay = meter().create_histogram("watchbuddy.outbox.delay", unit="s")

    async def check(self) -> None:
        """Raise when no round has ended for `SILENT_FOR`. Waiting for leadership counts as a round.

        Raises:
            StuckError: the relay does not even fail any more.
            TimeoutError: it tries, and Kafka or Postgres does not answer.
        """
        if self._now() - self._last_try > STUCK_AFTER:
            raise StuckError("the relay hangs: no round has ended or failed for a minute")
        if self._last_round is None or self._now() - self._last_round > SILENT_FOR:
            trouble = self._trouble or "is Kafka or Postgres away?"
            raise TimeoutError(f"the relay has not ended a round for {SILENT_FOR.total_seconds():.0f} s: {trouble}")

    async def run(self) -> None:
        """Send until cancelled. Whatever fails is tried again with a new connection and a new producer."""
        refusals = Refusals()
        async with Listener(self._dsn, CHANNEL, heartbeat=self._heartbeat) as listener:
            while True:
                self._last_try = self._now()
                try:
                    await self._lead(listener)
                except KafkaRefusedError as exc:
                    self._trouble = str(exc)
                    await refusals.wait(exc)
                # aiokafka's producer can stay broken after an error (aiokafka 1017): everything is made anew
                except (KafkaError, *DATABASE_ERRORS) as exc:
                    self._trouble = ""
                    log.warning("relay_interrupted", error=repr(exc))
                    await asyncio.sleep(RETRY_AFTER.total_seconds())

    async def _lead(self, listener: Listener) -> None:
        connection = await connect(self._dsn, purpose="outbox", patience=self._patience, **SESSION)
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_LOCK):
                self._end_round()
                await asyncio.sleep(RETRY_AFTER.total_seconds())
            producer = await self._start_producer()
            try:
                log.info("relay_leads")
                while True:
                    count = await self._round(connection, producer)
                    self._end_round()
                    if count < BATCH:
                        await listener.wait(POLL_EVERY)
            finally:
                await producer.stop()
        finally:
            await connection.close(timeout=1)

    def _end_round(self) -> None:
        self._last_try = self._last_round = self._now()

    async def _round(self, connection: "asyncpg.Connection[asyncpg.Record]", producer: AIOKafkaProducer) -> int:
        """Send what waits; return how many rows were dealt with.

        Raises:
            Exception: the first that came of sending. The rows before it are dealt with; those behind it are sent
                again, for they must not overtake it.
        """
        rows = await connection.fetch(_NEXT, BATCH)
        if not rows:
            return 0
        sent: list[asyncio.Future[Any]] = []
        failure: BaseException | None = None
        for row in rows:
            try:
                sent.append(await self._send(producer, row))
            except REFUSED as exc:  # here already, by the producer's own limit
                sent.append(_failed(exc))
            except KafkaError as exc:
                failure = exc
                break
        answers = await asyncio.gather(*sent, return_exceptions=True)
        failures = (
            n for n, one in enumerate(answers) if isinstance(one, BaseException) and not isinstance(one, REFUSED)
        )
        count = next(failures, len(answers))
        for row, answer in zip(rows[:count], answers, strict=False):
            if isinstance(answer, REFUSED):
                log.error("event_rejected", outbox_id=row["id"], topic=row["topic"], error=repr(answer))
                await connection.execute(_REJECT, row["id"], repr(answer))
        done = [row for row, answer in zip(rows[:count], answers, strict=False) if not isinstance(answer, REFUSED)]
        await connection.execute(_DONE, [row["id"] for row in done])
        self._observe(done)
        if count < len(answers):
            failure = answers[count]
        if failure is not None:
            raise failure
        return count

    async def _send(self, producer: AIOKafkaProducer, row: "asyncpg.Record") -> "asyncio.Future[Any]":
        headers = [(name, value.encode()) for name, value in row["headers"].items()]
        if row["traceparent"]:
            headers.append(("traceparent", row["traceparent"].encode()))
        with tracer().start_as_current_span(
            f"send {row['topic']}",
            context=context_of(row["traceparent"]),
            kind=SpanKind.PRODUCER,
            attributes={
                "messaging.system": "kafka",
                "messaging.operation.name": "send",
                "messaging.operation.type": "send",
                "messaging.destination.name": row["topic"],
                "messaging.message.id": row["headers"]["ce_id"],
                EVENT_TYPE: row["headers"]["ce_type"],
            },
        ):
            future: asyncio.Future[Any] = await producer.send(
                row["topic"], value=row["value"], key=row["key"], headers=headers
            )
        return future

    def _observe(self, rows: Sequence["asyncpg.Record"]) -> None:
        now = self._now()
        for row in rows:
            self._sent.add(1, {"messaging.destination.name": row["topic"]})
            self._delay.record((now - row["created_at"]).total_seconds())


def _failed(error: Exception) -> "asyncio.Future[Any]":
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return future


async def run_relay(service: str, settings: ServiceSettings) -> None:
    """Be the relay process of a service."""
    async with bootstrap(service, settings) as base:
        relay = Relay(base.dsn, partial(start_producer, settings))
        base.health.add("relay", relay.check)
        await run_worker(settings, base.health, relay.run())
