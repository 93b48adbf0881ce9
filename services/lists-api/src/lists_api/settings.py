"""lists-api's settings, from the environment; durations as ISO 8601 (`P7D`, `PT24H`)."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from chassis.settings import AuthSettings, ServiceSettings

Retention = Annotated[timedelta, Field(gt=timedelta(0))]


class Settings(ServiceSettings):
    """What every process of lists-api needs."""

    idempotency_retention: Retention = timedelta(hours=24)
    """How long an Idempotency-Key gives its first response again: a client's retries of a day."""
    tombstone_retention: Retention = timedelta(days=7)
    """How long a tombstone stays after nothing of the list is left on Trakt. Kafka's default retention, so that every
    event of the list that can still be delivered finds the tombstone."""
    run_retention: Retention = timedelta(days=30)
    """How long sync runs can be read."""
    inbox_retention: Retention = timedelta(days=30)
    """How long the inbox knows an event: Kafka's default retention of 7 days, and time for an operator's replay."""


class HttpSettings(Settings, AuthSettings):
    """What `serve` needs in addition."""

    max_body_bytes: Annotated[int, Field(ge=1024)] = 8 * 1024 * 1024
    """Largest request body in bytes. 10,000 items with three ids each are 1 MB, pretty-printed 3 MB."""
    pool_size: Annotated[int, Field(ge=1)] = 10
    """Largest number of connections to Postgres."""
