"""Erasing a user: messages, conditions and channels go, lists-api hears so, and nothing late brings any of it back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from chassis.erasure import erasing
from chassis.kafka.broker import Handler
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from chassis.testing import FakeClock, rows_with
from notifier.dispatch import Dispatcher
from notifier.erasing import Eraser, NotConfirmedError
from notifier.testing import TIME, delivered, sync_started
from notifier.testing_channels import Delivering
from watchbuddy_contracts import (
    TraktListDeleted,
    TraktReauthorizationRequired,
    TraktUserForgotten,
    UserErasureRequested,
)

SECOND = timedelta(seconds=1)
ERASURE = uuid4()
CANARY = "Canary of Ada"


class Confirmed:
    """Notes confirmations, and fails as often as a test says."""

    def __init__(self) -> None:
        self.ids: list[UUID] = []
        self.failures = 0

    async def confirm(self, request: UserErasureRequested, _cause: Delivered) -> None:
        if self.failures:
            self.failures -= 1
            raise NotConfirmedError("Kafka is away")
        self.ids.append(request.erasure_id)


@pytest.fixture
def confirmed() -> Confirmed:
    return Confirmed()


@pytest.fixture
def handle(pool: Pool, dispatcher: Dispatcher, confirmed: Confirmed) -> Handler:
    clock = FakeClock(TIME)
    return erasing(pool, dispatcher.dispatch, Eraser(pool, confirmed.confirm, clock).erase)


def request(user: str = "ada", at: timedelta = SECOND, erasure_id: UUID = ERASURE) -> Delivered:
    event = UserErasureRequested(user_id=user, erasure_id=erasure_id, keep_trakt_lists=True)
    return delivered(event, time=TIME + at)


def forgotten(at: timedelta = 3 * SECOND, erasure_id: UUID = ERASURE) -> Delivered:
    return delivered(TraktUserForgotten(user_id="ada", erasure_id=erasure_id), time=TIME + at)


def synced(at: timedelta) -> Delivered:
    """Return an event of trakt-sync that has a message."""
    event = TraktListDeleted(user_id="ada", list_id=7, version=2, title=CANARY, trakt_list_id=5)
    return delivered(event, time=TIME + at)


async def messages(pool: Pool, user: str = "ada") -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM messages WHERE user_id = $1", user)
    return count


async def test_all_that_is_known_of_a_user_goes_and_of_another_nothing(
    pool: Pool, handle: Handler, confirmed: Confirmed
) -> None:
    channels = Delivering(pool, FakeClock(TIME))
    await channels.add(name=CANARY)
    await channels.add("bob", name="Of Bob")
    wrong = [delivered(TraktReauthorizationRequired(user_id=user)) for user in ("ada", "bob")]
    await handle([delivered(sync_started(title=CANARY)), delivered(sync_started("bob", "Of Bob")), *wrong])
    await channels.settle()
    before = await rows_with(pool, "ada", CANARY)
    assert before.keys() == {"messages", "condition", "channels", "deliveries"}
    of_bob = await rows_with(pool, "bob", "Bob")
    await handle([request()])
    assert await rows_with(pool, "ada", CANARY) == {}
    assert await rows_with(pool, "bob", "Bob") == of_bob
    assert confirmed.ids == [ERASURE]


async def test_what_trakt_sync_says_before_its_last_word_brings_nothing_back_and_what_it_says_then_is_of_somebody_new(
    pool: Pool, handle: Handler
) -> None:
    await handle([synced(0 * SECOND), request(), synced(2 * SECOND)])
    assert await messages(pool) == 0
    await handle([forgotten(), synced(4 * SECOND), delivered(sync_started(), time=TIME + 4 * SECOND)])
    assert await messages(pool) == 2
    await handle([synced(2 * SECOND), delivered(sync_started(), time=TIME)])  # an operator sent dead letters again
    assert await messages(pool) == 2


async def test_trakt_syncs_last_word_may_come_before_the_request(pool: Pool, handle: Handler) -> None:
    await handle([forgotten(), synced(4 * SECOND)])
    await handle([request(at=SECOND)])
    await handle([synced(2 * SECOND)])
    assert await messages(pool) == 0
    await handle([synced(5 * SECOND)])
    assert await messages(pool) == 1


@pytest.mark.parametrize("order", [lambda events: events, reversed], ids=["in order", "the last words first"])
async def test_who_is_erased_twice_is_heard_again(
    pool: Pool, handle: Handler, order: Callable[[list[list[Delivered]]], list[list[Delivered]]]
) -> None:
    again = uuid4()
    requests = [request(), request(at=4 * SECOND, erasure_id=again)]
    words = [forgotten(), forgotten(at=5 * SECOND, erasure_id=again)]
    for events in order([requests, words]):
        await handle(events)
    await handle([synced(4 * SECOND)])
    assert await messages(pool) == 0
    await handle([synced(6 * SECOND)])
    assert await messages(pool) == 1


async def test_ten_deliveries_are_one_and_each_is_confirmed(pool: Pool, handle: Handler, confirmed: Confirmed) -> None:
    old, new = delivered(sync_started(title=CANARY)), delivered(sync_started(), time=TIME + 5 * SECOND)
    for _ in range(10):
        await handle([old, request(), forgotten(), new])
    assert await messages(pool) == 1
    assert await rows_with(pool, CANARY) == {}
    assert confirmed.ids == [ERASURE] * 10


async def test_a_confirmation_that_kafka_does_not_take_is_sent_when_the_request_comes_again(
    pool: Pool, handle: Handler, confirmed: Confirmed
) -> None:
    confirmed.failures = 1
    await handle([delivered(sync_started())])
    with pytest.raises(NotConfirmedError):
        await handle([request()])
    assert await messages(pool) == 0
    await handle([request()])
    assert confirmed.ids == [ERASURE]
