"""The notifier's settings, from the environment; durations as ISO 8601 (`P90D`, `PT1H`)."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator

from chassis.sealing import Sealer
from chassis.settings import CallerSettings, DatabaseSettings, ServiceSettings

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


class KeySettings(DatabaseSettings):
    """What `channels rotate` needs: the database, and the keys of the addresses and secrets of channels."""

    channel_encryption_keys: SecretStr
    """Fernet keys, separated by commas; the first encrypts, all decrypt."""

    @field_validator("channel_encryption_keys")
    @classmethod
    def _keys_are_keys(cls, value: SecretStr) -> SecretStr:
        try:
            Sealer.of_setting(value.get_secret_value())
        except ValueError:  # its text must not repeat the value
            raise ValueError("needs Fernet keys (32 bytes in URL-safe base64), separated by commas") from None
        return value

    @property
    def sealer(self) -> Sealer:
        return Sealer.of_setting(self.channel_encryption_keys.get_secret_value())


class ChannelSettings(KeySettings):
    """What `serve` and `deliver` need for channels."""

    channel_schemes: str | None = None
    """Of Apprise, those that may be used, separated by commas. None: those of `channels/addresses.py`."""
    channel_networks: str = ""
    """Networks that may be sent to although they are not public, separated by commas (`192.168.1.0/24,::1`). Empty:
    none, for anybody may name an address, and this machine reaches what they do not."""

    @field_validator("channel_networks")
    @classmethod
    def _networks_are_networks(cls, value: str) -> str:
        for part in value.split(","):
            if part.strip():
                ip_network(part.strip())
        return value


class DeliverSettings(ServiceSettings, ChannelSettings):
    """What `deliver` needs."""

    delivery_concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    """Channels that are sent to at a time. Each has a process of up to 200 MB meanwhile."""
    delivery_retention: Retention = timedelta(days=30)
    """How long the log of what was sent is kept."""


class HttpSettings(Settings, CallerSettings, ChannelSettings):
    """What `serve` needs in addition: how it knows its callers, and what channels may be."""

    stream_lifetime: Annotated[timedelta, Field(ge=timedelta(seconds=1))] = timedelta(hours=1)
    """A stream ends after it. The client reconnects with a valid token and misses no message."""
    streams_per_user: Annotated[int, Field(ge=1)] = 20
    """A further one of a process is refused. More windows than people have open; a loop that opens them is stopped."""
