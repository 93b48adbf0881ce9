"""Storing what trakt-sync reports."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from chassis.clock import Clock, utc_now
from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from chassis.telemetry.declared import MIRROR_DELAY
from chassis.telemetry.instruments import Histogram, histogram
from lists_api.mirror_state.domain.reports import Report, report_of
from lists_api.mirror_state.domain.rounds import rounds
from lists_api.store import reports as store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MirrorStateUseCases:
    """What can be done with the state of mirrors and Trakt accounts.

    Args:
        group: the consumer group, under which the inbox knows the events.
    """

    pool: Pool
    group: str
    now: Clock = utc_now
    delay: Histogram = field(default_factory=partial(histogram, MIRROR_DELAY))

    async def record(self, delivered: Sequence[Delivered]) -> None:
        """Store what events of trakt-sync report of lists, and of their users' Trakt accounts.

        A second delivery of an event changes nothing, and neither does an event that is older than what is stored. So
        a transaction for each round is enough: the rounds before one that fails may come again.
        """
        for together in rounds((report_of(one.headers, one.event) for one in delivered), _keys):
            stored = await store.record(self.pool, together, group=self.group, now=self.now())
            for loser, list_id, trakt_list_id in stored.moved:
                log.warning("trakt_list_moved", list_id=list_id, from_list_id=loser, trakt_list_id=trakt_list_id)
            for seconds in stored.delays:
                self.delay.record(max(0.0, seconds), {})
            log.info("mirror_state_recorded", list_ids=sorted(stored.recorded), reports=len(together))


def _keys(report: Report) -> list[Hashable]:
    keys: list[Hashable] = [report.event_id, *(("list", list_id) for list_id in report.taken_down)]
    if report.record is not None:
        keys.append(("list", report.list_id))
        if report.record.trakt_list_id is not None:
            keys.append(("Trakt list", report.record.trakt_list_id))
    return keys
