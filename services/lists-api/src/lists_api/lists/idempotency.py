"""A request with an Idempotency-Key that was used before gets the first response again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from chassis.postgres.database import Connection
from lists_api.errors import IdempotencyKeyReusedError
from lists_api.lists.domain.summary import ListSummary
from lists_api.store import idempotency as store

_SUMMARY: Final = TypeAdapter(ListSummary)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The key of a request.

    Args:
        fingerprint: a hash of the request's body.
        keep: how long the response is given again.
    """

    key: str
    fingerprint: bytes
    keep: timedelta


async def claim(
    connection: Connection, user_id: str, key: IdempotencyKey, summary: ListSummary, now: datetime
) -> ListSummary | None:
    """Keep the list for later requests with the key; or return the list that the key's first request made.

    Raises:
        IdempotencyKeyReusedError: the first request had another body.
    """
    new = store.KeptResponse(key.fingerprint, to_text(summary))
    kept = await store.claim_key(connection, user_id, key.key, new, now=now, expired=now - key.keep)
    if kept is None:
        return None
    if kept.fingerprint != key.fingerprint:
        raise IdempotencyKeyReusedError
    return from_text(kept.response)


def to_text(summary: ListSummary) -> str:
    """Return the list as it is kept: in one flat object, the form that version 0.1 writes and reads too."""
    return to_json(summary._asdict()).decode()


def from_text(text: str) -> ListSummary:
    """Return the list that was kept."""
    values = from_json(text)
    return _SUMMARY.validate_python({name: values[name] for name in ListSummary._fields if name in values})
