"""The whole engine on a virtual clock: whatever happens, everything comes to rest as it should (decision 44).

A schedule that fails is printed as code, minimal. Put it into `MENDED` when its cause is mended.
"""

import os
import secrets
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from trakt_sync.testing.simulation.operations import (
    Ask,
    ByHand,
    Connect,
    Crash,
    Delete,
    Edit,
    Erase,
    Expire,
    Fault,
    Freeze,
    Leave,
    Limit,
    OnWatchlist,
    Operation,
    Redeliver,
    Thaw,
    Wait,
    Work,
)
from trakt_sync.testing.simulation.run import Run, simulation_on
from trakt_sync.testing.simulation.strategies import erasures, schedules

MANY = int(os.environ.get("SCHEDULES", "2000"))
BATCHES = 4
"""Parallel workers share them."""
IS_SOAK = "SCHEDULES" in os.environ
"""A soak chooses other schedules each time."""

MENDED: dict[str, Sequence[Operation]] = {
    "a list made, edited and deleted": [
        Edit(items=("m1", "s1", "m2")),
        Work(9),
        Edit(items=("m2", "s1"), title="b", is_ordered=True),
        Redeliver(1),
        Work(9),
        Delete(),
    ],
    "a refused change of the title that was carried out, and an edit back": [
        Edit(title="b"),
        Work(2),
        Fault(method="PUT", status=422, after=True),
        Edit(title="a"),
        Work(2),
        Edit(title="b"),
    ],
    "a film by another id": [Edit(items=("m1",)), Work(2), Edit(items=("m1t",))],
    "an addition that was refused and carried out": [
        Edit(items=("m1",)),
        Work(),
        Fault("rate_limited_html", method="POST", after=True),
        Work(2),
    ],
    "a row that Trakt takes off later": [
        Edit(items=("m1",)),
        Work(2),
        Fault(kind="unremovable"),
        Edit(items=("m2",)),
        Work(9),
    ],
    "a film that is wanted twice, while its addition has no answer": [
        Edit(items=("m1t",)),
        Work(),
        Fault(),
        Work(),
        Edit(items=("m1",)),
        Edit(items=("m1a", "m1")),
    ],
    "a creation that is refused for ever": [
        Edit(items=("m1",)),
        Fault("status", method="POST", path="/users/me/lists", times=None, status=403, account="ada"),
        Work(9),
    ],
    "an order that is refused for ever": [
        Edit(items=("m1", "m2"), is_ordered=True),
        Work(9),
        Fault("status", method="POST", path="*/reorder", times=None, status=422, account="ada"),
        Edit(items=("m2", "m1")),
        Work(9),
    ],
    "a refused addition that was carried out, to a list that keeps what others add": [
        Edit(items=("m1",), mode="keep_extra"),
        Work(),
        Fault(method="POST", status=400, after=True),
        Work(),
        Edit(items=()),
    ],
    "a user who joins a Trakt account that somebody has just written to": [
        Edit(),
        Work(),
        Connect("ada", user="bob"),
        Edit(number=3),
        Work(3),
    ],
    "a full list that is to have titles by other ids, while Trakt may still be read old": [
        Edit(items=("m1", "m2", "s2t", "s1")),
        Work(9),
        Edit(items=("m1", "m2", "s2t", "s1", "m1i")),
        Work(2),
        Limit(items=3),
        Edit(items=("m2t", "m5a", "m4i", "s3", "m2", "m1")),
        Work(3),
    ],
    "a title that is added by two ids to a list that keeps what others add": [
        Edit(items=("m2",)),
        Fault(status=503, after=True),
        Work(3),
        Edit(items=("m1", "m1t"), mode="keep_extra"),
        Fault(),
        Work(),
    ],
    "a user who leaves a locked account": [
        Edit(number=3),
        Fault("locked", account="bob", times=None),
        Work(),
        Edit(number=3, items=(), privacy="public"),
        Leave("bob"),
        Fault(status=429),
        Work(),
    ],
    "a title of a higher rank, on an account with more lists than it may have": [
        Edit(items=("m1",)),
        Edit(number=2),
        Work(9),
        Limit(lists=1),
        Edit(items=("m2", "m1")),
        Work(9),
    ],
    "a title by another id, on an account with more lists than it may have": [
        Edit(items=("m2",)),
        Edit(number=2),
        Work(9),
        Limit(lists=1),
        Edit(items=("m2", "m1")),
        Work(9),
        Edit(items=("m2t",)),
    ],
    "a list that was deleted for the watchlist, without an answer, and is to be there again": [
        Edit(items=("m1",)),
        Work(9),
        Edit(target="watchlist", when_deleted="detach"),
        Fault(status=503, method="DELETE", after=True),
        Work(),
        Fault(),
        Work(),
        Edit(target="list"),
    ],
    "a watchlist whose second user is well while the login of the first is dead": [
        Edit(items=("m2",), target="watchlist"),
        Work(9),
        Expire(refresh_too=True),
        Edit(items=("m1",)),
        Connect(user="bob"),
        Work(9),
    ],
    "an order that its user changes while an addition is without an answer": [
        OnWatchlist(),
        Edit(items=("m1", "s1i"), is_ordered=True, target="watchlist"),
        Fault("rate_limited_html", method="POST", after=True),
        Work(2),
        OnWatchlist("swap"),
    ],
    "an addition that was carried out, though Trakt knew neither token nor list": [
        Edit(items=("m1",), mode="keep_extra"),
        Work(),
        Fault(method="POST", status=401, after=True),
        Work(),
        Edit(items=("m2",)),
        Edit(number=2, items=("m1",), target="watchlist"),
        Work(9),
        Edit(number=2, items=("m2",)),
        Fault(method="POST", status=404, after=True),
        Work(),
        Edit(number=2, items=("m1",)),
    ],
    "an addition that was carried out, though our application was refused, and then Trakt was away": [
        Edit(items=("m1",), target="watchlist"),
        Work(),
        Fault(method="POST", status=403, after=True),
        Fault(method="GET"),
        Work(),
        Edit(items=("m2",)),
    ],
    "a title of the user's own that is wanted on the watchlist, and taken off before the first audit": [
        OnWatchlist(),
        Edit(items=("m1",), target="watchlist"),
        Work(),
        OnWatchlist("remove"),
    ],
    "a title by two ids, whose addition is sent again": [Edit(items=("m2", "m2t")), Work(), Expire(), Work()],
    "a title by two ids, whose addition is sent again, and that is taken off before it was read": [
        Edit(items=("s2t", "m1t", "m1")),
        Work(),
        Work(),
        Edit(items=(), fate="with_next"),
        Expire(),
        Work(2),
    ],
    "a title that Trakt does not take off the watchlist, whose user leaves": [
        Edit(items=("m2",), target="watchlist"),
        Work(9),
        Fault(kind="unremovable", times=2),
        Edit(items=("m1",)),
        Work(),
        Leave(),
        Work(),
    ],
    "a user who is erased while a worker looks at a list for the first time": [
        Edit(items=("m1",)),
        Freeze(1, "after"),
        Work(),
        Erase(keep=True),
        Work(),
        Thaw(),
    ],
    "a user who is erased and comes back at once": [
        Edit(items=("m1", "m2"), target="watchlist"),
        Work(9),
        Edit(items=("m3i",), fate="late"),
        Erase(),
        Redeliver(),
        Connect(),
        Edit(items=("m2",)),
        Work(9),
    ],
    "a title that its user takes off, on an account with more lists than it may have": [
        Edit(items=("m1",)),
        Edit(number=2),
        Work(9),
        Limit(lists=1),
        ByHand("remove"),
    ],
    "a user who is erased while a creation that was refused, and carried out, is not to be seen": [
        Fault("stale_lists", delay_s=2),
        Fault(status=409, after=True),
        Edit(),
        Work(2),
        Erase(),
    ],
    "a user who is erased after a second list was made, for the first was not to be seen": [
        Fault("stale_lists", delay_s=300, times=1),
        Fault(status=409, after=True),
        Edit(),
        Work(4),
        Erase(),
    ],
    "a title for another on Trakt, and then an edit that changes something else": [
        Edit(items=("m1", "m2")),
        Work(9),
        ByHand("remove"),
        ByHand("add"),
        Edit(items=("m1", "m2"), title="b"),
    ],
    "an order that is changed on Trakt, and then a title": [
        Edit(items=("m1", "m2"), is_ordered=True),
        Work(9),
        ByHand("swap"),
        Edit(items=("m1", "m2", "s1"), is_ordered=True),
    ],
    "a list that stays deleted, is edited, and asked for": [
        Edit(when_deleted="detach"),
        Work(),
        ByHand("delete"),
        Wait(44935),
        Edit(),
        Work(2),
        Ask(),
    ],
    "a list that stays deleted, is asked for, and whose user connects again before it is made": [
        Edit(when_deleted="detach"),
        Work(),
        ByHand("delete"),
        Wait(44935),
        Work(2),
        Ask(),
        Connect(),
    ],
    "a user who leaves at the moment of a write": [
        Edit(fate="with_next"),
        Expire(user="bob"),
        Work(),
        Edit(number=3),
        Freeze(3, "after"),
        Work(2),
        Leave(),
    ],
    "titles that Trakt does not take off the watchlist, whose list is deleted": [
        Edit(items=("m1", "m2"), target="watchlist"),
        Work(9),
        Fault(kind="unremovable"),
        Delete(),
        Work(9),
    ],
    "a list that has not told what it put on the watchlist before it gives it away": [
        Edit(number=2, items=("s1i", "m2t", "s2a", "m1"), target="watchlist"),
        Work(3),
        Edit(number=2, items=(), target="list"),
        Edit(target="watchlist"),
    ],
    "a list whose deletion was carried out without an answer": [
        Wait(188),
        Edit(items=("m1",)),
        Work(),
        Delete(),
        Crash(3, "after"),
        Work(),
    ],
    "a title that is refused by the watchlist, which is read before it is tried again": [
        Edit(target="watchlist"),
        Fault(),
        Work(),
        Fault(times=None, status=400, ids={"trakt": 1}, media="movies"),
        Work(),
        OnWatchlist(title="m2"),
        Edit(items=("m1",)),
        Work(),
        Work(3),
        Edit(number=3),
    ],
    "a title that Trakt refuses to take off the watchlist, whose user is erased": [
        Edit(items=("m1",), target="watchlist"),
        Work(2),
        Fault(times=None, status=400, ids={"trakt": 1}, media="movies"),
        Erase(),
        Work(9),
    ],
    "a title that is taken off by hand while its addition is still to come a second time": [
        Edit(),
        Work(),
        Fault(kind="late", delay_s=2),
        Edit(items=("m1",)),
        Edit(when_removed="take_over"),
        Work(3),
        ByHand("remove"),
    ],
    "a list that is to have the watchlist of another one, and then one of its own": [
        Edit(items=("s2a", "m2t", "m1a", "m3a", "s1"), target="watchlist"),
        Work(3),
        Edit(target="list"),
        Work(),
        Edit(number=2, target="watchlist"),
        Work(),
        Edit(number=2, target="list"),
    ],
    "errors of the server that pass": [
        Edit(items=("m1",)),
        Work(),
        Fault(),
        Work(),
        Edit(items=("m1",)),
        Edit(items=("m2",)),
        Work(),
        Fault(),
        Work(),
        Edit(items=("m1",)),
        Edit(items=("m1",)),
        Fault(),
        Work(),
        Edit(),
        Fault(),
        Work(),
    ],
}


