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
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

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


def security_of(settings: KafkaSettings) -> BaseSecurity:
    """Return what the settings say, in FastStream's form. They have all of mechanism, user and password, or none."""
    context = ssl.create_default_context(cafile=settings.kafka_ca_file) if settings.uses_tls else None
    mechanism, user = settings.kafka_sasl_mechanism, settings.kafka_sasl_username
    password = settings.kafka_sasl_password
    if mechanism is None or user is None or password is None:
        return BaseSecurity(ssl_context=context)
    forms = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
    return forms[mechanism](user, password.get_secret_value(), ssl_context=context)


def connection_arguments(settings: KafkaSettings) -> dict[str, Any]:
    """Return the arguments with which each of aiokafka's clients connects: addresses, TLS, SASL."""
    return {"bootstrap_servers": settings.kafka_bootstrap_servers, **parse_security(security_of(settings))}


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
    security = parse_security(security_of(settings))
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
