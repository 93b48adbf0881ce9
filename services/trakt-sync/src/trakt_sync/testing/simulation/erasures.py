"""Users who were erased: what they had, and when it was confirmed that nothing of them is left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from chassis.postgres.database import Connection
from trakt_sync.testing.simulation.trakt import SimulatedTrakt
from trakt_sync.testing.simulation.wishes import Wish
from watchbuddy_contracts import TraktUserErased

Shown: TypeAlias = Mapping[int, tuple[str, str, tuple[int, ...]]]
"""Trakt lists, each with its name, privacy and titles."""

CONFIRMED: Final = f"SELECT value FROM outbox WHERE headers ->> 'ce_type' = '{TraktUserErased.ce_type}'"  # noqa: S608


@dataclass
class Life:
    """What a user had who was erased.

    Args:
        lists: as they were wanted last.
        keep: the lists are to stay on Trakt.
        is_sure: the user's tokens were good then, and nothing was ever on another Trakt account.
        seen: the lists on Trakt from when on nobody may change them; None: that is still to come.

    Attributes:
        left: so many were told to be left on Trakt; None: it is not confirmed yet.
    """

    user: str
    erasure_id: UUID
    lists: list[Wish]
    keep: bool
    is_sure: bool
    seen: Shown | None
    left: int | None = None


@dataclass
class Erasures:
    """All of a schedule.

    Attributes:
        gone: users who did nothing since they were erased.
    """

    connection: Connection
    trakt: SimulatedTrakt
    lives: list[Life] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def began(self, life: Life) -> None:
        self.lives.append(life)
        self.gone.add(life.user)

    def shown(self, lists: Iterable[Wish]) -> Shown:
        """Return the Trakt lists of these, on all accounts."""
        wishes = list(lists)
        return {
            one.trakt: (one.name, one.privacy, tuple(one.rows.keys))
            for account in self.trakt.sim.accounts.by_slug.values()
            for one in account.lists.values()
            if any(wish.is_shown_by(one) for wish in wishes)
        }

    def may_have_left(self, user: str) -> bool:
        """Return whether something of the user's may still be on Trakt."""
        return any(one.user == user and (one.keep or one.left is None or one.left > 0) for one in self.lives)

    async def look(self) -> None:
        """Take note of erasures that are confirmed now."""
        waiting = {one.erasure_id: one for one in self.lives if one.left is None}
        if not waiting:
            return
        for row in await self.connection.fetch(CONFIRMED):
            event = TraktUserErased.model_validate_json(row["value"])
            if (life := waiting.get(event.erasure_id)) is not None:
                life.left = event.trakt_lists_left
                life.seen = self.shown(life.lists) if life.seen is None else life.seen
