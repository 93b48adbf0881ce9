import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from cryptography.fernet import Fernet
from standardwebhooks import Webhook as Verifier

from chassis.postgres.database import Pool
from chassis.sealing import Sealer
from chassis.testing import FakeClock, eventually
from notifier.channels import delivery_store, rotation
from notifier.channels.attempts import Failed
from notifier.channels.requests import ChannelIn
from notifier.channels.sender import Webhook
from notifier.links import Link
from notifier.testing import ENCRYPTION_KEY
from notifier.testing_channels import Delivering

START = datetime(2026, 6, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def of(pool: Pool) -> Delivering:
    return Delivering(pool, FakeClock(START))


async def test_a_receiver_that_is_away_for_an_hour_gets_each_message_once_after_it(of: Delivering) -> None:
    channel_id = await of.add()
    of.sending.outcome = lambda _what: Failed("unreachable") if of.clock() < START + HOUR else None
    for number in range(3):
        await of.tell(f"message {number}")
        await of.pass_time(timedelta(minutes=10))
    assert set(await of.states(channel_id)) == {"failed"}
    channel = await of.channels.read("ada", channel_id)
    assert channel.failing is not None
    assert (channel.failing.since, channel.failing.failure, channel.waiting) == (START, "unreachable", 3)
    await of.pass_time(2 * HOUR)
    assert await of.states(channel_id) == ["sent"] * 3
    taken = of.sending.texts[-3:]
    assert sorted(taken) == ["message 0", "message 1", "message 2"]
    assert len(of.sending.sent) < 30
    channel = await of.channels.read("ada", channel_id)
    assert (channel.failing, channel.waiting) == (None, 0)


async def test_a_delivery_that_is_given_up_is_told_once_until_something_is_sent_again(of: Delivering) -> None:
    channel_id = await of.add(name="Phone")
    of.sending.outcome = lambda _what: Failed("answered", 503)
    await of.tell("first", "second")
    await of.settle()
    await of.tell("third")
    await of.pass_time(timedelta(days=12))
    assert set(await of.states(channel_id)) == {"exhausted"}
    lost = (
        "Messages could not be sent to 'Phone' any more: the receiver answered 503. Look at this channel, and test it."
    )

    async def told() -> list[str]:
        rows = await of.pool.fetch("SELECT text, link FROM messages WHERE kind = 'channel_given_up' ORDER BY id")
        link = Link(to="channel", channel_id=channel_id)
        assert {Link.model_validate_json(row["link"]) for row in rows} == {link}
        return [row["text"] for row in rows]

    assert await told() == [lost]
    assert of.told == ["ada"]
    of.sending.outcome = lambda _what: None
    await of.tell("fourth")
    await of.settle()
    of.sending.outcome = lambda _what: Failed("answered", 410)
    await of.tell("fifth")
    await of.settle()
    assert await told() == [lost, lost.replace("503", "410")]


async def test_a_receiver_that_asks_for_time_gets_it(of: Delivering) -> None:
    await of.add()
    of.sending.outcome = lambda _what: Failed("answered", 429, timedelta(minutes=30))
    await of.tell("Synced")
    await of.settle()
    of.sending.outcome = lambda _what: None
    await of.pass_time(timedelta(minutes=29))
    assert len(of.sending.sent) == 1
    await of.pass_time(timedelta(minutes=1))
    assert len(of.sending.sent) == 2


async def test_an_address_that_may_not_be_sent_to_any_more_is_given_up_at_once(of: Delivering) -> None:
    channel_id = await of.add()
    sealed = of.channels.sealer.seal("file:///etc/passwd")
    await of.pool.execute("UPDATE channels SET address = $1", sealed)
    await of.tell("Synced")
    await of.settle()
    assert (of.sending.sent, await of.states(channel_id)) == ([], ["exhausted"])


# --- several processes, and processes that die


async def test_three_processes_send_each_message_once(of: Delivering) -> None:
    for name in range(6):
        await of.add(name=str(name))
    ends = asyncio.Event()

    async def work() -> None:
        mine = of.deliveries()
        while not ends.is_set():
            await mine.hand_over()
            await asyncio.gather(*(claimed.serve() for claimed in await mine.claim(4)))

    workers = [asyncio.create_task(work()) for _ in range(3)]
    for number in range(20):
        await of.tell(f"message {number}")

    async def lines() -> list[str]:
        return [line for text in of.sending.texts for line in text.splitlines()]

    await eventually(lines, until=lambda sent: len(sent) >= 120)
    ends.set()
    await asyncio.gather(*workers)
    await of.settle()
    assert sorted(await lines()) == sorted(f"message {number}" for number in range(20) for _ in range(6))


async def test_one_channel_gets_its_messages_one_after_the_other(of: Delivering) -> None:
    await of.add()
    await of.tell("Synced")
    first, second = of.deliveries(), of.deliveries()
    await first.hand_over()
    assert len(await first.claim(8)) == 1
    assert await second.claim(8) == []


async def test_what_a_process_sent_before_it_died_is_sent_again_with_its_id(
    of: Delivering,
) -> None:
    await of.add(kind="webhook", address="http://127.0.0.1/a")
    await of.tell("Synced")

    class Killed(BaseException):
        pass

    def die(_what: object) -> None:
        raise Killed

    of.sending.outcome = die
    with pytest.raises(Killed):
        await of.settle()
    of.sending.outcome = lambda _what: None
    await of.settle()
    assert len(of.sending.sent) == 1  # its lease holds
    await of.pass_time(timedelta(minutes=1))
    first, again = of.sending.sent
    assert isinstance(first, Webhook)
    assert isinstance(again, Webhook)
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body


async def test_who_has_lost_the_lease_records_nothing(of: Delivering) -> None:
    class Slow:
        """Stands still for longer than its lease, while another process sends."""

        async def send(self, _what: object) -> Failed:
            of.clock.advance(timedelta(minutes=2))
            await of.settle()
            return Failed("timeout")

    channel_id = await of.add()
    await of.tell("Synced")
    slow = of.deliveries(Slow())
    await slow.hand_over()
    (late,) = await slow.claim(1)
    await late.serve()
    assert (of.sending.texts, await of.states(channel_id)) == (["Synced"], ["sent"])


# --- webhooks


async def test_signatures_are_verified_by_the_library_with_both_secrets_for_a_day(of: Delivering) -> None:
    of.clock.now = datetime.now(UTC)  # the library looks at its own clock
    channel, first = await of.channels.add("ada", _channel())
    assert first is not None
    second, changed = await of.channels.replace_secret("ada", channel.id)
    assert changed.old_secret_until == of.clock() + timedelta(days=1)
    await of.tell("Synced 'Heists' — 🎬")
    await of.settle()
    (sent,) = of.sending.sent
    assert isinstance(sent, Webhook)
    for secret in (first, second):
        body = Verifier(secret).verify(sent.body, sent.headers)
        assert body["data"]["messages"][0]["text"] == "Synced 'Heists' — 🎬"
    # A day later the old one signs no more.
    await of.pool.execute("UPDATE channels SET old_secret_until = $1", of.clock())
    await of.tell("later")
    await of.settle()
    assert len(_signatures(of)) == 1
    third, _ = await of.channels.replace_secret("ada", channel.id)
    await of.tell("last")
    await of.settle()
    last = of.sending.sent[-1]
    assert isinstance(last, Webhook)
    assert len(_signatures(of)) == 2
    for secret in (second, third):
        Verifier(secret).verify(last.body, last.headers)


async def test_keys_are_rotated_in_the_database(of: Delivering, pool: Pool) -> None:
    await of.channels.add("ada", _channel())
    await of.add()
    new = Fernet.generate_key().decode()
    assert await rotation.rotate(pool, Sealer([new, ENCRYPTION_KEY])) == rotation.Done(2, 0)
    only_new = Sealer([new])
    rows = await pool.fetch("SELECT address, secret FROM channels ORDER BY id")
    assert [only_new.open(row["address"]) for row in rows] == ["http://127.0.0.1/a", "json://127.0.0.1/a"]
    assert (only_new.open(rows[0]["secret"]) or "").startswith("whsec_")
    assert await rotation.rotate(pool, Sealer([Fernet.generate_key().decode()])) == rotation.Done(0, 2)


async def test_the_log_is_swept_but_not_what_waits(of: Delivering) -> None:
    channel_id = await of.add()
    await of.tell("sent")
    await of.settle()
    of.sending.outcome = lambda _what: Failed("timeout")
    await of.tell("waits")
    await of.settle()
    assert await delivery_store.sweep(of.pool, of.clock() + HOUR) == 1
    assert await of.states(channel_id) == ["failed"]


async def test_a_channel_needs_a_secret_just_when_it_is_a_webhook(of: Delivering) -> None:
    await of.add()
    with pytest.raises(asyncpg.CheckViolationError, match="channels_secret_check"):
        await of.pool.execute("UPDATE channels SET secret = address")


def _signatures(of: Delivering) -> list[str]:
    sent = of.sending.sent[-1]
    assert isinstance(sent, Webhook)
    return sent.headers["webhook-signature"].split()


def _channel(**fields: object) -> ChannelIn:
    given = {"name": "Script", "kind": "webhook", "address": "http://127.0.0.1/a", "severities": ["warning"]}
    return ChannelIn.model_validate(given | fields)
