"""Settings from the environment and from secret files. A wrong one ends the process at its start, in one line."""

import logging
import os
import sys
import warnings
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, NoReturn, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsError

from chassis.example_secrets import known_secret
from chassis.kafka.settings import KafkaSettings
from chassis.setting_sources import FromEnvironment

S = TypeVar("S", bound=FromEnvironment)
Port = Annotated[int, Field(ge=0, le=65535)]
MIN_KEY_LENGTH = 32  # RFC 7518 3.2: an HS256 key has at least 256 bits


class DatabaseSettings(FromEnvironment):
    """What every command of a service needs."""

    database_url: SecretStr
    log_level: str = "INFO"
    trace_user_key: Annotated[SecretStr, Field(min_length=MIN_KEY_LENGTH)] | None = None
    """Makes the pseudonyms of users in traces, the same in all processes. None: traces name no users."""

    @field_validator("database_url")
    @classmethod
    def _is_an_address(cls, value: SecretStr) -> SecretStr:
        # The text must not repeat the value, for it holds a password.
        try:
            parts = urlsplit(value.get_secret_value())
            is_good = parts.scheme in {"postgresql", "postgres"} and (parts.port is None or parts.port > 0)
        except ValueError:
            is_good = False
        if not is_good:
            raise PydanticCustomError(
                "address", "must be postgresql://user:password@host:port/database, special characters %-encoded"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _has_its_certificates(cls, value: SecretStr) -> SecretStr:
        for path in parse_qs(urlsplit(value.get_secret_value()).query).get("sslrootcert", []):
            if not Path(path).is_file():
                raise PydanticCustomError("sslrootcert", "sslrootcert: there is no file {path}", {"path": path})
        return value

    @field_validator("log_level")
    @classmethod
    def _is_a_level(cls, value: str) -> str:
        if value.upper() not in logging.getLevelNamesMapping():
            raise ValueError(f"must be one of {', '.join(logging.getLevelNamesMapping())}")
        return value.upper()


class ServiceSettings(DatabaseSettings, KafkaSettings):
    """What every process of a service needs."""

    kafka_fetch_max_wait: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(milliseconds=500)
    """How long the broker may hold an empty fetch. Apache Kafka answers at once when something comes."""
    kafka_session_timeout: Annotated[timedelta, Field(ge=timedelta(seconds=1))] = timedelta(seconds=10)
    http_host: str = "127.0.0.1"
    http_port: Port = 0
    """0: any free port. The process logs which."""


class AuthSettings(FromEnvironment):
    """Who signs the users' tokens: an identity provider (its JWKS URL), or a local key (self-hosting)."""

    auth_jwks_url: AnyHttpUrl | None = None
    auth_local_key: SecretStr | None = None
    auth_issuer: str = "watchbuddy"
    auth_audience: str = "watchbuddy"

    @model_validator(mode="after")
    def _has_one_source_of_keys(self) -> Self:
        if (self.auth_jwks_url is None) == (self.auth_local_key is None):
            raise ValueError("AUTH_LOCAL_KEY or AUTH_JWKS_URL: set exactly one of them")
        if self.auth_local_key is not None and len(self.auth_local_key.get_secret_value()) < MIN_KEY_LENGTH:
            raise ValueError(f"AUTH_LOCAL_KEY: needs at least {MIN_KEY_LENGTH} characters")
        return self


class CallerSettings(AuthSettings):
    """How callers are known, and how often they may call: what processes with users need."""

    user_requests_per_minute: Annotated[int, Field(ge=0)] = 3000
    """Of one user, on one process; a third of them at once. 0: no limit. A page of the console is 80 requests; a script
    that goes as fast as lists are made (100 a second) is slowed down."""
    address_requests_per_minute: Annotated[int, Field(ge=0)] = 6000
    """The same of one address, users or not. An office may have one address."""
    trusted_proxies: str = "127.0.0.0/8,::1"
    """Networks, separated by commas, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. A proxy on
    this machine, and lists-api in front of the other services, is not the client."""

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, value: str) -> str:
        for part in value.split(","):
            if part.strip():
                ip_network(part.strip())
        return value


def load(settings: type[S]) -> S:
    """Return the settings, or end the process with status 2 and one line that names what is wrong.

    They come from the environment, and from the files of the directory that `SECRETS_DIR` names. A file has the name of
    its setting, in small letters or capitals. The environment wins.
    """
    directory = os.environ.get("SECRETS_DIR") or None
    if directory and not Path(directory).is_dir():
        fail(f"SECRETS_DIR: there is no directory {directory}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "error", UserWarning
            )  # a file that cannot be taken: pydantic-settings goes on without it
            made = settings(_secrets_dir=directory)
    except ValidationError as exc:
        fail("; ".join(_describe(error["loc"], error["msg"]) for error in exc.errors()))
    except SettingsError as exc:
        fail(f"SECRETS_DIR: {exc.__cause__ or exc}")
    if (name := known_secret(made)) is not None:
        fail(f"{name}: is the example's, which everybody knows; make one of your own")
    return made


def fail(text: str) -> NoReturn:
    """End the process with status 2 and one line on standard error."""
    sys.stderr.write(f"bad settings: {text}\n")
    raise SystemExit(2)


def _describe(loc: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{str(loc[0]).upper()}: {text}" if loc else text
