"""What lists-api's database is asked for its metrics: `chassis.postgres.gauges`."""

from typing import Final

from chassis.postgres.gauges import SELDOM, Gauge
from chassis.telemetry.declared import CATALOGUE_TITLES, RUNS_AGE, RUNS_WAITING

UNFINISHED_RUNS: Final = """
SELECT state, count(*), greatest(extract(epoch FROM now() - min(created_at)), 0)
FROM sync_run WHERE state IN ('queued', 'running') GROUP BY state"""
CATALOGUE: Final = "SELECT media_type, titles FROM catalogue_option WHERE kind = 'total'"

GAUGES: Final = (
    Gauge(UNFINISHED_RUNS, (RUNS_WAITING, RUNS_AGE)),
    Gauge(CATALOGUE, (CATALOGUE_TITLES,), SELDOM),
)
