"""Every client on a real Apache Kafka with a SASL_SSL listener: a CA of our own, SCRAM and PLAIN users."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiokafka import AIOKafkaConsumer
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from faststream.kafka import KafkaBroker
from structlog.testing import capture_logs

from chassis import topics
from chassis.health import Health, StuckError
from chassis.kafka.broker import ConsumerHealth, build_broker, consume, subscribe
from chassis.kafka.connection import KafkaRefusedError, connection_arguments, knock
from chassis.kafka.envelope import Delivered
from chassis.kafka.producer import start_producer
from chassis.outbox import outbox
from chassis.outbox.relay import Relay
from chassis.postgres.database import create_pool
from chassis.settings import ServiceSettings
from chassis.testing import FakeClock, eventually
from local_stack.errors import MissingProgramError
from local_stack.kafka.apache import ApacheKafka
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.processes.ports import free_port
from watchbuddy_contracts import LISTS, ListDeleted, dead_letter_topic

pytestmark = pytest.mark.real_kafka
GROUP = "trakt-sync"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse"
LOGIN = "org.apache.kafka.common.security"


@dataclass(frozen=True, slots=True)
class Secured:
    """A running broker. Args: ca_file: who signed its certificate; other_ca_file: somebody else."""

    broker: ApacheKafka
    ca_file: Path
    other_ca_file: Path

    def settings(self, **changes: object) -> ServiceSettings:
        given: dict[str, object] = {
            "database_url": "postgresql://nobody",
            "kafka_bootstrap_servers": self.broker.bootstrap_servers,
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "SCRAM-SHA-512",
            "kafka_sasl_username": "ada",
            "kafka_sasl_password": PASSWORD,
            "kafka_ca_file": self.ca_file,
        }
        return ServiceSettings.model_validate(given | changes)


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    try:
        distribution = KafkaDistribution.find()
    except MissingProgramError as missing:
        pytest.skip(str(missing))  # the text names the program that this machine lacks
    folder = Path(tempfile.mkdtemp(prefix="wb-sasl-"))
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    trustme.CA().cert_pem.write_to_path(folder / "other.pem")
    _write_keystore(ca.issue_cert("127.0.0.1"), folder / "keystore.pem")
    port, inner, controller = free_port(), free_port(), free_port()
    users = [f"SCRAM-SHA-{size}=[name=ada,password={PASSWORD}]" for size in (256, 512)]
    broker = ApacheKafka(
        distribution,
        folder / "data",
        log=folder / "kafka.log",
        port=port,
        properties=_properties(port, inner, controller, folder / "keystore.pem"),
        scram=users,
    )
    asyncio.run(broker.start())
    try:
        yield Secured(broker, folder / "ca.pem", folder / "other.pem")
    finally:
        asyncio.run(broker.stop())
        shutil.rmtree(folder)


def _properties(port: int, inner: int, controller: int, keystore: Path) -> dict[str, str]:
    sasl = "listener.name.sasl_ssl"
    return {
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"SASL_SSL://127.0.0.1:{port},INNER://127.0.0.1:{inner},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"SASL_SSL://127.0.0.1:{port},INNER://127.0.0.1:{inner}",
        "listener.security.protocol.map": "SASL_SSL:SASL_SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "INNER",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        f"{sasl}.plain.sasl.jaas.config": f'{LOGIN}.plain.PlainLoginModule required user_ada="{PASSWORD}";',
        f"{sasl}.scram-sha-256.sasl.jaas.config": f"{LOGIN}.scram.ScramLoginModule required;",
        f"{sasl}.scram-sha-512.sasl.jaas.config": f"{LOGIN}.scram.ScramLoginModule required;",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(keystore),
    }


def _write_keystore(leaf: trustme.LeafCert, path: Path) -> None:
    # Kafka reads a key as PKCS #8 alone.
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(text + b"".join(certificate.bytes() for certificate in leaf.cert_chain_pems))


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def consumer_of(settings: ServiceSettings, handled: list[int]) -> KafkaBroker:
    broker = build_broker(settings, group=GROUP)

    @subscribe(broker, LISTS, group=GROUP, events=[ListDeleted])
    async def on_events(events: Sequence[Delivered]) -> None:
        handled.extend(int(delivered.headers.subject) for delivered in events)

    return broker


async def test_an_event_goes_from_the_outbox_to_the_consumer_and_a_bad_record_to_its_dead_letters(
    secured: Secured, make_database: Callable[..., str]
) -> None:
    dsn = await asyncio.to_thread(make_database, "chassis")
    settings = secured.settings()
    assert LISTS.name in await topics.create(settings)
    assert await topics.create(settings) == []
    handled: list[int] = []

    async def seen() -> list[int]:
        return handled

    broker = consumer_of(settings, handled)
    relay = Relay(dsn, lambda: start_producer(settings))
    async with await create_pool(dsn) as pool, running(relay.run()), running(consume(broker)):
        async with pool.acquire() as connection, connection.transaction():
            event = ListDeleted(list_id=7, user_id="ada", version=1, title="Heists")
            await outbox.append(connection, event, source="/test", now=NOW)
        await eventually(seen, until=lambda numbers: numbers == [7], within=timedelta(seconds=20))
        await relay.check()
        await ConsumerHealth(broker).check()
        sender = await start_producer(settings)
        await sender.send_and_wait(LISTS.name, b"no event", key=b"ada")
        await sender.stop()
        letters = dead_letter_topic(LISTS.name, GROUP)
        async with AIOKafkaConsumer(letters, **connection_arguments(settings), auto_offset_reset="earliest") as reader:
            async with asyncio.timeout(20):
                record = await reader.getone()
    assert (record.value, dict(record.headers)["dlq_reason"]) == (b"no event", b"header_invalid")


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_each_mechanism_lets_its_user_in(secured: Secured, mechanism: str) -> None:
    sender = await start_producer(secured.settings(kafka_sasl_mechanism=mechanism))
    await sender.stop()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_a_wrong_password_is_one_log_line_and_processes_that_are_not_ready(
    secured: Secured, make_database: Callable[..., str], mechanism: str, caplog: pytest.LogCaptureFixture
) -> None:
    dsn = await asyncio.to_thread(make_database, "chassis")
    settings = secured.settings(kafka_sasl_password="wrong", kafka_sasl_mechanism=mechanism)
    broker = consumer_of(settings, [])
    clock = FakeClock()
    relay = Relay(dsn, lambda: start_producer(settings), now=clock)
    health = Health(now=clock)
    health.add("relay", relay.check)
    health.add("consumer", ConsumerHealth(broker).check)

    async def is_refused() -> bool:
        states = await health.ready()
        return all("refuses us" in state and "uthentication failed" in state for state in states.values())

    with capture_logs() as lines:
        async with running(relay.run()), running(consume(broker)):
            await eventually(is_refused)
            clock.advance(timedelta(seconds=30))
            assert await is_refused(), "they wait, and do not end"
            assert await health.live() == {}, "a restart would not help"
    logged = [line for line in lines if line["log_level"] in {"warning", "error"}]
    assert [line["event"] for line in logged] == ["kafka_refused"] * 2, "the relay's and the consumer's, once each"
    assert all("uthentication failed" in line["error"] and "wrong" not in line["error"] for line in logged)
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


async def test_a_broker_whose_certificate_another_ca_signed_is_refused(secured: Secured) -> None:
    settings = secured.settings(kafka_ca_file=secured.other_ca_file)
    with pytest.raises(KafkaRefusedError, match="certificate verify failed"):
        await topics.create(settings)


async def test_one_server_that_answers_is_enough(secured: Secured) -> None:
    servers = f"127.0.0.1:{free_port()},{secured.broker.bootstrap_servers}"
    await knock(secured.settings(kafka_bootstrap_servers=servers))


async def test_a_client_without_tls_is_told_where_to_look(secured: Secured) -> None:
    without = {"kafka_sasl_mechanism": None, "kafka_sasl_username": None, "kafka_sasl_password": None}
    settings = secured.settings(kafka_security_protocol="PLAINTEXT", kafka_ca_file=None, **without)
    with pytest.raises(ConnectionError, match="is KAFKA_SECURITY_PROTOCOL right"):
        await knock(settings)


async def test_a_consumer_that_hangs_is_told_from_a_kafka_that_is_away(secured: Secured) -> None:
    settings = secured.settings()
    await topics.create(settings)
    broker = consumer_of(settings, [])
    clock = FakeClock(datetime.now(UTC))
    async with running(consume(broker)):
        health = ConsumerHealth(broker, clock)

        async def is_well() -> bool:
            with suppress(ConnectionError):
                await health.check()
                return True
            return False

        await eventually(is_well, within=timedelta(seconds=20))
        clock.advance(timedelta(minutes=1))
        with pytest.raises(StuckError, match="has fetched nothing for"):
            await health.check()
        nobody = f"127.0.0.1:{free_port()}"
        broker.context.set_global("settings", secured.settings(kafka_bootstrap_servers=nobody))
        with pytest.raises(ConnectionError, match=f"has fetched nothing for .*: Kafka at {nobody} does not answer"):
            await health.check()
