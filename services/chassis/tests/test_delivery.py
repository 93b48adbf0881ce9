"""Delivery on a broker: a record is handled, redelivered or dead-lettered, and its partition goes on."""

import json

import asyncpg
import pytest

from chassis.errors import PermanentError, TransientError
from chassis.kafka.envelope import Delivered, Reader
from chassis.settings import ServiceSettings
from chassis.testing import eventually
from chassis.testing_delivery import Fetched, committed, consuming, dead_letters, deletion, fill, record_of, send
from watchbuddy_contracts import LISTS, Event, Item, ItemIds, ListCreated, ListDeleted, ListUpdated


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


def test_an_event_is_read_without_the_items_of_kinds_that_came_later() -> None:
    items = (Item(media_type="movie", ids=ItemIds(tmdb=949)), Item(media_type="show", ids=ItemIds(tmdb=1398)))
    event = ListUpdated(list_id=1, user_id="ada", version=1, title="Heists", list_type="manual", items=items)
    value, headers = record_of(event)
    later = value.replace(b'"show"', b'"episode"')
    read = Reader([ListUpdated]).decode(Fetched(0, later, headers))
    assert read is not None
    assert read.event == event.model_copy(update={"items": items[:1]})


async def test_a_consumer_is_given_several_servers_of_which_one_is_away(settings: ServiceSettings) -> None:
    servers = f"127.0.0.1:1, {settings.kafka_bootstrap_servers}"
    handled: list[int] = []

    async def numbers() -> list[int]:
        return handled

    await send(settings, deletion(7))
    several = settings.model_copy(update={"kafka_bootstrap_servers": servers})
    async with consuming(several, lambda delivered: handled.append(int(delivered.headers.subject))):
        await eventually(numbers, until=lambda seen: seen == [7])


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
