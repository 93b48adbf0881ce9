"""How every Kafka client connects. One function makes the arguments; another asks whether Kafka lets us in."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import (
    AuthenticationFailedError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from chassis.kafka.settings import KafkaSettings, kafka_addresses

log = structlog.get_logger()

KNOCK_TIMEOUT: Final = timedelta(seconds=15)
"""A broker that is busy or far away takes seconds for TLS and SASL. As long as a producer waits for an answer."""
CLOSE_TIMEOUT_S: Final = 1.0
REFUSED_RETRY: Final = timedelta(seconds=10)
"""Until somebody mends the password or the certificate. A broker may lock an account after many tries."""
REFUSALS: Final = (
    SaslAuthenticationFailed,
    AuthenticationFailedError,
    UnsupportedSaslMechanismError,
    IllegalSaslStateError,
)


class KafkaRefusedError(ConnectionError):
    """Kafka answers and does not let us in: user, password, mechanism or certificate. An operator has to mend it."""


class Refusals:
    """For a loop that tries again after a refusal: it logs each reason once, and waits."""

    def __init__(self) -> None:
        self._logged = ""

    async def wait(self, refusal: KafkaRefusedError) -> None:
        if str(refusal) != self._logged:
            log.error("kafka_refused", error=str(refusal))
            self._logged = str(refusal)
        await asyncio.sleep(REFUSED_RETRY.total_seconds())


def tls_of(settings: KafkaSettings) -> ssl.SSLContext | None:
    """Return with which certificates TLS is checked; None: there is no TLS."""
    return ssl.create_default_context(cafile=settings.kafka_ca_file) if settings.uses_tls else None


def connection_arguments(settings: KafkaSettings) -> dict[str, Any]:
    """Return the arguments with which each of aiokafka's clients connects: addresses, TLS, SASL."""
    return {"bootstrap_servers": settings.kafka_bootstrap_servers, **_security_arguments(settings)}


async def knock(settings: KafkaSettings, within: timedelta = KNOCK_TIMEOUT) -> None:
    """Connect to a server as a client would, ask it for the cluster's brokers, and close the connection.

    All servers are tried at once; the first answer counts.

    Raises:
        KafkaRefusedError: no server lets us in, and one says why.
        ConnectionError: no server answers in time.
        TypeError: the loop is one on which aiokafka's clients may lose Kafka for ever.
    """
    if isinstance(asyncio.get_running_loop(), uvloop.Loop):
        raise TypeError("a Kafka client needs asyncio's own event loop: see chassis.process.kafka_process")
    security = _security_arguments(settings)
    addresses = kafka_addresses(settings.kafka_bootstrap_servers)
    tasks = [asyncio.create_task(_knock_at(host, port, security, within)) for host, port in addresses]
    problems: list[ConnectionError] = []
    try:
        for answer in asyncio.as_completed(tasks):
            problem = await answer
            if problem is None:
                return
            problems.append(problem)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    raise next((problem for problem in problems if isinstance(problem, KafkaRefusedError)), problems[0])


async def _knock_at(host: str, port: int, security: Mapping[str, Any], within: timedelta) -> ConnectionError | None:
    """Return None when this server answers, else what is wrong."""
    limit_ms = int(within.total_seconds() * 1000)
    connection = AIOKafkaConnection(host, port, request_timeout_ms=limit_ms, **security)
    problem: ConnectionError | None = None
    try:
        async with asyncio.timeout(within.total_seconds()):
            await connection.connect()
            # A listener that wants SASL closes here on a client without it.
            await connection.send(MetadataRequest([]))
    except ssl.SSLError as exc:
        return KafkaRefusedError(f"Kafka at {host}:{port} refuses us: {exc}")
    except OSError as exc:  # TimeoutError too
        return ConnectionError(f"Kafka at {host}:{port} does not answer: {str(exc) or type(exc).__name__}")
    except REFUSALS as exc:
        problem = KafkaRefusedError(f"Kafka at {host}:{port} refuses us: {exc}")
    except KafkaError as exc:
        problem = ConnectionError(f"Kafka at {host}:{port}: {exc}: is KAFKA_SECURITY_PROTOCOL right?")
    finally:
        closed = connection.close()
    await asyncio.wait({closed}, timeout=CLOSE_TIMEOUT_S)
    return problem


def _security_arguments(settings: KafkaSettings) -> dict[str, Any]:
    """Return aiokafka's arguments for TLS and SASL. The settings have all of mechanism, user and password, or none."""
    arguments: dict[str, Any] = {
        "security_protocol": settings.kafka_security_protocol,
        "ssl_context": tls_of(settings),
    }
    if settings.kafka_sasl_mechanism is not None and settings.kafka_sasl_password is not None:
        arguments["sasl_mechanism"] = settings.kafka_sasl_mechanism
        arguments["sasl_plain_username"] = settings.kafka_sasl_username
        arguments["sasl_plain_password"] = settings.kafka_sasl_password.get_secret_value()
    return arguments
