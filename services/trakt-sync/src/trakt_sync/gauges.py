"""What trakt-sync's database is asked for its metrics: `chassis.postgres.gauges`."""

from datetime import timedelta
from typing import Final

from chassis.postgres.gauges import COUNTED, SAMPLED, SELDOM, Gauge
from chassis.telemetry.declared import ACCOUNTS, LISTS_OVERDUE, LISTS_WAITING

# A list that is as it should be can be due too, in days: a title that Trakt does not know is asked for again.
WAITING_LISTS: Final = f"""
SELECT CASE WHEN account.state IS DISTINCT FROM 'connected' THEN 'account'
            WHEN account.blocked_until > now() THEN 'blocked'
            ELSE coalesce(waits_for, 'work') END AS reason,
    count(*), greatest(max(extract(epoch FROM now() - due_at)), 0)
FROM (
    SELECT user_id, waits_for, due_at FROM work_queue
    WHERE due_at <= now() OR waits_for IS NOT NULL OR remaining > 0
    LIMIT {COUNTED}
) AS waiting
LEFT JOIN account USING (user_id)
GROUP BY reason"""  # noqa: S608 - a constant
# What Postgres believes of a table's size is 0 or -1 before it has looked.
_SIZE: Final = "greatest((SELECT reltuples FROM pg_class WHERE oid = 'account'::regclass), 1)"
_PERCENT: Final = f"least(100, 100.0 * {SAMPLED} / {_SIZE})"
ACCOUNTS_BY_STATE: Final = f"""
SELECT CASE WHEN state = 'connected' AND blocked_until > now() THEN 'blocked' ELSE state END AS shown,
    round(count(*) * 100 / {_PERCENT})
FROM account TABLESAMPLE SYSTEM ({_PERCENT})
GROUP BY shown"""  # noqa: S608 - constants

GAUGES: Final = (
    Gauge(WAITING_LISTS, (LISTS_WAITING, LISTS_OVERDUE), timedelta(seconds=15)),
    Gauge(ACCOUNTS_BY_STATE, (ACCOUNTS,), SELDOM),
)
