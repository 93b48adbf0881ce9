"""How a run ends: decided under the list's lock, from what the run has found."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from lists_api.lists.domain import changes
from lists_api.lists.domain import items as item_edits
from lists_api.lists.domain.changes import Change
from lists_api.lists.domain.items import Differences
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.properties import titled
from lists_api.lists.domain.schedule import Schedule
from lists_api.runs.domain import events
from lists_api.runs.domain.fill import Ranked, fill, room_of, without_watched
from lists_api.runs.domain.mode import Mode
from lists_api.runs.domain.run import Demand, Lease
from lists_api.runs.domain.timing import next_run_at, retry_at
from watchbuddy_contracts import ListEvent, RunState, Title, TitleKey

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Guard:
    """When an automatic run waits for the list's owner.

    Args:
        max_removed_percent: share of the list's titles that a run may remove by itself.
        min_items: a shorter list is not guarded.
    """

    max_removed_percent: int = 50
    min_items: int = 20

    def holds(self, before: int, removed: int) -> bool:
        """Whether a run that removes so many of so many titles waits."""
        return before >= self.min_items and removed * HUNDRED > before * self.max_removed_percent


@dataclass(frozen=True, slots=True)
class Findings:
    """What a run has found out without a lock.

    Args:
        ranked: the best titles first; None: none were looked for.
        watched: keys of what the owner has watched, as far as it is on the list.
    """

    mode: Mode
    ranked: tuple[Ranked, ...] | None = None
    watched: AbstractSet[TitleKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Situation:
    """A list under its lock.

    Args:
        failures: runs that failed, one after the other.
        is_mirrored: the list has a Trakt list, and nothing is known to be wrong with it.
        is_awaited: another run of the list waits for the owner already.
    """

    current: MediaList
    schedule: Schedule
    demand: Demand
    failures: int = 0
    is_mirrored: bool = True
    is_awaited: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ends.

    Args:
        change: the list's new version; None: there is none.
        events: those that carry no state.
        said: see `Filled`.
        would: what a held run would do; None: it is not held.
        settles: a run that waits for the owner waits no longer.
    """

    state: RunState
    schedule: Schedule
    total: int
    updated: int = 0
    removed: int = 0
    is_full: bool | None = None
    change: Change | None = None
    events: tuple[ListEvent, ...] = ()
    said: Mapping[Title, tuple[int, str]] = field(default_factory=dict)
    failures: int = 0
    would: Differences | None = None
    settles: bool = False
    error: str | None = None


def outcome_of(lease: Lease, situation: Situation, findings: Findings, guard: Guard, *, now: datetime) -> Outcome:
    """Return how the run ends."""
    current = situation.current
    if findings.mode in ("skip", "watched_only"):
        wanted = without_watched(current, findings.watched) if findings.mode == "watched_only" else current
        is_skip = findings.mode == "skip" and current.properties.filling is not None
        saved = _saved(lease, situation, wanted, situation.schedule, now, same="not_due" if is_skip else "same")
        return _told(lease, situation, saved)
    if not findings.ranked and room_of(current, findings.watched) > 0:
        return _told(lease, situation, _without_candidates(lease, situation, now))
    filled = fill(current, findings.ranked or (), findings.watched, year=now.year)
    would = item_edits.differences(current.items, filled.wanted.items)
    schedule = _ran(situation, now)
    is_guarded = not situation.demand.is_by_user and situation.schedule.last_full_sync_at is not None
    if is_guarded and guard.holds(len(current.items), len(would.leaves)):
        return _held(lease, situation, would, schedule)
    is_full = findings.mode == "full"
    schedule = replace(
        schedule, status="complete", last_sync_at=now, last_full_sync_at=now if is_full else schedule.last_full_sync_at
    )
    saved = _saved(lease, situation, filled.wanted, schedule, now)
    return _told(lease, situation, replace(saved, is_full=is_full, said=filled.said, settles=True, failures=0))


def failure_of(lease: Lease, situation: Situation, error: str, *, now: datetime) -> Outcome:
    """Return how a run ends that an error stopped. The list is run again after a wait that grows."""
    filling, schedule, failures = situation.current.properties.filling, situation.schedule, situation.failures + 1
    is_news = schedule.status != "error"
    if filling is not None:
        again = None if filling.is_paused else retry_at(failures, now, filling.sync_interval_hours)
        schedule = replace(schedule, status="error", next_sync_at=again)
    ended = Outcome("failed", schedule, len(situation.current.items), failures=failures, error=error)
    if is_news:
        ended = replace(ended, events=(events.run_failed(lease, situation.demand, "error"),))
    return _told(lease, situation, ended)


def _saved(
    lease: Lease,
    situation: Situation,
    wanted: MediaList,
    schedule: Schedule,
    now: datetime,
    *,
    same: Literal["same", "not_due"] = "same",
) -> Outcome:
    """Return the end of a run that leaves the list as wanted. Who asked for it is told, also where that is the same."""
    current, demand = situation.current, situation.demand
    wanted = replace(wanted, properties=titled(wanted.properties, year=now.year))
    edit = item_edits.replace(current.items, wanted.items)
    # A list that Trakt lacks is sent when its owner asks, changed or not.
    is_sent = demand.is_by_user and not situation.is_mirrored
    change = None
    if wanted != current or is_sent:
        change = changes.sync(current, run_id=lease.run_id, trigger=demand.trigger, wanted=wanted)
        if current.properties.filling is None:
            schedule = replace(schedule, last_sync_at=now)
    return Outcome(
        "succeeded",
        schedule,
        len(wanted.items),
        updated=edit.added,
        removed=edit.removed,
        change=change,
        events=(events.run_unchanged(lease, demand, same),) if change is None and demand.is_by_user else (),
        failures=situation.failures,
    )


def _without_candidates(lease: Lease, situation: Situation, now: datetime) -> Outcome:
    is_news = situation.schedule.status != "no_candidates"
    schedule = replace(_ran(situation, now), status="no_candidates", last_sync_at=now)
    told = (events.run_failed(lease, situation.demand, "no_candidates"),) if is_news else ()
    return Outcome("no_candidates", schedule, len(situation.current.items), events=told, settles=True)


def _held(lease: Lease, situation: Situation, would: Differences, schedule: Schedule) -> Outcome:
    total, comes, leaves = len(situation.current.items), len(would.comes), len(would.leaves)
    held = Outcome("held", replace(schedule, status="needs_approval"), total, comes, leaves)
    if situation.is_awaited:
        return replace(held, state="cancelled", error="A run of the list waits for its owner already.")
    event = events.run_held(lease, situation.demand, would_add=comes, would_remove=leaves, total=total)
    return _told(lease, situation, replace(held, would=would, events=(event,)))


def _ran(situation: Situation, now: datetime) -> Schedule:
    """Return the schedule with the next run's time."""
    current, filling = situation.current, situation.current.properties.filling
    if filling is None or filling.is_paused:
        return replace(situation.schedule, next_sync_at=None)
    due = next_run_at(current.list_id, now, filling.sync_interval_hours)
    return replace(situation.schedule, next_sync_at=due)


def _told(lease: Lease, situation: Situation, ended: Outcome) -> Outcome:
    """Return the outcome with the event for open screens: of every run that a user asked for, and of news."""
    is_news = ended.change is not None or ended.state == "held"
    if not (situation.demand.is_by_user or is_news):
        return ended
    counts = {"updated": ended.updated, "removed": ended.removed, "total": ended.total}
    event = events.run_changed(lease, situation.demand, ended.state, None, **counts)
    return replace(ended, events=(*ended.events, event))
