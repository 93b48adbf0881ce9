"""Which addresses may be sent to, as the settings say."""

from dataclasses import dataclass
from typing import Self

from notifier.channels.addresses import SCHEMES
from notifier.channels.networks import Networks
from notifier.settings import ChannelSettings


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Which addresses may be sent to. Args: schemes: of Apprise."""

    schemes: frozenset[str]
    networks: Networks

    @classmethod
    def of(cls, settings: ChannelSettings) -> Self:
        given = settings.channel_schemes
        schemes = (
            SCHEMES if given is None else frozenset(part.strip().lower() for part in given.split(",") if part.strip())
        )
        return cls(schemes, Networks.of_setting(settings.channel_networks))

    @property
    def is_http_allowed(self) -> bool:
        """Whether a webhook may be without TLS: in networks of one's own there are often no certificates."""
        return bool(self.networks.allowed)
