"""What lists-api's database is asked for its metrics: `chassis.postgres.gauges`."""

from typing import Final

from chassis.postgres.gauges import SELDOM, Gauge
from chassis.telemetry.declared import CATALOGUE_TITLES, ERASURES_AGE, RUNS_AGE, RUNS_WAITING

UNFINISHED_RUNS: Final = """
SELECT state, count(*), greatest(extract(epoch FROM now() - min(created_at)), 0)
FROM sync_run WHERE state IN ('queued', 'running') GROUP BY state"""
CATALOGUE: Final = "SELECT media_type, titles FROM catalogue_option WHERE kind = 'total'"
UNFINISHED_ERASURES: Final = """
SELECT coalesce(greatest(extract(epoch FROM now() - min(requested_at)), 0), 0)
FROM erasure WHERE trakt_at IS NULL OR notifications_at IS NULL"""

GAUGES: Final = (
    Gauge(UNFINISHED_RUNS, (RUNS_WAITING, RUNS_AGE)),
    Gauge(CATALOGUE, (CATALOGUE_TITLES,), SELDOM),
    Gauge(UNFINISHED_ERASURES, (ERASURES_AGE,), SELDOM),
)
