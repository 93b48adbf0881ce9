"""What the notifier shows of itself to whoever scrapes it."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.postgres.database import Pool
from chassis.postgres.gauges import ask
from chassis.telemetry.declared import DELIVERIES, DELIVERIES_OVERDUE, DELIVERIES_WAITING
from chassis.telemetry.instruments import counter
from chassis.testing import FakeClock
from notifier.channels.attempts import Failed
from notifier.gauges import GAUGES
from notifier.testing_channels import Delivering


@pytest.fixture
def of(pool: Pool) -> Delivering:
    return Delivering(pool, FakeClock(datetime.now(UTC) - timedelta(minutes=10)))


async def test_deliveries_that_wait_are_shown_and_attempts_counted_by_what_came_of_them(of: Delivering) -> None:
    before = dict(counter(DELIVERIES).values)
    await of.add()
    outcomes = iter([Failed("unreachable"), Failed("answered", 410), None])
    of.sending.outcome = lambda _what: next(outcomes)
    await of.tell("first")
    await of.settle()
    [gauge] = GAUGES
    shown = await ask(of.pool, gauge)
    assert shown[DELIVERIES_WAITING] == {("pending",): 0, ("failed",): 1}
    assert 500 < shown[DELIVERIES_OVERDUE][("failed",)] < 660
    of.clock.advance(timedelta(minutes=1))
    await of.settle()
    await of.tell("second")
    await of.settle()
    grown = {labels[0]: value - before[labels] for labels, value in counter(DELIVERIES).values.items()}
    assert grown == {"sent": 1, "failed": 1, "exhausted": 1}
