"""What lists-api shows of itself to whoever scrapes it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from chassis.postgres.gauges import ask
from chassis.telemetry.declared import (
    CATALOGUE_TITLES,
    ERASURES_AGE,
    MIRROR_DELAY,
    RUN_OUTCOME,
    RUNS,
    RUNS_AGE,
    RUNS_WAITING,
    Metric,
)
from chassis.telemetry.instruments import Labels, counter, histogram
from lists_api.gauges import GAUGES
from lists_api.mirror_state.testing import made_on_trakt, synced
from lists_api.testing import AT, Api
from lists_api.testing_runs import World


async def test_the_database_is_asked_for_runs_and_titles(api: Api) -> None:
    made = await api.create()
    insert = """
INSERT INTO sync_run (run_id, list_id, state, trigger, created_at, percent)
VALUES (gen_random_uuid(), $1, 'queued', 'manual', $2, 0)"""
    await api.pool.execute(insert, made["id"], datetime.now(UTC) - timedelta(minutes=3))
    asked = "INSERT INTO erasure (erasure_id, keep_trakt_lists, requested_at) VALUES (gen_random_uuid(), true, $1)"
    await api.pool.execute(asked, datetime.now(UTC) - timedelta(minutes=9))
    shown: dict[Metric, Mapping[Labels, float]] = {}
    for gauge in GAUGES:
        shown |= await ask(api.pool, gauge)
    assert shown[RUNS_WAITING] == {("queued",): 1, ("running",): 0}
    assert 180 <= shown[RUNS_AGE][("queued",)] < 240
    assert 540 <= shown[ERASURES_AGE][()] < 600
    await api.pool.execute("UPDATE erasure SET trakt_at = now(), notifications_at = now()")
    assert await ask(api.pool, next(one for one in GAUGES if ERASURES_AGE in one.metrics)) == {ERASURES_AGE: {(): 0}}
    assert shown[CATALOGUE_TITLES] == {("movie",): 0, ("show",): 0}


async def test_a_run_that_ended_is_counted_by_its_outcome(world: World) -> None:
    before = dict(counter(RUNS).values)
    await world.make_filled()
    grown = {labels: value - before[labels] for labels, value in counter(RUNS).values.items()}
    assert {labels: value for labels, value in grown.items() if value} == {("succeeded",): 1}
    assert len(grown) == len(RUN_OUTCOME.values)


async def test_an_edits_way_to_trakt_is_measured_once(api: Api) -> None:
    def measured() -> tuple[int, float]:
        recorded = histogram(MIRROR_DELAY).values[()]
        return sum(recorded.counts), recorded.total

    made = await api.create()
    await api.pool.execute("UPDATE list_version SET at = $1", AT - timedelta(seconds=7))
    await api.receive(made_on_trakt(made["id"]))
    count, total = measured()
    await api.receive(synced(made["id"]))
    assert measured()[0] == count + 1
    assert measured()[1] == pytest.approx(total + 7)
    await api.receive(synced(made["id"]))  # put back after an edit on Trakt: it is of no edit here
    assert measured()[0] == count + 1
