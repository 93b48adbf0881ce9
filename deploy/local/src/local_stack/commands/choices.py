"""Which Kafka, Postgres and Trakt a stack gets, by the options, the environment and what the machine has."""

import dataclasses

from local_stack.commands.options import Options
from local_stack.errors import CannotStartError, MissingProgramError, PartError
from local_stack.kafka.apache import ApacheKafka
from local_stack.kafka.distribution import KafkaDistribution
from local_stack.kafka.embedded import EmbeddedKafka
from local_stack.postgres.binaries import PostgresBinaries
from local_stack.postgres.server import PostgresServer
from local_stack.processes.health import is_ready
from local_stack.screen.progress import AnyDisplay
from local_stack.system import trakt
from local_stack.system.description import KafkaKind, Trakt
from local_stack.system.home import Home
from local_stack.system.stack import BackingServices, Kafka


async def given_trakt(options: Options, *, real_allowed: bool) -> Trakt | None:
    """Return the Trakt that the environment names; None: the stack starts a simulator."""
    given = trakt.given(options.environment, real_allowed=real_allowed)
    if given and given.admin_url and not await is_ready(f"{given.admin_url}/health"):
        return dataclasses.replace(given, admin_url=None)  # it is no simulator
    return given


async def best_kafka(display: AnyDisplay) -> KafkaKind:
    """Return `apache` where Java and Maven are there, else `embedded`; say why."""
    try:
        distribution = KafkaDistribution.find()
        await distribution.download(display.say)
    except PartError as error:
        display.say(f"{error}: the embedded Kafka takes its place")
        return "embedded"
    return "apache"


def backing_services(home: Home, display: AnyDisplay, kind: KafkaKind, given: Trakt | None) -> BackingServices:
    """Return what the services need, not started.

    Raises:
        CannotStartError: a program is missing, or the data are of another major version of PostgreSQL.
    """
    return BackingServices(postgres=_postgres(home), kafka=_kafka(kind, home, display), kafka_kind=kind, trakt=given)


def _kafka(kind: KafkaKind, home: Home, display: AnyDisplay) -> Kafka:
    log = home.logs / "kafka.log"
    if kind == "embedded":
        return EmbeddedKafka(log=log)
    return ApacheKafka(KafkaDistribution.find(), home.data / "kafka", log=log, say=display.say)


def _postgres(home: Home) -> PostgresServer:
    try:
        binaries = PostgresBinaries.embedded(home.data)
    except MissingProgramError:
        binaries = PostgresBinaries.of_system()
    data = home.data / f"postgres-{binaries.major}"
    others = [other.name for other in home.data.glob("postgres-[0-9]*") if other != data]
    if others and not data.exists():
        raise CannotStartError(
            f"the data in {home.data} are of {others[0]}, and this is PostgreSQL {binaries.major}: "
            "carry them over with pg_dumpall, or choose another --state-dir"
        )
    return PostgresServer(binaries, data, log=home.logs / "postgres.log", durable=home.is_kept)
