"""The relay: it takes events from the outbox to Kafka, at least once and in order.

One relay leads per database: it holds an advisory lock. Several relays that skip each other's locked rows broke the
order of 4.4 % of the events in an experiment. A row is deleted after the broker has answered. After a crash in between,
the event is sent again under the same id.
"""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from aiokafka.errors import KafkaError

from chassis import kill_points
from chassis.bootstrap import bootstrap
from chassis.clock import Clock, utc_now
from chassis.health import StuckError
from chassis.kafka.connection import KafkaRefusedError, Refusals
from chassis.kafka.delivery import StartProducer
from chassis.kafka.producer import start_producer
from chassis.outbox.outbox import CHANNEL
from chassis.outbox.sender import BATCH, OutboxSender, begin_at_zero
from chassis.postgres.database import DATABASE_ERRORS, DIRECT_TIMEOUT, connect
from chassis.postgres.wakeup import Heartbeat, Listener
from chassis.process import run_worker
from chassis.settings import ServiceSettings

log = structlog.get_logger()

POLL_EVERY: Final = timedelta(seconds=1)
RETRY_AFTER: Final = timedelta(seconds=1)
PAUSE_AN_EVENT: Final = timedelta(milliseconds=3)
MAX_PAUSE: Final = timedelta(milliseconds=30)
SILENT_FOR: Final = timedelta(seconds=10)
STUCK_AFTER: Final = timedelta(minutes=1)
"""The longest wait in a round is that for Kafka's answers, half a minute."""
SESSION: Final = {
    # When a crash of Postgres undoes a deletion, the event is sent again, as after a crash of ours. No need to wait for
    # the disk.
    "synchronous_commit": "off",
}
LEADER_LOCK: Final = 0x57425F52  # any number, the same in every process: "WB_R"


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
        self._sender = OutboxSender(now)

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
        """Send until cancelled. After a failure, begin again with a new connection and a new producer."""
        refusals = Refusals()
        async with Listener(self._dsn, CHANNEL, heartbeat=self._heartbeat) as listener:
            while True:
                self._last_try = self._now()
                try:
                    await self._lead(listener)
                except KafkaRefusedError as exc:
                    self._trouble = str(exc)
                    await refusals.wait(exc)
                # A producer can stay broken after an error (aiokafka 1017), so the next try makes a new one.
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
                    count = await self._sender.send_next(connection, producer)
                    self._end_round()
                    if count < BATCH:
                        await asyncio.sleep(pause_after(count).total_seconds())
                        await listener.wait(POLL_EVERY)
            finally:
                await producer.stop()
        finally:
            await connection.close(timeout=1)

    def _end_round(self) -> None:
        self._last_try = self._last_round = self._now()


def pause_after(events: int) -> timedelta:
    """Return how long the next round waits after one that sent so many events (decision 33)."""
    return min(events * PAUSE_AN_EVENT, MAX_PAUSE)


async def run_relay(service: str, settings: ServiceSettings) -> None:
    """Run the relay process of a service."""
    kill_points.arm([kill_points.EVENTS_SENT])
    begin_at_zero(service)
    async with bootstrap(service, settings) as base:
        relay = Relay(base.dsn, partial(start_producer, settings))
        base.health.add("relay", relay.check)
        await run_worker(settings, base.health, relay.run())
