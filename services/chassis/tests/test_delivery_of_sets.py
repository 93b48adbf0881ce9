"""Delivery of the many records of a poll: in sets, of which each record still stands for itself."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from chassis.errors import TransientError
from chassis.kafka.broker import pause_after
from chassis.kafka.delivery import Delivery
from chassis.kafka.envelope import Delivered, Reader, Record
from chassis.settings import ServiceSettings
from chassis.testing import eventually
from chassis.testing_delivery import GROUP, Fetched, committed, consuming, dead_letters, deletion, fill, no_producer
from watchbuddy_contracts import ListDeleted


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


@pytest.mark.parametrize(("records", "wait_ms"), [(1, 5), (4, 20), (10, 50), (99, 50), (100, 0), (500, 0)])
def test_a_poll_waits_for_more_the_more_the_last_one_brought_but_not_with_a_backlog(records: int, wait_ms: int) -> None:
    assert pause_after(records) == timedelta(milliseconds=wait_ms)
