from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chassis.postgres.database import Pool
from chassis.testing import FakeClock
from notifier import store
from notifier.channels import delivery_store, log_store, rotation
from notifier.channels import store as channel_store
from notifier.channels.attempts import Failed
from notifier.channels.channel import Told
from notifier.channels.content import text_of
from notifier.channels.requests import ChannelPatch
from notifier.testing_channels import Delivering

START = datetime(2026, 6, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def of(pool: Pool) -> Delivering:
    return Delivering(pool, FakeClock(START))


async def test_every_statement_fits_the_migrated_schema(pool: Pool) -> None:
    statements = [
        value
        for module in (channel_store, delivery_store, log_store, rotation)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and " " in value and name != "TEST"
    ]
    assert len(statements) >= 24
    async with pool.acquire() as connection:
        for statement in statements:
            await connection.prepare(statement)


async def test_a_message_goes_to_each_channel_of_its_user_once(of: Delivering) -> None:
    await of.tell("before there was a channel")
    for name in ("Phone", "Mail"):
        await of.add(name=name)
    await of.add(user_id="bob")
    await of.tell("Synced")
    for _ in range(3):
        await of.settle()
    assert of.sending.texts == ["Synced", "Synced"]


async def test_severities_that_are_not_wanted_are_passed_over_for_good(of: Delivering) -> None:
    channel_id = await of.add(severities=["error"])
    await of.tell("quiet", severity="info")
    await of.tell("loud", severity="error")
    await of.settle()
    await of.channels.change("ada", channel_id, _patch(severities=["info"]))
    await of.settle()
    assert of.sending.texts == ["loud"]


async def test_what_comes_while_a_channel_is_paused_is_not_sent_later(of: Delivering) -> None:
    channel_id = await of.add(enabled=False)
    await of.tell("while it was paused")
    await of.settle()
    await of.channels.change("ada", channel_id, _patch(enabled=True))
    await of.tell("after")
    await of.settle()
    assert of.sending.texts == ["after"]


async def test_what_waited_while_the_process_was_away_goes_together(of: Delivering) -> None:
    await of.add()
    await of.tell(*(f"message {number}" for number in range(25)))
    await of.settle()
    (text,) = of.sending.texts
    assert text.splitlines()[0] == "message 0"
    assert text.splitlines()[-2:] == ["message 19", "and 5 more"]


async def test_a_very_long_wait_goes_in_parts_of_which_none_is_lost(of: Delivering) -> None:
    channel_id = await of.add(kind="webhook", address="http://127.0.0.1/a")
    await of.tell(*(f"message {number}" for number in range(450)))
    await of.settle()
    log = await log_store.page(of.pool, "ada", channel_id, limit=100, offset=0)
    assert log is not None
    told = [message.text for entry in reversed(log.entries) for message in entry.messages]
    assert told == [f"message {number}" for number in range(450)]
    assert len(of.sending.sent) == 3


async def test_a_message_that_is_cleared_after_it_was_handed_over_is_sent_all_the_same(of: Delivering) -> None:
    await of.add(digest={"at": "18:00"})
    await of.tell("cleared meanwhile")
    await of.settle()
    await store.clear(of.pool, "ada", up_to=None)
    await of.pass_time(12 * HOUR)
    assert of.sending.texts == ["cleared meanwhile"]


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("Noir", "Synced to Trakt: +1 -0", "'Noir': Synced to Trakt: +1 -0"),
        ("Noir", "Created list 'Noir' on Trakt", "Created list 'Noir' on Trakt"),
        (None, "Trakt is connected", "Trakt is connected"),
    ],
)
def test_a_text_says_of_which_list_it_is(title: str | None, text: str, said: str) -> None:
    list_id = None if title is None else 7
    told = Told(1, "a_kind", text, "info", list_id, title, START)
    assert text_of([told]) == said
    assert text_of([told, told]) == f"{said}\n{said}"


# --- quiet hours and digests


async def test_quiet_hours_hold_everything_and_send_it_together(of: Delivering) -> None:
    await of.add(time_zone="Europe/Berlin", quiet_hours={"begin": "22:00", "end": "07:00"})
    of.clock.now = datetime(2026, 6, 10, 22, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    for number in range(3):
        await of.tell(f"night {number}")
        await of.pass_time(HOUR)
    assert of.sending.texts == []
    await of.pass_time(6 * HOUR)
    assert of.sending.texts == ["night 0\nnight 1\nnight 2"]
    await of.tell("day")
    await of.settle()
    assert of.sending.texts[1:] == ["day"]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 8), ("2026-10-24", 10), ("2026-06-10", 9)])
async def test_a_night_with_a_change_of_clocks_is_held_to_its_end(of: Delivering, day: str, hours: int) -> None:
    await of.add(time_zone="Europe/Berlin", quiet_hours={"begin": "22:00", "end": "07:00"})
    of.clock.now = datetime.fromisoformat(f"{day}T22:00").replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    await of.tell("night")
    await of.settle()
    await of.pass_time(hours * HOUR - timedelta(minutes=1))
    assert of.sending.texts == []
    await of.pass_time(timedelta(minutes=1))
    assert of.sending.texts == ["night"]


async def test_an_attempt_that_falls_due_in_quiet_hours_waits_for_their_end(of: Delivering) -> None:
    await of.add(quiet_hours={"begin": "12:01", "end": "20:00"})
    of.sending.outcome = lambda _what: Failed("unreachable")
    await of.tell("Synced")
    await of.pass_time(timedelta(seconds=59), step=timedelta(seconds=1))
    tries = len(of.sending.sent)
    assert tries == 3
    of.sending.outcome = lambda _what: None
    await of.pass_time(7 * HOUR)
    assert len(of.sending.sent) == tries
    await of.pass_time(HOUR)
    assert len(of.sending.sent) == tries + 1


async def test_a_digest_collects_what_comes_and_sends_it_at_its_time(of: Delivering) -> None:
    channel_id = await of.add(digest={"every_hours": 6})
    for number in range(8):  # from noon, one an hour
        await of.tell(f"hour {number}")
        await of.pass_time(HOUR)
    await of.pass_time(6 * HOUR)
    assert of.sending.texts == ["\n".join(f"hour {number}" for number in range(6)), "hour 6\nhour 7"]
    assert await of.states(channel_id) == ["sent", "sent"]


async def test_a_digest_without_messages_is_none(of: Delivering) -> None:
    await of.add(digest={"at": "08:00"})
    await of.pass_time(72 * HOUR)
    assert of.sending.sent == []


async def test_what_comes_just_when_a_digest_goes_is_in_the_next_one(of: Delivering) -> None:
    await of.add(digest={"at": "18:00"})
    await of.tell("today")
    await of.settle()
    of.clock.now = datetime(2026, 6, 10, 18, tzinfo=UTC)
    await of.tell("tomorrow")
    await of.settle()
    assert of.sending.texts == ["today"]
    await of.pass_time(24 * HOUR)
    assert of.sending.texts == ["today", "tomorrow"]


def _patch(**fields: object) -> ChannelPatch:
    return ChannelPatch.model_validate(fields)
