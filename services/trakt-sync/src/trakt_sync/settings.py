"""The settings of trakt-sync, from the environment."""

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AnyHttpUrl, Field, SecretStr, model_validator

from chassis.example_secrets import is_public
from chassis.settings import CallerSettings, DatabaseSettings, ServiceSettings
from trakt_sync.accounts.vault import Vault

SERVICE: Final = "trakt-sync"
"""How the service is called in telemetry and by Postgres."""
Positive = Annotated[timedelta, Field(gt=timedelta(0))]
NotNegative = Annotated[timedelta, Field(ge=timedelta(0))]
SIMULATORS_SECRET: Final = "watchbuddy-local-secret"  # noqa: S105 - everybody knows it
MAX_AHEAD: Final = timedelta(minutes=5)
"""Of what is noted in an account's row: times further ahead are taken for another clock's error."""


class VaultSettings(DatabaseSettings):
    """What `account rotate` needs: the database and the keys."""

    token_encryption_keys: SecretStr
    """Fernet keys, separated by commas; the first encrypts, all decrypt."""

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


class ImportSettings(VaultSettings):
    """What `account import` needs: no Kafka, and no secret of our application."""

    trakt_api_url: AnyHttpUrl = AnyHttpUrl("https://api.trakt.tv")
    trakt_auth_url: AnyHttpUrl = AnyHttpUrl("https://auth.trakt.tv")
    trakt_client_id: Annotated[str, Field(min_length=1)]


class Settings(ImportSettings, ServiceSettings):
    """What the processes of trakt-sync need beside every service's settings."""

    trakt_client_secret: SecretStr
    trakt_redirect_uri: str = "urn:ietf:wg:oauth:2.0:oob"
    """As registered with Trakt; a refresh must name the one of the login."""

    @model_validator(mode="after")
    def _secret_is_ones_own(self) -> Self:
        if is_public(str(self.trakt_api_url)) and self.trakt_client_secret.get_secret_value() == SIMULATORS_SECRET:
            raise ValueError("TRAKT_CLIENT_SECRET: is the simulator's; Trakt knows the secret of your own application")
        return self

    tombstone_retention: Positive = timedelta(days=30)
    """How long a deleted list stays after nothing is left of it on Trakt, and an import after its answer, so that no
    late event brings it back: Kafka's default retention of 7 days, and time for an operator's replay."""

    erasure_deadline: Positive = timedelta(days=14)
    """How long an erased user's lists may take to go from Trakt. Then the rest is erased without: the law says a month
    for all of it."""

    trakt_write_interval: Annotated[NotNegative, Field(le=MAX_AHEAD)] = timedelta(seconds=1)
    """Trakt allows an account one write a second. 0: unpaced, for a Trakt without limits."""
    trakt_create_settle: NotNegative = timedelta(minutes=2)
    """How long a creation without an answer may still be carried out; no second list is made before.
    Cloudflare, Trakt's edge, gives a request up (524) after 100 s by default."""
    trakt_stale_window: NotNegative = timedelta(minutes=5)
    """How long after a write Trakt's reads may be old (trakt/trakt-api issue 733)."""
    trakt_audit_interval: Annotated[timedelta, Field(ge=timedelta(minutes=1))] = timedelta(days=1)
    """Between audits of an account: one request that tells whether somebody else changed one of its lists."""
    trakt_history_interval: Annotated[timedelta, Field(ge=timedelta(minutes=1))] = timedelta(hours=1)
    """Between looks at what a user watched, while a list of theirs has a use for it: one request when nothing changed.
    Within that time of its play a title is known as watched, and leaves such a list at its next run; 24 of the 144,000
    reads that Trakt allows an account a day."""
    trakt_concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    """Accounts that are served at a time. Each may hold a database connection for some milliseconds."""
    trakt_lease: Annotated[timedelta, Field(ge=timedelta(milliseconds=100), le=MAX_AHEAD)] = timedelta(seconds=10)
    """How long the accounts of a killed worker wait for another. Not below the 3 s that a call may be tried for."""
    trakt_breaker_failures: Annotated[int, Field(ge=1)] = 5
    trakt_probe_interval: Positive = timedelta(seconds=2)
    """An outage's end is noticed after this long at the latest."""


class PageSettings(DatabaseSettings):
    """What `account show` needs: the database, and where Trakt's pages are."""

    trakt_site_url: AnyHttpUrl = AnyHttpUrl("https://trakt.tv")
    """Where browsers reach Trakt's pages of users and their lists."""

    @property
    def trakt_site(self) -> str:
        return str(self.trakt_site_url).rstrip("/")


class HttpSettings(PageSettings, Settings, CallerSettings):
    """What `serve` needs in addition: how it knows its callers, and where browsers go.

    For a login by address, `trakt_redirect_uri` is the address of `/api/trakt/callback` as browsers reach it.
    """

    trakt_authorize_url: AnyHttpUrl | None = None
    """Trakt's page for a login by address. None: `/oauth/authorize` of `trakt_auth_url`, where browsers reach that."""
    login_return_url: AnyHttpUrl | None = None
    """Where a browser is sent after a login by address, with `?login=connected` (or what went wrong) added. None: a
    page of our own says how it went."""

    @property
    def authorize_page(self) -> str:
        return str(self.trakt_authorize_url or f"{str(self.trakt_auth_url).rstrip('/')}/oauth/authorize")
