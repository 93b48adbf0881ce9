"""Gauges that a database is asked for, by one statement each.

A service's package says which in its module `gauges`. Each process asks, so that what waits is seen also while the
process is away that works it off; so all processes of a service show the same, and a query takes one (`max`).
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from chassis.postgres.database import Pool
from chassis.telemetry.declared import OUTBOX_AGE, OUTBOX_EVENTS, OUTBOX_REJECTED, Metric
from chassis.telemetry.instruments import declared_series
from chassis.telemetry.readings import Reading, Values

COUNTED: Final = 20_000
"""Rows that are counted at most: a statement is not to cost more, the worse things are."""
OFTEN: Final = timedelta(seconds=5)
SELDOM: Final = timedelta(minutes=1)
"""For a statement that reads a whole table, or a large part of it."""
SAMPLED: Final = 50_000
"""Rows of a larger table of which a part is read: a tenth is told from a fifth by far fewer."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Gauges of one statement.

    Args:
        statement: its rows are the values of the metrics' attributes, and behind them those of the metrics.
        metrics: they have the same attributes. A series whose attributes are all declared is 0 when no row has it.
        every: how old an answer may be.
    """

    statement: str
    metrics: Sequence[Metric]
    every: timedelta = OFTEN


OUTBOX: Final = (
    Gauge(
        f"""
SELECT count(*), coalesce(greatest(extract(epoch FROM now() - min(created_at)), 0), 0)
FROM (SELECT created_at FROM outbox ORDER BY id LIMIT {COUNTED}) AS waiting""",  # noqa: S608 - a constant
        (OUTBOX_EVENTS, OUTBOX_AGE),
    ),
    Gauge("SELECT count(*) FROM outbox_rejected", (OUTBOX_REJECTED,), SELDOM),
)


def readings_of(pool: Pool, gauges: Iterable[Gauge]) -> list[Reading]:
    """Return what a service's database is asked for. Args: gauges: the service's own."""
    turn = asyncio.Lock()

    async def ask_in_turn(gauge: Gauge) -> Values:
        async with turn:  # asked together, each would open a connection of the pool: 2 MB of Postgres for each
            return await ask(pool, gauge)

    return [
        Reading(f"database {one.metrics[0].name}", one.metrics, partial(ask_in_turn, one), one.every)
        for one in (*OUTBOX, *gauges)
    ]


async def ask(pool: Pool, gauge: Gauge) -> Values:
    """Return what the database answers."""
    series = {labels: [0.0] * len(gauge.metrics) for labels in declared_series(gauge.metrics[0])}
    place = len(gauge.metrics[0].attributes)
    for row in await pool.fetch(gauge.statement):
        values = list(row.values())
        series[tuple(values[:place])] = [float(value) for value in values[place:]]
    return {
        metric: {labels: values[number] for labels, values in series.items()}
        for number, metric in enumerate(gauge.metrics)
    }
