"""What the notifier's database is asked for its metrics: `chassis.postgres.gauges`."""

from typing import Final

from chassis.postgres.gauges import COUNTED, Gauge
from chassis.telemetry.declared import DELIVERIES_OVERDUE, DELIVERIES_WAITING

WAITING_DELIVERIES: Final = f"""
SELECT state, count(*), greatest(max(extract(epoch FROM now() - due_at)), 0)
FROM (
    SELECT state, due_at FROM deliveries WHERE state IN ('pending', 'failed') ORDER BY due_at LIMIT {COUNTED}
) AS waiting
GROUP BY state"""  # noqa: S608 - a constant

GAUGES: Final = (Gauge(WAITING_DELIVERIES, (DELIVERIES_WAITING, DELIVERIES_OVERDUE)),)
