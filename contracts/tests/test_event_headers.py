"""The CloudEvents SDK of the specification's own authors is the oracle of our headers."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent

from watchbuddy_contracts import (
    EventHeaders,
    Item,
    ItemIds,
    ListDeleted,
    ListUpdated,
    TraktAccountDisconnected,
    partition_key,
)

EVENT_ID = UUID("0198c0de-7a3b-7c11-9d55-3f2b6a1e4c06")
TIME = datetime(2026, 11, 20, 18, 4, 5, 678901, tzinfo=UTC)
EVENT = ListUpdated(
    user_id="zoë",
    list_id=7,
    version=2,
    title="Später",
    list_type="manual",
    items=(Item(media_type="movie", ids=ItemIds(tmdb=949)),),
)
HEADERS = EventHeaders.of(EVENT, event_id=EVENT_ID, source="/lists-api", time=TIME).to_headers()


def test_the_sdk_reads_our_record() -> None:
    record = KafkaMessage(
        headers={name: value.encode() for name, value in HEADERS.items()},
        key=partition_key(EVENT),
        value=EVENT.to_json(),
    )
    read = from_binary_event(record)
    assert read.get_id() == str(EVENT_ID)
    assert read.get_source() == "/lists-api"
    assert read.get_type() == "watchbuddy.list.updated.v1"
    assert read.get_specversion() == "1.0"
    assert read.get_subject() == "7"
    assert read.get_time() == TIME
    assert read.get_datacontenttype() == "application/json"
    assert read.get_extension("partitionkey") == "zoë"
    assert ListUpdated.model_validate(read.get_data()) == EVENT


def test_we_write_the_headers_that_the_sdk_writes() -> None:
    theirs = to_binary_event(
        CloudEvent(
            attributes={
                "id": str(EVENT_ID),
                "source": "/lists-api",
                "type": "watchbuddy.list.updated.v1",
                "specversion": "1.0",
                "subject": "7",
                "time": TIME,
                "datacontenttype": "application/json",
            },
            data={},
        )
    ).headers
    ours = {name: value.encode() for name, value in HEADERS.items()}
    # RFC 3339 has two spellings of UTC; the SDK writes Z.
    assert ours | {"ce_time": ours["ce_time"].replace(b"+00:00", b"Z")} == theirs


def test_we_read_the_headers_that_the_sdk_writes() -> None:
    theirs = to_binary_event(
        CloudEvent(
            attributes={
                "id": str(EVENT_ID),
                "source": "/lists-api",
                "type": "watchbuddy.list.updated.v1",
                "subject": "7",
                "time": TIME,
            },
            data={},
        )
    ).headers
    read = EventHeaders.from_headers({name: value.decode() for name, value in theirs.items()})
    assert read == EventHeaders.of(EVENT, event_id=EVENT_ID, source="/lists-api", time=TIME)


def test_headers_of_an_account_event_name_the_user_as_subject() -> None:
    event = TraktAccountDisconnected(user_id="ada")
    headers = EventHeaders.of(event, event_id=EVENT_ID, source="/trakt-sync", time=TIME)
    assert EventHeaders.from_headers(headers.to_headers()).subject == "ada"


@pytest.mark.parametrize("name", ["ce_id", "ce_source", "ce_type", "ce_time"])
def test_a_missing_or_empty_header_is_named(name: str) -> None:
    for headers in ({key: value for key, value in HEADERS.items() if key != name}, HEADERS | {name: ""}):
        with pytest.raises(ValueError, match=f"header {name} is missing"):
            EventHeaders.from_headers(headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ce_id", "7"), ("ce_time", "yesterday"), ("ce_time", "2026-11-20T18:04:05")],
)
def test_a_header_without_a_valid_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"header {name} has no"):
        EventHeaders.from_headers(HEADERS | {name: value})


def test_headers_of_other_parties_are_ignored() -> None:
    event = ListDeleted(user_id="ada", list_id=7, version=4, title="Heists")
    headers = EventHeaders.of(event, event_id=EVENT_ID, source="/lists-api", time=TIME)
    assert EventHeaders.from_headers(headers.to_headers() | {"traceparent": "00-1-2-01", "ce_new": "x"}) == headers
