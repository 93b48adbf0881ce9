"""The lists' topic of a schedule: events come in time, in sets, late, or again."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from chassis.kafka.envelope import Delivered
from chassis.postgres.database import Pool
from trakt_sync.subscribers import handler_of
from trakt_sync.testing.simulation.clock import VirtualClock
from trakt_sync.testing.simulation.operations import Fate
from trakt_sync.testing.simulation.wishes import Wish, Wishes
from watchbuddy_contracts import Event, EventHeaders, UserErasureRequested


class ListsTopic:
    """Hands events to the service, as its consumer does."""

    def __init__(self, pool: Pool, wishes: Wishes, clock: VirtualClock) -> None:
        self._handle = handler_of(pool, wake=_nobody, now=clock)
        self._wishes = wishes
        self._clock = clock
        self._gathered: list[Wish] = []

    async def publish(self, wish: Wish, fate: Fate) -> None:
        """Have a version's event come, unless it is late."""
        if fate == "late":
            return
        self._gathered.append(wish)
        if fate == "now":
            await self.deliver()

    async def deliver(self, *wishes: Wish) -> None:
        """Let events come, behind those that were gathered for the same set."""
        await self._come(*wishes)

    async def erase(self, user: str, *, keep: bool) -> UUID:
        """Have a user erased, and return the erasure's id. What was written until then is of the life before."""
        erasure_id = uuid4()
        request = UserErasureRequested(user_id=user, erasure_id=erasure_id, keep_trakt_lists=keep)
        await self._come(last=_delivered(request, self._clock()))
        self._clock.move(timedelta(milliseconds=1))
        return erasure_id

    async def _come(self, *wishes: Wish, last: Delivered | None = None) -> None:
        together = [*self._gathered, *wishes]
        self._gathered = []
        for wish in together:
            self._wishes.learn(wish)
        delivered = [_delivered(wish.event(), wish.at) for wish in together]
        if last is not None:
            delivered.append(last)
        if delivered:
            await self._handle(delivered)


def _delivered(event: Event, at: datetime) -> Delivered:
    return Delivered(event, EventHeaders.of(event, event_id=uuid4(), source="/lists-api", time=at))


def _nobody() -> None:
    """Wake nobody: the driver looks for work by itself."""
