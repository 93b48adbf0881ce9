"""A record that is no event of ours goes to the dead letters with its reason, and holds up nobody behind it."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from chassis.testing import eventually
from integration.catalogue import movies
from integration.records import Record
from integration.system import RunningSystem
from integration.users import User
from watchbuddy_contracts import (
    LISTS,
    TOPICS,
    TRAKT,
    EventHeaders,
    ListDeleted,
    ListState,
    ListUpdated,
    Topic,
    TraktListDeleted,
    dead_letter_topic,
)

BURIED_WITHIN = timedelta(seconds=30)
POISON = ("not_json", "wrong_shape", "null_value", "header_not_utf8", "header_invalid")


def poison(reason: str, topic: str, partition: int, user: str) -> Record:
    """Return a record that can never be decoded, in the place of one of the user's events."""
    event = {cls.topic: cls for cls in (ListDeleted, TraktListDeleted)}[topic](
        list_id=1, user_id=user, version=1, title="Poison"
    )
    headers = EventHeaders.of(event, event_id=uuid.uuid4(), source="/test", time=datetime.now(UTC)).to_headers()
    raw = {name: text.encode() for name, text in headers.items()}
    value: bytes | None = event.to_json()
    match reason:
        case "not_json":
            value = b"\x00 this is no JSON"
        case "wrong_shape":
            value = b'{"list_id": "seven"}'
        case "null_value":
            value = None
        case "header_not_utf8":
            raw["ce_source"] = b"\xff\xfe"
        case "header_invalid":
            del raw["ce_id"]
    # Marked, so that a test finds its own again.
    return Record(topic, partition, 0, f"{user} {reason}".encode(), value, tuple(raw.items()))


@pytest.mark.parametrize("topic", [LISTS, TRAKT], ids=lambda topic: topic.name)  # those with events of users
async def test_poison_becomes_a_dead_letter_and_the_partition_goes_on(
    system: RunningSystem, user: User, topic: Topic
) -> None:
    made = await user.create("Before", movies(1))
    await user.mirrored(made.id)
    [partition, *_] = {one.partition for one in await system.records.read(topic.name) if one.key == user.name.encode()}
    sent = {reason: poison(reason, topic.name, partition, user.name) for reason in POISON}

    await system.records.write(list(sent.values()))
    await user.create("After", movies(2))  # lies behind the poison, in the same partition

    await user.mirrored()
    await user.told("Created list 'After' on Trakt", "Synced to Trakt: +2 -0")
    await system.records.caught_up()
    for group in topic.groups:
        await eventually(partial(_buried, system, topic, group, user), within=BURIED_WITHIN)
        buried = await _buried(system, topic, group, user)
        assert {one.header("dlq_reason"): one for one in buried}.keys() == set(POISON)
        assert len(buried) == len(POISON)
        for letter in buried:
            original = sent[letter.header("dlq_reason")]
            assert (letter.key, letter.value) == (original.key, original.value)
            assert set(original.headers) <= set(letter.headers)
            assert (letter.header("dlq_topic"), letter.header("dlq_partition")) == (topic.name, str(partition))
            assert letter.header("dlq_offset").isdigit()
            assert letter.header("dlq_error")


async def test_an_event_of_a_type_that_is_not_known_yet_is_passed_over(system: RunningSystem, user: User) -> None:
    made = await user.create("Before", movies(1))
    await user.mirrored(made.id)
    [known, *_] = [one for one in await system.records.read(TOPICS[0].name) if one.key == user.name.encode()]
    headers = {**dict(known.headers), "ce_id": str(uuid.uuid4()).encode(), "ce_type": b"watchbuddy.list.sung.v1"}
    key = f"{user.name} unknown".encode()
    await system.records.write([Record(known.topic, known.partition, 0, key, b"{}", tuple(headers.items()))])

    await user.change(made.id, title="After")
    await user.mirrored(made.id)
    await system.records.caught_up()

    assert [one.name for one in await user.on_trakt()] == ["After"]
    for group in TOPICS[0].groups:
        letters = await system.records.read(dead_letter_topic(TOPICS[0].name, group))
        assert key not in [one.key for one in letters]


async def test_an_event_of_a_larger_list_than_lists_are_becomes_a_dead_letter(
    system: RunningSystem, user: User
) -> None:
    made = await user.create("Before", movies(1))
    await user.mirrored(made.id)
    [known, *_] = [one for one in await system.records.read(LISTS.name) if one.key == user.name.encode()]
    whole = known.event()
    assert isinstance(whole, ListState)
    too_large: dict[str, ListState] = {
        "items": whole.model_copy(update={"version": 2, "items": whole.items * 10_001}),
        "title": whole.model_copy(update={"version": 3, "title": "x" * 10_000}),
    }
    for name, event in too_large.items():
        headers = {**dict(known.headers), "ce_id": str(uuid.uuid4()).encode()}
        key = f"{user.name} {name}".encode()
        await system.records.write([replace(known, key=key, value=event.to_json(), headers=tuple(headers.items()))])

    await user.change(made.id, title="After")
    await user.mirrored(made.id)

    assert [one.name for one in await user.on_trakt()] == ["After"]
    buried = await eventually(partial(_buried, system, LISTS, "trakt-sync", user), until=lambda seen: len(seen) >= 2)
    assert [one.key for one in buried] == [f"{user.name} {name}".encode() for name in too_large]
    assert {one.header("dlq_reason") for one in buried} == {"event-too-large"}


async def test_a_dead_letter_that_was_mended_reaches_the_group_that_lacks_it(
    system: RunningSystem, user: User, tmp_path: Path
) -> None:
    made = await user.create("Before", movies(1))
    await user.mirrored(made.id)
    [known, *_] = [one for one in await system.records.read(LISTS.name) if one.key == user.name.encode()]
    renamed = known.event().model_copy(update={"version": 2, "title": "Mended"})
    (value := tmp_path / "value.json").write_bytes(renamed.to_json())
    headers = {**dict(known.headers), "ce_id": str(uuid.uuid4()).encode(), "ce_type": ListUpdated.ce_type.encode()}
    await system.records.write([replace(known, value=b"{}", headers=tuple(headers.items()))])
    [letter] = await eventually(partial(_buried, system, LISTS, "trakt-sync", user), within=BURIED_WITHIN)
    place = f"{letter.topic}/{letter.partition}/{letter.offset}"
    replay = f"chassis.dead_letters replay {place}"
    assert (await system.once(replay, like="trakt-sync consume"))[0] == 1  # as it is, it would come back
    status, said = await system.once(f"{replay} --value-file", files=[value], like="trakt-sync consume")
    assert status == 0, said

    async def names() -> list[str]:
        return [one.name for one in await user.on_trakt()]

    await eventually(names, until=lambda seen: seen == ["Mended"])
    [mark] = [one for one in await _buried(system, LISTS, "trakt-sync", user) if one.value is None]
    assert (mark.header("dlq_settled"), mark.header("dlq_settled_offset")) == ("replayed", str(letter.offset))


async def _buried(system: RunningSystem, topic: Topic, group: str, user: User) -> list[Record]:
    letters = await system.records.read(dead_letter_topic(topic.name, group))
    return [one for one in letters if (one.key or b"").startswith(user.name.encode())]
