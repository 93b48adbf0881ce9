"""What trakt-sync's database is asked for its metrics: `chassis.postgres.gauges`."""

from typing import Final

from chassis.postgres.gauges import COUNTED, SELDOM, Gauge
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
ACCOUNTS_BY_STATE: Final = """
SELECT CASE WHEN state = 'connected' AND blocked_until > now() THEN 'blocked' ELSE state END AS shown, count(*)
FROM account GROUP BY shown"""

GAUGES: Final = (
    Gauge(WAITING_LISTS, (LISTS_WAITING, LISTS_OVERDUE)),
    Gauge(ACCOUNTS_BY_STATE, (ACCOUNTS,), SELDOM),
)
