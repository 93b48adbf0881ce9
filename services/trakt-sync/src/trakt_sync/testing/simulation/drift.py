"""What lists-api makes of changes by hand that trakt-sync tells it of."""

from typing import Final

from chassis.postgres.database import Connection
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.wishes import Wish, Wishes
from watchbuddy_contracts import TraktDriftFound

DRIFT: Final = """
SELECT id, value FROM outbox WHERE id > $1 AND headers ->> 'ce_type' = 'watchbuddy.trakt.drift_found.v1' ORDER BY id"""


async def take_over(connection: Connection, wishes: Wishes, seen: int) -> tuple[int, list[Wish]]:
    """Return the number of the last event, and the versions that lists-api makes of the changes since `seen`.

    Raises:
        BrokenRuleError: a change is to be taken over that the list's owner wants put back.
    """
    if not wishes.take_over_anything:
        return seen, []
    changed = []
    for row in await connection.fetch(DRIFT, seen):
        seen, event = row["id"], TraktDriftFound.model_validate_json(row["value"])
        if event.action != "kept":
            continue
        mirror = wishes.version_of(event.list_id, event.version).mirror
        policy = mirror.when_changed if event.kind == "list_renamed" else mirror.when_removed
        if policy != "take_over":
            raise BrokenRuleError(f"to be taken over though it is to be put back: {event}")
        if (wish := wishes.take_over(event)) is not None:
            changed.append(wish)
    return seen, changed
