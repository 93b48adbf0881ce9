"""Delivery on a broker: a record is handled, redelivered or dead-lettered, and its partition goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from chassis.errors import PermanentError, TransientError
from chassis.kafka.broker import ConsumerHealth, build_broker, pause_after, subscribe
from chassis.kafka.delivery import Delivery, Waits
from chassis.kafka.envelope import Delivered, Reader, Record
from chassis.kafka.producer import producer
from chassis.settings import ServiceSettings
from chassis.testing import eventually
from local_stack.kafka.embedded import EmbeddedKafka
from watchbuddy_contracts import (
    LISTS,
    Event,
    EventHeaders,
    Item,
    ItemIds,
    ListCreated,
    ListDeleted,
    ListUpdated,
    dead_letter_topic,
    without,
)

GROUP = "trakt-sync"
HEADS = without(ListCreated, "items")
Headers = list[tuple[str, bytes | None]]


@pytest.fixture
async def settings() -> AsyncIterator[ServiceSettings]:
    kafka = EmbeddedKafka(topics={LISTS.name: 1, dead_letter_topic(LISTS.name, GROUP): 1})
    await kafka.start()
    yield ServiceSettings(
        database_url="postgresql://nobody",
        kafka_bootstrap_servers=kafka.bootstrap_servers,
        kafka_fetch_max_wait=timedelta(milliseconds=10),
        kafka_session_timeout=timedelta(seconds=1.5),
    )
    await kafka.stop()


@dataclass
class Fetched:
    """A record as aiokafka gives it."""

    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    topic: str = LISTS.name
    partition: int = 0
    key: bytes | None = b"ada"


async def no_producer() -> AIOKafkaProducer:
    raise AssertionError("nothing becomes a dead letter")


def deletion(list_id: int) -> tuple[bytes, Headers]:
    return record_of(ListDeleted(list_id=list_id, user_id="ada", version=2, title="Heists"))


def record_of(event: Event) -> tuple[bytes, Headers]:
    attributes = EventHeaders.of(event, event_id=uuid4(), source="/test", time=datetime.now(UTC))
    return event.to_json(), [(name, value.encode()) for name, value in attributes.to_headers().items()]


async def fill(settings: ServiceSettings, *records: tuple[bytes | None, Headers]) -> None:
    """Send the records together, so that one poll brings them."""
    sender = producer(settings)
    await sender.start()
    sent = [await sender.send(LISTS.name, value=value, key=b"ada", headers=headers) for value, headers in records]
    await asyncio.gather(*sent)
    await sender.stop()


async def committed(settings: ServiceSettings) -> int | None:
    looker = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers, group_id=GROUP, enable_auto_commit=False
    )
    await looker.start()
    looker.assign([TopicPartition(LISTS.name, 0)])
    offset: int | None = await looker.committed(TopicPartition(LISTS.name, 0))
    await looker.stop()
    return offset


async def send(settings: ServiceSettings, *records: tuple[bytes | None, Headers]) -> None:
    sender = producer(settings)
    await sender.start()
    for value, headers in records:
        await sender.send_and_wait(LISTS.name, value=value, key=b"ada", headers=headers)
    await sender.stop()


@asynccontextmanager
async def consuming(
    settings: ServiceSettings, handle: Callable[[Delivered], None], sets: list[list[int]] | None = None
) -> AsyncIterator[ConsumerHealth]:
    """Consume while the block runs.

    Args:
        handle: of each event.
        sets: gets the subjects of each set that was handled without a failure.
    """
    broker = build_broker(settings, group=GROUP)
    delivery: Delivery = broker.context.get("delivery")
    delivery._waits = Waits(first=timedelta(milliseconds=5), max_wait=timedelta(milliseconds=20))

    @subscribe(broker, LISTS, group=GROUP, events=[ListDeleted, HEADS])
    async def on_events(events: Sequence[Delivered]) -> None:
        for delivered in events:
            handle(delivered)
        if sets is not None:
            sets.append([int(delivered.headers.subject) for delivered in events])

    await broker.start()
    try:
        yield ConsumerHealth(broker)
    finally:
        await broker.stop()
        await delivery.stop()


async def dead_letters(settings: ServiceSettings, count: int) -> list[dict[str, str]]:
    consumer = AIOKafkaConsumer(
        dead_letter_topic(LISTS.name, GROUP),
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=10,
    )
    await consumer.start()
    found = []
    for _ in range(count):
        record = await consumer.getone()
        headers = {name: (raw or b"").decode(errors="replace") for name, raw in record.headers}
        found.append({**headers, "value": repr(record.value), "key": repr(record.key)})
    await consumer.stop()
    return found


async def test_poison_records_are_dead_lettered_with_their_reason_and_the_partition_goes_on(
    settings: ServiceSettings,
) -> None:
    value, headers = deletion(7)
    handled: list[int] = []
    async with consuming(settings, lambda delivered: handled.append(int(delivered.headers.subject))):
        await send(
            settings,
            (b"not json", headers),
            (json.dumps({"list_id": "seven"}).encode(), headers),
            (None, headers),
            (value, [*headers, ("x-odd", b"\xff\xfe")]),
            (value, [("content-type", b"application/json")]),
            (value, [*headers, ("x-null", None)]),
            deletion(8),
        )
        letters = await dead_letters(settings, 5)

        async def numbers() -> list[int]:
            return handled

        await eventually(numbers, until=lambda seen: seen == [7, 8])
    assert [letter["dlq_reason"] for letter in letters] == [
        "not_json",
        "wrong_shape",
        "null_value",
        "header_not_utf8",
        "header_invalid",
    ]
    assert [letter["dlq_offset"] for letter in letters] == ["0", "1", "2", "3", "4"]
    assert {letter["dlq_topic"] for letter in letters} == {LISTS.name}
    assert {letter["dlq_partition"] for letter in letters} == {"0"}
    assert letters[0]["value"] == repr(b"not json")
    assert letters[0]["key"] == repr(b"ada")
    assert "list_id" in letters[1]["dlq_error"]
    assert "seven" not in letters[1]["dlq_error"]


async def test_what_the_consumer_does_not_name_is_passed_over_unread_and_a_narrow_model_reads_the_rest(
    settings: ServiceSettings,
) -> None:
    _, unnamed = record_of(ListUpdated(list_id=7, user_id="ada", version=2, title="Heists", list_type="manual"))
    _, created = record_of(ListCreated(list_id=8, user_id="ada", version=1, title="Heists", list_type="manual"))
    value = {"list_id": 8, "user_id": "ada", "version": 1, "title": "Heists", "list_type": "manual", "items": "unread"}
    handled: list[Event] = []
    async with consuming(settings, lambda delivered: handled.append(delivered.event)):
        await fill(
            settings,
            (b"not json", unnamed),
            (json.dumps(value).encode(), created),
            (b"not json", [("ce_type", ListUpdated.ce_type.encode())]),
            (b"not json", created),
            deletion(9),
            (None, unnamed),
        )
        (letter,) = await dead_letters(settings, 1)

        async def offset() -> int | None:
            return await committed(settings)

        await eventually(offset, until=lambda seen: seen == 6)
    assert (letter["dlq_reason"], letter["dlq_offset"]) == ("not_json", "3")
    assert [(event.ce_type, event.subject) for event in handled] == [
        (ListCreated.ce_type, "8"),
        (ListDeleted.ce_type, "9"),
    ]


async def test_an_unknown_type_is_skipped(settings: ServiceSettings) -> None:
    value, headers = deletion(7)
    odd = [(name, b"watchbuddy.list.starred.v1" if name == "ce_type" else raw) for name, raw in headers]
    handled: list[str] = []
    async with consuming(settings, lambda delivered: handled.append(delivered.headers.ce_type)):
        await send(settings, (value, odd), (value, headers))

        async def types() -> list[str]:
            return handled

        assert await eventually(types) == ["watchbuddy.list.deleted.v1"]


@pytest.mark.parametrize(
    "error",
    [
        TransientError("away"),
        ConnectionResetError(),
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
        asyncpg.DiskFullError("no space left"),
        asyncpg.DeadlockDetectedError("deadlock detected"),
    ],
)
async def test_a_transient_failure_is_redelivered_until_it_passes_in_order(
    settings: ServiceSettings, error: Exception
) -> None:
    seen: list[int] = []

    def fail_seven_times(delivered: Delivered) -> None:
        seen.append(int(delivered.headers.subject))
        if len(seen) <= 7:
            raise error

    async with consuming(settings, fail_seven_times):
        await send(settings, deletion(1), deletion(2))

        async def handled() -> list[int]:
            return seen

        assert await eventually(handled, until=lambda all_: len(all_) == 9) == [1] * 8 + [2]


async def test_a_permanent_failure_is_dead_lettered_at_once_and_a_defect_after_five_tries(
    settings: ServiceSettings,
) -> None:
    seen: list[int] = []

    def fail(delivered: Delivered) -> None:
        seen.append(int(delivered.headers.subject))
        if seen[-1] == 1:
            raise PermanentError("never")
        if seen[-1] == 2:
            raise asyncpg.InterfaceError("the server expects 1 argument for this query, 0 were passed")

    async with consuming(settings, fail):
        await send(settings, deletion(1), deletion(2), deletion(3))
        letters = await dead_letters(settings, 2)

        async def handled() -> list[int]:
            return seen

        await eventually(handled, until=lambda all_: all_[-1:] == [3])
    assert [letter["dlq_reason"] for letter in letters] == ["permanent", "handler_failed"]
    assert seen == [1, 2, 2, 2, 2, 2, 3]


async def test_an_outage_uses_up_no_try_of_a_defect(settings: ServiceSettings) -> None:
    failures: list[Exception] = [*[ConnectionResetError() for _ in range(6)], *[KeyError("defect") for _ in range(4)]]
    handled: list[int] = []

    def fail_ten_times(delivered: Delivered) -> None:
        if failures:
            raise failures.pop(0)
        handled.append(int(delivered.headers.subject))

    async with consuming(settings, fail_ten_times):
        await send(settings, deletion(1))

        async def numbers() -> list[int]:
            return handled

        assert await eventually(numbers) == [1]


async def test_a_record_that_was_not_acknowledged_is_delivered_again_after_a_restart(settings: ServiceSettings) -> None:
    seen: list[int] = []

    def fail_on_two(delivered: Delivered) -> None:
        seen.append(int(delivered.headers.subject))
        if seen[-1] == 2:
            raise TransientError("away")

    async with consuming(settings, fail_on_two):
        await send(settings, deletion(1), deletion(2))

        async def handled() -> list[int]:
            return seen

        await eventually(handled, until=lambda all_: 2 in all_)
    again: list[int] = []
    async with consuming(settings, lambda delivered: again.append(int(delivered.headers.subject))):

        async def handled_again() -> list[int]:
            return again

        assert await eventually(handled_again) == [2]


async def test_a_poison_record_in_the_middle_of_a_poll_of_500_is_singled_out(settings: ServiceSettings) -> None:
    await fill(
        settings, *map(deletion, range(1, 251)), (b"not json", deletion(251)[1]), *map(deletion, range(252, 501))
    )
    handled: list[int] = []
    async with consuming(settings, lambda delivered: handled.append(int(delivered.headers.subject))):

        async def count() -> int:
            return len(handled)

        await eventually(count, until=lambda seen: seen == 499)
        (letter,) = await dead_letters(settings, 1)
    assert (letter["dlq_reason"], letter["dlq_offset"]) == ("not_json", "250")
    assert handled == [*range(1, 251), *range(252, 501)]
    assert await committed(settings) == 500


async def test_a_failure_in_the_middle_of_a_poll_leaves_what_was_before_it_done(settings: ServiceSettings) -> None:
    await fill(settings, *map(deletion, range(1, 501)))
    seen: list[int] = []

    def fail_on_250(delivered: Delivered) -> None:
        seen.append(int(delivered.headers.subject))
        if seen[-1] == 250:
            raise TransientError("away")

    sets: list[list[int]] = []
    async with consuming(settings, fail_on_250, sets):

        async def tries() -> int:
            return seen.count(250)

        await eventually(tries, until=lambda count: count >= 3)
    assert [number for done in sets for number in done] == list(range(1, 250))
    assert await committed(settings) == 249


async def test_a_defect_in_a_set_is_found_record_by_record_and_costs_the_others_nothing(
    settings: ServiceSettings,
) -> None:
    await fill(settings, *map(deletion, range(1, 501)))

    def fail_on_250(delivered: Delivered) -> None:
        if delivered.headers.subject == "250":
            raise ValueError("a defect")

    sets: list[list[int]] = []
    async with consuming(settings, fail_on_250, sets):

        async def last() -> int:
            return sets[-1][-1] if sets else 0

        await eventually(last, until=lambda number: number == 500)
        (letter,) = await dead_letters(settings, 1)
    assert (letter["dlq_reason"], letter["dlq_offset"]) == ("handler_failed", "249")
    assert [number for done in sets for number in done] == [*range(1, 250), *range(251, 501)]
    assert await committed(settings) == 500
    assert len(sets[-1]) > 1  # what comes after it is handled together again


async def test_a_set_ends_before_it_is_too_large() -> None:
    value, headers = deletion(1)
    large = value.replace(b"Heists", b"x" * 700_000)
    sets: list[int] = []

    async def handle(records: Sequence[Record], _events: Sequence[Delivered]) -> None:
        sets.append(len(records))

    records = [Fetched(number, large if number < 7 else value, headers) for number in range(20)]
    assert await Delivery(GROUP, no_producer).deliver(records, Reader([ListDeleted]), handle) == ()
    assert sets == [2, 2, 2, 14]


def test_an_event_is_read_without_the_items_of_kinds_that_came_later() -> None:
    items = (Item(media_type="movie", ids=ItemIds(tmdb=949)), Item(media_type="show", ids=ItemIds(tmdb=1398)))
    event = ListUpdated(list_id=1, user_id="ada", version=1, title="Heists", list_type="manual", items=items)
    value, headers = record_of(event)
    later = value.replace(b'"show"', b'"episode"')
    read = Reader([ListUpdated]).decode(Fetched(0, later, headers))
    assert read is not None
    assert read.event == event.model_copy(update={"items": items[:1]})


@pytest.mark.parametrize(("records", "wait_ms"), [(1, 5), (4, 20), (10, 50), (99, 50), (100, 0), (500, 0)])
def test_a_poll_waits_for_more_the_more_the_last_one_brought_but_not_with_a_backlog(records: int, wait_ms: int) -> None:
    assert pause_after(records) == timedelta(milliseconds=wait_ms)


async def test_the_consumer_is_healthy_only_when_it_fetches(settings: ServiceSettings) -> None:
    async with consuming(settings, lambda _delivered: None) as health:

        async def healthy() -> bool:
            try:
                await health.check()
            except (ConnectionError, TimeoutError):
                return False
            return True

        await eventually(healthy)
    with pytest.raises(ConnectionError, match="has not started"):
        await health.check()
