"""The dead-letter topics: what lies there and is not done with; a record sent back, and the mark that says so."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from aiokafka import AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from chassis.dead_letters.letters import SETTLED, SETTLED_OFFSET, Letter, Place, Selection, letter_of, settled_by
from chassis.kafka.envelope import REPLAY_GROUP, PoisonError, Reader
from chassis.kafka.reading import read_to_end
from chassis.kafka.settings import KafkaSettings
from watchbuddy_contracts import EVENTS, partition_key

How = Literal["replayed", "dropped"]


class UnfitError(Exception):
    """The record would become a dead letter again: it is no event of our contracts."""


async def letters(settings: KafkaSettings, selection: Selection) -> AsyncGenerator[Letter, None]:
    """Yield the selected dead letters that are there now and not done with, topic by topic, oldest first.

    Each topic is read twice, for a mark lies behind what it is of.

    Raises:
        ConnectionError: Kafka does not answer, or does not let us in (KafkaRefusedError).
        KafkaError: the topic cannot be read.
    """
    for topic in selection.topics:
        settled: set[Place] = set()
        async for record in read_to_end(settings, topic):
            if (mark := _mark(record)) is not None:
                settled.update([mark, _place(record)])
        async for record in read_to_end(settings, topic):
            if _place(record) not in settled:
                at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
                letter = letter_of(_place(record), record.key, record.value, tuple(record.headers), at)
                if selection.takes(letter):
                    yield letter


def mended(letter: Letter, value: bytes | None, headers: Sequence[tuple[str, str]]) -> Letter:
    """Return the letter with another value (None: its own) and other headers; an empty one is taken away."""
    changed = {name: text.encode() for name, text in headers}
    kept = tuple((name, raw) for name, raw in letter.headers if name not in changed)
    new = tuple((name, raw) for name, raw in changed.items() if raw)
    return replace(letter, value=letter.value if value is None else value, headers=kept + new)


def key_of(letter: Letter) -> bytes:
    """Return the key of the letter's record, by the contracts' rule.

    Raises:
        UnfitError: it is no event of the contracts.
    """
    try:
        delivered = Reader(EVENTS.values()).decode(letter)
    except PoisonError as exc:
        raise UnfitError(f"{exc.reason}: {exc}") from exc
    if delivered is None:
        raise UnfitError(f"no contract has the type {letter.ce_type!r}")
    if delivered.event.topic != letter.source.topic:
        raise UnfitError(f"events of the type {letter.ce_type!r} travel on {delivered.event.topic}")
    return partition_key(delivered.event)


async def replay(producer: AIOKafkaProducer, letter: Letter) -> None:
    """Send the letter's record to its topic once more, for its group alone; then mark it.

    A crash in between leaves it unmarked: it can be sent again, under the same id.

    Raises:
        UnfitError: it would become a dead letter again. Nothing was sent.
        KafkaError: it was not sent, or not marked.
    """
    key = key_of(letter)
    headers = [(name, raw) for name, raw in letter.headers if name != REPLAY_GROUP]
    headers.append((REPLAY_GROUP, letter.source.group.encode()))
    await producer.send_and_wait(letter.source.topic, value=letter.value, key=key, headers=headers)
    await settle(producer, letter, "replayed")


async def settle(producer: AIOKafkaProducer, letter: Letter, how: How) -> None:
    """Mark the letter as done with."""
    headers = [(SETTLED, how.encode()), (SETTLED_OFFSET, str(letter.offset).encode())]
    await producer.send_and_wait(letter.topic, value=None, key=letter.key, headers=headers, partition=letter.partition)


def _place(record: ConsumerRecord) -> Place:
    return Place(record.topic, record.partition, record.offset)


def _mark(record: ConsumerRecord) -> Place | None:
    return settled_by(_place(record), tuple(record.headers))
