"""What a run looks up for a list before it decides."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.postgres.database import Connection
from lists_api.lists.domain.filling import Filling
from lists_api.lists.domain.media_list import MediaList
from lists_api.runs.domain.fill import Ranked, room_of, stays_out
from lists_api.runs.domain.mode import Mode
from lists_api.runs.selector import Selector, Wish
from watchbuddy_contracts import TitleKey


@dataclass(frozen=True, slots=True)
class Sight:
    """What was read for a list.

    Args:
        watched: keys of what the owner has watched, as far as it is on the list and is to leave it.
        rank: ranks what was read, and reads nothing more; None: the list takes no further title.
    """

    watched: AbstractSet[TitleKey]
    rank: Callable[[], Sequence[Ranked]] | None


async def look(
    connection: Connection, selector: Selector, user_id: str, current: MediaList, mode: Mode, *, now: datetime
) -> Sight:
    """Read what decides about a list that fills itself."""
    filling = current.properties.filling
    assert filling is not None, "only a list that fills itself looks for titles"  # noqa: S101
    watched = frozenset[TitleKey]()
    if stays_out(filling):
        watched = frozenset(await selector.watched(connection, user_id, current.items))
    room = room_of(current, watched)
    if mode == "watched_only" or room == 0:
        return Sight(watched, None)
    wish = _wish(user_id, current, filling, mode, room, now)
    return Sight(watched, await selector.candidates(connection, wish))


def _wish(user_id: str, current: MediaList, filling: Filling, mode: Mode, room: int, now: datetime) -> Wish:
    filters = filling.filters
    if filling.exclude_watched and filters.watched == "any":
        filters = replace(filters, watched="not_watched")
    pins = [title for title in current.items if title in current.pins]
    keep = [title for title in current.items if title not in current.pins]
    return Wish(
        user_id,
        filters,
        limit=room,
        today=now.date(),
        exclude=[*pins, *current.exclusions],
        keep=keep if mode == "incremental" else None,
    )
