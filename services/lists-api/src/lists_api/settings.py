"""lists-api's settings, from the environment; durations as ISO 8601 (`P7D`, `PT24H`)."""

from datetime import timedelta
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator, model_validator

from chassis.sealing import Sealer
from chassis.settings import CallerSettings, ServiceSettings
from lists_api.lists.domain.items import MAX_ITEMS
from lists_api.lists.domain.quota import Quota, Quotas
from lists_api.runs.domain.outcome import Guard

SERVICE: Final = "lists-api"
"""How the service is called in telemetry and by Postgres."""
Limit = Annotated[int, Field(ge=0)]
Retention = Annotated[timedelta, Field(gt=timedelta(0))]


class Settings(ServiceSettings):
    """What every process of lists-api needs.

    The quotas keep one user from taking the whole machine. Trakt's own limits are other numbers, and trakt-sync keeps
    to them. Settings of lists may be left empty: no limit.
    """

    idempotency_retention: Retention = timedelta(hours=24)
    """How long an Idempotency-Key gives its first response again: a client's retries of a day."""
    tombstone_retention: Retention = timedelta(days=7)
    """How long a tombstone stays after nothing of the list is left on Trakt. Kafka's default retention, so that every
    event of the list that can still be delivered finds the tombstone."""
    run_retention: Retention = timedelta(days=30)
    """How long sync runs can be read, and imports of which there is no list any more."""
    inbox_retention: Retention = timedelta(days=30)
    """How long the inbox knows an event: Kafka's default retention of 7 days, and time for an operator's replay."""

    quota_free_lists: Limit | None = 500
    quota_free_items: Annotated[Limit, Field(le=MAX_ITEMS)] = MAX_ITEMS
    quota_free_runs_per_hour: Limit = 120
    quota_free_searches_per_minute: Limit = 240
    quota_free_feed_reads_per_minute: Limit = 240
    quota_free_imports_per_minute: Limit = 20
    quota_vip_lists: Limit | None = None
    quota_vip_items: Annotated[Limit, Field(le=MAX_ITEMS)] = MAX_ITEMS
    quota_vip_runs_per_hour: Limit = 600
    quota_vip_searches_per_minute: Limit = 600
    quota_vip_feed_reads_per_minute: Limit = 600
    quota_vip_imports_per_minute: Limit = 60

    @property
    def quotas(self) -> Quotas:
        """What users may have."""
        return Quotas(
            free=Quota(
                self.quota_free_lists,
                self.quota_free_items,
                self.quota_free_runs_per_hour,
                {
                    "search": self.quota_free_searches_per_minute,
                    "feed_read": self.quota_free_feed_reads_per_minute,
                    "import": self.quota_free_imports_per_minute,
                },
            ),
            vip=Quota(
                self.quota_vip_lists,
                self.quota_vip_items,
                self.quota_vip_runs_per_hour,
                {
                    "search": self.quota_vip_searches_per_minute,
                    "feed_read": self.quota_vip_feed_reads_per_minute,
                    "import": self.quota_vip_imports_per_minute,
                },
            ),
        )


class RunSettings(Settings):
    """What `run` needs in addition."""

    run_concurrency: Annotated[int, Field(ge=1)] = 4
    """Runs at a time. Most of a run is Postgres's work, so more than twice the cores help nobody."""
    run_lease: Retention = timedelta(seconds=90)
    """How long a run waits for a worker that has died. Longer than the slowest statement may take (60 s)."""
    run_max_removed_percent: Annotated[int, Field(ge=0, le=100)] = 50
    """An automatic run that would remove more of a list waits for its owner: something is wrong with the catalogue."""
    run_guarded_items: Annotated[int, Field(ge=1)] = 20
    """Shorter lists are not guarded: of ten titles, six may well be new."""

    @property
    def guard(self) -> Guard:
        """When an automatic run waits for the list's owner."""
        return Guard(self.run_max_removed_percent, self.run_guarded_items)


class HttpSettings(Settings, CallerSettings):
    """What `serve` needs in addition: how it knows its callers, and what it takes of them."""

    max_body_bytes: Annotated[int, Field(ge=1024)] = 8 * 1024 * 1024
    """Largest request body in bytes. 10,000 items with three ids each are 1 MB, pretty-printed 3 MB."""
    pool_size: Annotated[int, Field(ge=1)] = 10
    """Largest number of connections to Postgres."""

    public_url: AnyHttpUrl | None = None
    """The console's address as browsers reach it. None: as their requests say it."""
    trakt_sync_url: AnyHttpUrl | None = None
    """Where `/api/trakt` is passed on to. None: nowhere, it is 404."""
    notifier_url: AnyHttpUrl | None = None
    """The same for `/api/notifications` and `/api/channels`."""
    session_encryption_keys: SecretStr | None = None
    """Fernet keys, separated by commas; the first encrypts, all decrypt. None: browsers have no sessions."""
    login_link_lifetime: Retention = timedelta(minutes=10)
    """How long a one-time link can be used: time to go to another device, and no more."""
    session_lifetime: Retention = timedelta(days=30)
    """How long a browser stays logged in by the identity provider, whose tokens are renewed meanwhile."""
    oidc_client_id: str | None = None
    """How the identity provider (AUTH_ISSUER) knows the console. None: browsers log in by one-time links alone."""
    oidc_client_secret: SecretStr | None = None
    """None: the provider takes PKCE alone (a public client)."""
    oidc_scopes: str = "openid offline_access"
    """With blanks between them. Most providers give a refresh token for `offline_access` alone."""
    cors_origins: str = ""
    """Origins, separated by commas, whose pages may use the APIs with a bearer token; empty: none but ours."""

    @field_validator("session_encryption_keys")
    @classmethod
    def _keys_are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            if value is not None:
                Sealer.of_setting(value.get_secret_value())
        except ValueError:  # its text must not repeat the value
            raise ValueError("needs Fernet keys (32 bytes in URL-safe base64), separated by commas") from None
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_origins(cls, value: str) -> str:
        for origin in _parts(value):
            parts = urlsplit(origin)
            if (
                parts.scheme not in {"http", "https"}
                or origin != f"{parts.scheme}://{parts.netloc}"
                or not parts.netloc
            ):
                raise ValueError(f"needs origins such as https://lists.example.org, separated by commas, not {origin}")
        return value

    @model_validator(mode="after")
    def _provider_is_one(self) -> Self:
        if self.oidc_client_id is not None:
            if self.auth_jwks_url is None or self.session_encryption_keys is None:
                raise ValueError("OIDC_CLIENT_ID: needs AUTH_JWKS_URL and SESSION_ENCRYPTION_KEYS")
            if not self.auth_issuer.startswith(("https://", "http://")):
                raise ValueError("AUTH_ISSUER: needs to be the address of the provider that OIDC_CLIENT_ID is of")
        return self

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may use the APIs."""
        return _parts(self.cors_origins)

    @property
    def own_address(self) -> str | None:
        """The console's address without a slash at its end; None: as requests say it."""
        return None if self.public_url is None else str(self.public_url).rstrip("/")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
