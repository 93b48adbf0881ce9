"""What a stream has yet to say of sync runs: of each run the newest change, in whatever order they came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from notifier.responses import RunOut

KEPT_RUNS: Final = 256
"""A user has fewer runs at a time. Of more, the oldest are forgotten."""

Moment = tuple[datetime, int]


class Progress:
    """The changes for one stream. A client that does not read costs one change a run, and no more than `KEPT_RUNS`."""

    def __init__(self) -> None:
        self._unsaid: dict[UUID, RunOut] = {}
        self._newest: dict[UUID, Moment] = {}

    def add(self, run: RunOut) -> bool:
        """Take a change; return whether it is news. A repeated one and an older one are not."""
        moment = (run.at, run.percent)
        newest = self._newest.pop(run.run_id, None)
        is_news = newest is None or moment > newest
        self._newest[run.run_id] = moment if newest is None else max(moment, newest)
        if is_news:
            self._unsaid[run.run_id] = run
        for kept in (self._newest, self._unsaid):
            while len(kept) > KEPT_RUNS:
                del kept[next(iter(kept))]
        return is_news

    def take(self) -> Sequence[RunOut]:
        """Return what was not said yet; it counts as said."""
        unsaid, self._unsaid = list(self._unsaid.values()), {}
        return unsaid

    def put_back(self, run: RunOut) -> None:
        """Keep a change that could not be said, unless a newer one came."""
        self._unsaid.setdefault(run.run_id, run)
