"""The settings of trakt-sync, from the environment."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AnyHttpUrl, Field, SecretStr, model_validator

from chassis.settings import ServiceSettings
from trakt_sync.accounts import Vault

Positive = Annotated[timedelta, Field(gt=timedelta(0))]
NotNegative = Annotated[timedelta, Field(ge=timedelta(0))]


class Settings(ServiceSettings):
    """What trakt-sync needs beside every service's settings."""

    token_encryption_keys: SecretStr
    """Fernet keys, separated by commas; the first encrypts, all decrypt."""
    trakt_api_url: AnyHttpUrl = AnyHttpUrl("https://api.trakt.tv")
    trakt_auth_url: AnyHttpUrl = AnyHttpUrl("https://auth.trakt.tv")
    trakt_client_id: Annotated[str, Field(min_length=1)]
    trakt_client_secret: SecretStr
    trakt_redirect_uri: str = "urn:ietf:wg:oauth:2.0:oob"
    """As registered with Trakt; a refresh must name the one of the login."""

    trakt_write_interval: NotNegative = timedelta(seconds=1)
    """Trakt allows an account one write a second. 0: unpaced, for a Trakt without limits."""
    trakt_create_settle: NotNegative = timedelta(minutes=2)
    """How long a creation without an answer may still be carried out; no second list is made before.
    Cloudflare, Trakt's edge, gives a request up (524) after 100 s by default."""
    trakt_stale_window: NotNegative = timedelta(minutes=5)
    """How long after a write Trakt's reads may be old (trakt/trakt-api issue 733)."""
    trakt_concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    """Accounts that are served at a time. Each may hold a database connection for some milliseconds."""
    trakt_lease: Annotated[timedelta, Field(ge=timedelta(milliseconds=100))] = timedelta(seconds=10)
    """How long the accounts of a killed worker wait for another."""
    trakt_breaker_failures: Annotated[int, Field(ge=1)] = 5
    trakt_probe_interval: Positive = timedelta(seconds=2)
    """An outage's end is noticed after this long at the latest."""

    @model_validator(mode="after")
    def _keys_are_keys(self) -> Self:
        try:
            Vault(self.encryption_keys)
        except ValueError:
            raise ValueError(
                "TOKEN_ENCRYPTION_KEYS: needs Fernet keys (32 bytes in URL-safe base64), separated by commas"
            ) from None
        return self

    @property
    def encryption_keys(self) -> list[str]:
        keys = self.token_encryption_keys.get_secret_value().split(",")
        return [key.strip() for key in keys if key.strip()]
