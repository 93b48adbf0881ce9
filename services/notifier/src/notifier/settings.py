"""The notifier's settings, from the environment; durations as ISO 8601 (`P90D`, `PT1H`)."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from chassis.settings import AuthSettings, ServiceSettings

Retention = Annotated[timedelta, Field(ge=timedelta(hours=1))]


class Settings(ServiceSettings):
    """What each of the notifier's processes needs."""

    message_retention: Retention = timedelta(days=90)
    """Counted from when the cause happened. A season: longer than anybody scrolls back."""
    inbox_retention: Retention = timedelta(days=90)
    """Must outlast the topics' retention and an operator's replay: an event forgotten here would speak twice."""


class HttpSettings(Settings, AuthSettings):
    """What `serve` needs beside: whose messages a caller may read."""

    stream_lifetime: Annotated[timedelta, Field(ge=timedelta(seconds=1))] = timedelta(hours=1)
    """A stream ends then, and the client's next connection shows a valid token again; it misses nothing."""
