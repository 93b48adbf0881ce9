"""lists-api's settings, from the environment; durations as ISO 8601 (`P7D`, `PT24H`)."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from chassis.settings import AuthSettings, ServiceSettings

Retention = Annotated[timedelta, Field(gt=timedelta(0))]


class Settings(ServiceSettings):
    """What each of lists-api's processes needs."""

    idempotency_retention: Retention = timedelta(hours=24)
    """How long an Idempotency-Key gives its first answer again: a client's retries of a day."""
    tombstone_retention: Retention = timedelta(days=7)
    """How long a deleted list stays after nothing is left of it on Trakt: Kafka's default retention, so that every
    event of the list that can still be replayed finds its tombstone."""
    run_retention: Retention = timedelta(days=30)
    """How long sync runs can be read."""
    inbox_retention: Retention = timedelta(days=30)
    """How long an event's id is remembered: Kafka's default retention of 7 days, and time for an operator's replay."""


class HttpSettings(Settings, AuthSettings):
    """What `serve` needs beside."""

    max_body_bytes: Annotated[int, Field(ge=1024)] = 8 * 1024 * 1024
    """Largest request body: 10,000 items with three ids each are about 1 MB, or twice that when pretty-printed."""
    pool_size: Annotated[int, Field(ge=1)] = 10
    """Most connections to Postgres."""
