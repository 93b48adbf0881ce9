"""When a channel sends: quiet hours and digests, in the user's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from notifier.channels.channel import Plan

DAY: Final = timedelta(days=1)


def due_at(plan: Plan, now: datetime) -> datetime:
    """Return when a message that comes now is sent: now, or later, together with others of that time."""
    return quiet_until(plan, _next_digest(plan, now))


def quiet_until(plan: Plan, at: datetime) -> datetime:
    """Return the end of the quiet hours that this time lies in; the time itself when it lies in none."""
    if plan.quiet is None:
        return at
    begins, ends = plan.quiet
    nights = 0 if begins < ends else 1
    # Windows are looked at between two instants, not by what the clock on the wall says: when clocks are put back, it
    # says the same twice.
    for day in _days_around(plan, at):
        end = _instant(plan, day + nights * DAY, ends)
        if _instant(plan, day, begins) <= at < end:
            return end
    return at


def _next_digest(plan: Plan, now: datetime) -> datetime:
    times = (_instant(plan, day, at) for day in _days_around(plan, now) for at in plan.digest.times())
    return min((at for at in times if at > now), default=now)


def _days_around(plan: Plan, at: datetime) -> list[date]:
    today = at.astimezone(plan.zone).date()
    return [today - DAY, today, today + DAY]


def _instant(plan: Plan, day: date, at: time) -> datetime:
    """Return when the clock says so on that day, in the time zone of `plan`.

    A time that clocks skip counts as if they did not; of one that comes twice it is the first.
    """
    # Two times with the same time zone are compared by what the clock says: hence UTC.
    return datetime.combine(day, at, plan.zone).astimezone(UTC)
