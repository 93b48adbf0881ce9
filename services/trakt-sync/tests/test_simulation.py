"""The whole engine on a virtual clock: whatever happens, everything comes to rest as it should (decision 44).

A schedule that fails is printed as code, minimal. Put it into `mended.py` when its cause is mended.
"""

import os
import secrets
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from trakt_sync.testing.simulation.mended import MENDED
from trakt_sync.testing.simulation.operations import Operation
from trakt_sync.testing.simulation.run import Run, simulation_on
from trakt_sync.testing.simulation.strategies import erasures, schedules

MANY = int(os.environ.get("SCHEDULES", "2000"))
BATCHES = 4
"""Parallel workers share them."""
IS_SOAK = "SCHEDULES" in os.environ
"""A soak chooses other schedules each time."""


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
