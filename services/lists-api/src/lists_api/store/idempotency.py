"""Responses to requests that carried an Idempotency-Key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.postgres.database import Connection

# A second request with the key waits here until the transaction of the first one ends. An expired row is overwritten.
# A live row is locked and stays.
CLAIM_KEY: Final = """
INSERT INTO idempotency_key (user_id, key, fingerprint, response, created_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, response = excluded.response, created_at = excluded.created_at
WHERE idempotency_key.created_at <= $6"""

READ_KEY: Final = "SELECT fingerprint, response FROM idempotency_key WHERE user_id = $1 AND key = $2"


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """The response to the first request with a key.

    Args:
        fingerprint: of that request's body.
    """

    fingerprint: bytes
    response: str


async def claim_key(
    connection: Connection, user_id: str, key: str, new: KeptResponse, *, now: datetime, expired: datetime
) -> KeptResponse | None:
    """Keep the response under the user's key, in the caller's transaction; or return the response that is there.

    A key that was first used at `expired` or before counts as new.
    """
    status = await connection.execute(CLAIM_KEY, user_id, key, new.fingerprint, new.response, now, expired)
    if status == "INSERT 0 1":
        return None
    row = await connection.fetchrow(READ_KEY, user_id, key)
    assert row is not None, "the row is locked by the claim"  # noqa: S101
    return KeptResponse(row["fingerprint"], row["response"])
