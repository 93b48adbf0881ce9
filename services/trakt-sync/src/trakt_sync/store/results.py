"""SQL of `last_result`: the last event that ended the work on a version, for sending it again under its own id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.postgres.database import Connection
from watchbuddy_contracts import EVENTS, Event


def keeping(source: str) -> str:
    """Return the statement that keeps a result, also as a part of a longer one.

    A deletion's result has the highest version: no record of an older step takes its place.

    Args:
        source: a query, or VALUES, of list id, version, event id, CloudEvents type and payload.
    """
    return f"""
INSERT INTO last_result (list_id, version, event_id, ce_type, payload) {source}
ON CONFLICT (list_id) DO UPDATE SET
    version = excluded.version, event_id = excluded.event_id, ce_type = excluded.ce_type, payload = excluded.payload
WHERE last_result.version <= excluded.version"""


SAVE: Final = keeping("VALUES ($1, $2, $3, $4, $5)")

LOAD: Final = """
SELECT list_id, event_id, ce_type, payload
FROM unnest($1::bigint[], $2::bigint[]) AS event (list_id, version)
JOIN last_result USING (list_id, version) JOIN desired_list USING (list_id, version)
ORDER BY list_id
FOR SHARE OF desired_list"""


@dataclass(frozen=True, slots=True)
class Result:
    event_id: UUID
    event: Event


async def save(connection: Connection, list_id: int, version: int, event: Event, event_id: UUID) -> None:
    """Keep the result of a version, in the caller's transaction."""
    await connection.execute(SAVE, list_id, version, event_id, event.ce_type, event.model_dump(mode="json"))


async def load(connection: Connection, versions: Sequence[tuple[int, int]]) -> dict[int, Result]:
    """Return the results of lists' versions by list, in the caller's transaction.

    Missing: lists of which another version is wanted, or on whose version the work has not ended.

    Args:
        versions: list ids with the versions.
    """
    rows = await connection.fetch(LOAD, [list_id for list_id, _ in versions], [version for _, version in versions])
    return {
        row["list_id"]: Result(row["event_id"], EVENTS[row["ce_type"]].model_validate(row["payload"])) for row in rows
    }
