"""Kafka entry points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Self

from faststream.kafka import KafkaBroker

from chassis.erasure import erasing
from chassis.kafka.broker import Handler, subscribe
from chassis.kafka.envelope import Delivered
from lists_api.account.erasing import CONFIRMATIONS, Erasing
from lists_api.imports.trakt import TraktImportAnswers
from lists_api.lists.domain.taking_over import asks_for_change
from lists_api.lists.trakt_edits import TraktEdits
from lists_api.lists.use_cases import ListUseCases
from lists_api.mirror_state.use_cases import MirrorStateUseCases
from lists_api.taste.history import WatchedHistory
from watchbuddy_contracts import (
    NOTIFICATIONS,
    TRAKT,
    Event,
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListRead,
    TraktListReadFailed,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
    TraktWatchedChanged,
    TraktWatchlistSynced,
)

GROUP: Final = "lists-api"
"""The consumer group."""
WANTED: Final = (
    TraktAccountConnected,
    TraktAccountDisconnected,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktListRead,
    TraktListReadFailed,
    TraktListSynced,
    TraktReauthorizationRequired,
    TraktSyncFailed,
    TraktWatchedChanged,
    TraktWatchlistSynced,
)
"""What changes something here."""


@dataclass(frozen=True, slots=True)
class TraktEvents:
    """Hands each event of trakt-sync to what keeps it."""

    mirror_state: MirrorStateUseCases
    imports: TraktImportAnswers
    history: WatchedHistory
    edits: TraktEdits

    @classmethod
    def of(cls, cases: ListUseCases) -> Self:
        """Return what takes the events, and makes lists of what they bring."""
        return cls(
            MirrorStateUseCases(cases.pool, GROUP, cases.now),
            TraktImportAnswers(cases, GROUP),
            WatchedHistory(cases.pool, GROUP, cases.now),
            TraktEdits(cases, GROUP),
        )

    async def record(self, delivered: Sequence[Delivered]) -> None:
        """Store what events say, in their order; a second delivery of one changes nothing."""
        for is_mirror_state, together in groupby(delivered, _is_mirror_state):
            if is_mirror_state:
                await self.mirror_state.record(list(together))
                continue
            for one in together:
                with one.trace.attached():
                    await self._taker_of(one.event).record(one)

    def _taker_of(self, event: Event) -> TraktEdits | WatchedHistory | TraktImportAnswers:
        match event:
            case TraktDriftFound():
                return self.edits
            case TraktWatchedChanged():
                return self.history
            case _:
                return self.imports


def _is_mirror_state(delivered: Delivered) -> bool:
    event = delivered.event
    if isinstance(event, TraktDriftFound):
        return not asks_for_change(event)
    return not isinstance(event, TraktListRead | TraktListReadFailed | TraktWatchedChanged)


def handler_of(events: TraktEvents, erasures: Erasing) -> Handler:
    """Return what handles sets of the events of trakt-sync and the notifier."""
    return erasing(erasures.pool, events.record, erasures.confirm)


def register(broker: KafkaBroker, events: TraktEvents, erasures: Erasing) -> None:
    """Subscribe to the events of trakt-sync, and to what the notifier says of erasures."""
    wanted: list[type[Event]] = [*WANTED, *CONFIRMATIONS]
    subscribe(broker, TRAKT, NOTIFICATIONS, group=GROUP, events=wanted)(handler_of(events, erasures))
