"""The bodies of the requests about channels."""

from typing import Annotated, Final

from pydantic import ConfigDict, Field, SecretStr

from chassis.http.examples import examples
from chassis.http.paging import PageQuery
from notifier.channels.addresses import Kind
from notifier.channels.channel import Given
from notifier.channels.schemas import (
    DigestModel,
    Name,
    QuietHours,
    SettingsModel,
    Severities,
    TimeZone,
    settings_fields,
)
from watchbuddy_contracts.documented import Documented

MAX_ADDRESS: Final = 2000

Address = Annotated[SecretStr, Field(min_length=1, max_length=MAX_ADDRESS)]


class ChannelIn(SettingsModel):
    """A new channel."""

    model_config = examples(
        {
            "name": "My phone",
            "kind": "apprise",
            "address": "ntfys://ntfy.example.org/heists",
            "digest": {"at": "08:00"},
        },
        {"name": "My script", "kind": "webhook", "address": "https://hooks.example.org/watchbuddy"},
    )

    kind: Kind
    """`apprise`: an address of the library Apprise. `webhook`: a POST, signed as Standard Webhooks says."""
    address: Address
    """It is encrypted, and never shown again."""


def _none() -> None:
    return None


class ChannelPatch(Documented):
    """What changes of a channel; what is left out stays."""

    # Without defaults in the schema: clients would send them.
    model_config = ConfigDict(extra="forbid", strict=True) | examples({"severities": ["error"], "quiet_hours": None})

    name: Name = Field(default_factory=str)
    address: Address = Field(default_factory=lambda: SecretStr(""))
    """Another one, of the same kind."""
    severities: Severities = Field(default_factory=list)
    time_zone: TimeZone = Field(default_factory=str)
    quiet_hours: QuietHours | None = Field(default_factory=_none)
    """Null: there are none."""
    digest: DigestModel | None = Field(default_factory=_none)
    """Null: each message at once."""
    enabled: bool = Field(default_factory=bool)

    @property
    def new_address(self) -> SecretStr | None:
        return self.address if "address" in self.model_fields_set else None

    def changed(self, old: Given) -> Given:
        """Return what the channel is then."""
        changes = {name: getattr(self, name) for name in self.model_fields_set - {"address"}}
        return SettingsModel.model_validate(settings_fields(old) | changes).given()


class LogQuery(PageQuery):
    """Which deliveries to read, newest first."""
