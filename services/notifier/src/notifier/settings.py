"""The notifier's settings, from the environment; durations as ISO 8601 (`P90D`, `PT1H`)."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from chassis.settings import AuthSettings, ServiceSettings

SERVICE: Final = "notifier"
"""How the service is called in telemetry and by Postgres."""
Retention = Annotated[timedelta, Field(ge=timedelta(hours=1))]


class Settings(ServiceSettings):
    """What each of the notifier's processes needs."""

    message_retention: Retention = timedelta(days=90)
    """Counted from the time of the cause. Three months: longer than users scroll back."""
    messages_per_user: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    """The newest of each user are kept, within an hour. Twenty pages: more than anybody reads."""
    inbox_retention: Retention = timedelta(days=90)
    """Longer than the topics' retention and an operator's replay: an event deleted here would make a second message."""


class HttpSettings(Settings, AuthSettings):
    """What `serve` needs in addition: how it knows its callers."""

    stream_lifetime: Annotated[timedelta, Field(ge=timedelta(seconds=1))] = timedelta(hours=1)
    """A stream ends after it. The client reconnects with a valid token and misses no message."""
    streams_per_user: Annotated[int, Field(ge=1)] = 20
    """A further one of a process is refused. More windows than people have open; a loop that opens them is stopped."""
