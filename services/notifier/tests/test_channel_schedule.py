from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.channels.attempts import SCHEDULE, Failed, next_wait
from notifier.channels.channel import Digest, Plan
from notifier.channels.schedule import due_at, quiet_until

BERLIN = "Europe/Berlin"
NIGHT = Plan(["error"], BERLIN, quiet=(time(22), time(7)))


def berlin(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        ("2026-06-10T21:59", "2026-06-10T21:59"),
        ("2026-06-10T22:00", "2026-06-11T07:00"),
        ("2026-06-11T00:30", "2026-06-11T07:00"),
        ("2026-06-11T06:59", "2026-06-11T07:00"),
        ("2026-06-11T07:00", "2026-06-11T07:00"),
    ],
)
def test_quiet_hours_are_those_of_the_users_clock(now: str, sent: str) -> None:
    assert due_at(NIGHT, berlin(now)) == berlin(sent)


def test_a_night_in_which_clocks_are_put_forward_is_an_hour_shorter() -> None:
    # 2026-03-29: 02:00 becomes 03:00 in Berlin
    assert berlin("2026-03-29T07:00") - berlin("2026-03-28T22:00") == timedelta(hours=8)
    assert due_at(NIGHT, berlin("2026-03-28T23:00")) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert due_at(NIGHT, datetime(2026, 3, 29, 5, tzinfo=UTC)) == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_once() -> None:
    # 2026-10-25: 03:00 becomes 02:00 in Berlin
    plan = Plan(["error"], BERLIN, quiet=(time(22), time(2, 30)))
    end = berlin("2026-10-25T02:30", fold=0)
    assert due_at(plan, berlin("2026-10-25T02:10", fold=0)) == end
    again = berlin("2026-10-25T02:10", fold=1)
    assert again > end
    assert due_at(plan, again) == again


def test_quiet_hours_that_end_at_a_time_that_is_skipped_end_then() -> None:
    plan = Plan(["error"], BERLIN, quiet=(time(22), time(2, 30)))
    end = due_at(plan, berlin("2026-03-29T01:59"))
    assert end == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there
    assert due_at(plan, end) == end


def test_a_daily_digest_comes_once_on_each_day_of_the_change() -> None:
    plan = Plan(["error"], BERLIN, digest=Digest(at=time(8)))
    at = berlin("2026-10-24T07:00")
    seen = []
    for _ in range(4):
        at = due_at(plan, at)
        seen.append(at.astimezone(ZoneInfo(BERLIN)).replace(tzinfo=None))
    assert seen == [datetime(2026, 10, day, 8) for day in (24, 25, 26, 27)]  # noqa: DTZ001 - what the clock says


def test_a_digest_of_some_hours_comes_at_those_hours() -> None:
    plan = Plan(["error"], BERLIN, digest=Digest(every_hours=6))
    assert due_at(plan, berlin("2026-06-10T06:00")) == berlin("2026-06-10T12:00")
    assert due_at(plan, berlin("2026-06-10T23:59")) == berlin("2026-06-11T00:00")


def test_a_digest_in_quiet_hours_comes_at_their_end() -> None:
    plan = Plan(["error"], BERLIN, quiet=(time(22), time(7)), digest=Digest(every_hours=2))
    assert due_at(plan, berlin("2026-06-10T23:00")) == berlin("2026-06-11T07:00")


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
zones = st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"])
digests = st.one_of(
    st.just(Digest()), st.builds(Digest, at=times), st.builds(Digest, st.sampled_from([1, 2, 3, 4, 6, 8, 12]))
)
windows = st.none() | st.tuples(times, times).filter(lambda pair: pair[0] != pair[1])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(zones, windows, digests, moments)
def test_what_is_held_is_sent_within_two_days_and_never_in_quiet_hours(
    zone: str, quiet: tuple[time, time] | None, digest: Digest, now: datetime
) -> None:
    plan = Plan(["error"], zone, quiet, digest)
    at = due_at(plan, now)
    assert now <= at <= now + timedelta(hours=50)
    assert quiet_until(plan, at) == at


def test_waits_grow_for_three_days_and_then_there_is_none() -> None:
    failed = Failed("answered", 503)
    waits = [next_wait(attempts, failed, 0) for attempts in range(1, len(SCHEDULE) + 2)]
    assert waits == [*SCHEDULE, None]
    assert timedelta(days=3) < sum(SCHEDULE, timedelta()) < timedelta(days=4)
    assert sorted(SCHEDULE) == list(SCHEDULE)


@given(st.integers(1, len(SCHEDULE)), st.floats(-1, 1))
def test_a_wait_is_a_fifth_longer_or_shorter_at_most(attempts: int, spread: float) -> None:
    wait = next_wait(attempts, Failed("timeout"), spread)
    assert wait is not None
    assert SCHEDULE[attempts - 1] * 0.79 < wait < SCHEDULE[attempts - 1] * 1.21


def test_a_receiver_is_left_alone_for_as_long_as_it_asks_but_for_a_day_at_most() -> None:
    assert next_wait(1, Failed("answered", 429, timedelta(minutes=7)), 0) == timedelta(minutes=7)
    assert next_wait(9, Failed("answered", 429, timedelta(minutes=7)), 0) == SCHEDULE[8]
    assert next_wait(1, Failed("answered", 429, timedelta(days=900)), 0) == timedelta(days=1)


@pytest.mark.parametrize("failed", [Failed("address_refused"), Failed("address_wrong"), Failed("answered", 410)])
def test_what_cannot_get_better_is_not_tried_again(failed: Failed) -> None:
    assert next_wait(1, failed, 0) is None
