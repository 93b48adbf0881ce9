"""What a running system is: its addresses and its secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ISSUER = AUDIENCE = "watchbuddy"

Kind = Literal["demo", "run"]
KafkaKind = Literal["embedded", "apache"]


@dataclass(frozen=True, slots=True)
class Trakt:
    """Which Trakt the system speaks to.

    Args:
        admin_url: the simulator's, e.g. `http://127.0.0.1:8900/_admin`; None: the real Trakt.
    """

    api_url: str
    auth_url: str
    admin_url: str | None
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets that are kept with the data.

    Args:
        local_key: signs the users' tokens (HS256).
        encryption_keys: Fernet keys with commas between them; the first one encrypts.
    """

    local_key: str
    encryption_keys: str


@dataclass(frozen=True, slots=True)
class System:
    """The running system.

    Args:
        postgres: maps a database's name to its address.
        redirect_uri: where a simulator of our own sends browsers after a login; None: that is the environment's matter.
    """

    kind: Kind
    lists_api_url: str
    notifier_url: str
    trakt_sync_url: str
    trakt: Trakt
    kafka_kind: KafkaKind
    bootstrap_servers: str
    postgres: Mapping[str, str]
    keys: Keys
    redirect_uri: str | None = None
    user: str = "demo"
    token: str = ""
