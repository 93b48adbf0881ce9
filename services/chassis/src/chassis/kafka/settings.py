"""Where Kafka is, and how its clients prove who they are."""

import ssl
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.setting_sources import FromEnvironment

KAFKA_PORT: Final = 9092
SecurityProtocol: TypeAlias = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism: TypeAlias = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


def kafka_addresses(servers: str) -> list[tuple[str, int]]:
    """Return host and port of each server in `host:port`, `host` or `[IPv6]:port`, with commas between.

    Raises:
        ValueError: one is none of these.
    """
    addresses = []
    for server in servers.split(","):
        parts = urlsplit(f"//{server.strip()}")
        if not parts.hostname or parts.netloc != server.strip() or "@" in server or " " in parts.netloc:
            raise ValueError("no address")
        addresses.append((parts.hostname, KAFKA_PORT if parts.port is None else parts.port))
    return addresses


def _are_addresses(servers: str) -> str:
    try:
        kafka_addresses(servers)
    except ValueError:
        raise PydanticCustomError("addresses", "must be host:port, or several with commas between") from None
    return servers


BootstrapServers = Annotated[str, AfterValidator(_are_addresses)]


class KafkaSettings(FromEnvironment):
    """What every Kafka client needs. The names are those of the environment, in capitals."""

    kafka_bootstrap_servers: BootstrapServers
    kafka_security_protocol: SecurityProtocol = "PLAINTEXT"
    kafka_sasl_mechanism: SaslMechanism | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ca_file: Path | None = None
    """The certificates, in PEM, that may sign a broker's certificate. None: those that the system trusts."""

    @property
    def uses_tls(self) -> bool:
        return self.kafka_security_protocol.endswith("SSL")

    @property
    def uses_sasl(self) -> bool:
        return self.kafka_security_protocol.startswith("SASL")

    @field_validator("kafka_ca_file")
    @classmethod
    def _holds_certificates(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        try:
            ssl.create_default_context(cafile=path)
        except ssl.SSLError:
            raise PydanticCustomError("ca_file", "{path} holds no certificate in PEM", {"path": str(path)}) from None
        except OSError as exc:
            context = {"path": str(path), "reason": exc.strerror or "cannot be read"}
            raise PydanticCustomError("ca_file", "{path}: {reason}", context) from None
        return path

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse what does not go together. The first word of each text is the setting to look at."""
        protocol = self.kafka_security_protocol
        sasl = {
            "KAFKA_SASL_MECHANISM": self.kafka_sasl_mechanism,
            "KAFKA_SASL_USERNAME": self.kafka_sasl_username,
            "KAFKA_SASL_PASSWORD": self.kafka_sasl_password,
        }
        for name, value in sasl.items():
            if self.uses_sasl and value is None:
                raise ValueError(f"{name}: KAFKA_SECURITY_PROTOCOL={protocol} needs it")
            if not self.uses_sasl and value is not None:
                raise ValueError(f"{name}: only KAFKA_SECURITY_PROTOCOL=SASL_SSL or SASL_PLAINTEXT uses it")
        if self.kafka_ca_file is not None and not self.uses_tls:
            raise ValueError("KAFKA_CA_FILE: only KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL uses it")
        return self