@pytest.fixture(scope="module")
def run(database: str) -> Iterator[Run]:
    with simulation_on(database) as run:
        yield run


@pytest.mark.parametrize("schedule", MENDED.values(), ids=MENDED.keys())
def test_what_failed_once_holds(run: Run, schedule: Sequence[Operation]) -> None:
    run(schedule)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_schedule_comes_to_rest_as_it_should(run: Run, batch: int) -> None:
    _look(run, schedules, count=MANY // BATCHES, number=batch)


def test_every_schedule_of_a_user_who_is_erased_comes_to_rest_as_it_should(run: Run) -> None:
    _look(run, erasures, count=MANY // 10, number=BATCHES)


def _look(run: Run, chosen: st.SearchStrategy[list[Operation]], *, count: int, number: int) -> None:
    began_at, ran = time.process_time(), 0

    @seed(secrets.randbits(64) if IS_SOAK else number)
    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(chosen)
    def check(schedule: Sequence[Operation]) -> None:
        nonlocal ran
        ran += 1
        note(f"schedule = {schedule}")
        run(schedule)

    try:
        check()
    finally:
        took_s = time.process_time() - began_at
        print(f"{ran} schedules in {took_s:.0f} s of processor time, {took_s / ran * 1000:.0f} ms each")  # noqa: T201
