"""Which Kafka and which Postgres: addresses in the environment, else containers, else local processes, else embedded.

`WATCHBUDDY_TEST_PARTS=containers|local|embedded` forces one. The choice is made after the tests of this folder are
collected, so that tests which need a real broker are left out by name. The choice starts nothing.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import docker  # type: ignore[import-untyped]
from docker.errors import DockerException, ImageNotFound  # type: ignore[import-untyped]
from testcontainers.core.config import testcontainers_config

from integration.brokers import KAFKA_IMAGE, Broker, ContainerBroker, EmbeddedBroker, GivenBroker, LocalBroker
from integration.databases import POSTGRES_IMAGE, ContainerServer, GivenServer, Server, embedded, of_machine
from local_stack.errors import PartError
from local_stack.kafka.distribution import KafkaDistribution

FORCED_BY: Final = "WATCHBUDDY_TEST_PARTS"
SOURCES: Final = ("environment", "containers", "local", "embedded")
PULL_TIMEOUT_S: Final = 300

P = TypeVar("P")


class NotHereError(Exception):
    """The machine lacks what this source needs; the text says what."""


@dataclass(frozen=True, slots=True)
class Chosen(Generic[P]):
    """Args: part: not started; lacking: what the machine lacks for the sources before it."""

    part: P
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The Kafka and the Postgres of the tests."""

    kafka: Chosen[Broker]
    postgres: Chosen[Server]

    def described(self) -> str:
        """Return one line: what is used, and what the machine lacks for something better."""
        text = f"{self.kafka.part.described}; {self.postgres.part.described}"
        lacking = dict.fromkeys((*self.kafka.lacking, *self.postgres.lacking))
        return f"{text} [{'; '.join(lacking)}]" if lacking else text


def choose(folder: Path, environment: Mapping[str, str] = os.environ) -> Parts:
    """Return the best parts that this machine has.

    Args:
        folder: for the data of local processes; accounts other than ours must be able to pass through it.
        environment: ours.

    Raises:
        NotHereError: what was forced is not there.
    """
    forced = environment.get(FORCED_BY) or None
    if forced not in (None, *SOURCES):
        raise NotHereError(f"{FORCED_BY} is one of {', '.join(SOURCES)}")
    return Parts(
        kafka=_first(
            forced,
            {
                "environment": lambda: GivenBroker(_given(environment, "TEST_KAFKA_BOOTSTRAP_SERVERS")),
                "containers": lambda: _of_image(KAFKA_IMAGE, ContainerBroker),
                "local": lambda: LocalBroker(_distribution(), folder),
                "embedded": lambda: EmbeddedBroker(folder),
            },
        ),
        postgres=_first(
            forced,
            {
                "environment": lambda: GivenServer(_given(environment, "TEST_DATABASE_URL")),
                "containers": lambda: _of_image(POSTGRES_IMAGE, ContainerServer),
                "local": lambda: of_machine(folder),
                "embedded": lambda: embedded(folder),
            },
        ),
    )


def _first(forced: str | None, sources: Mapping[str, Callable[[], P]]) -> Chosen[P]:
    lacking: list[str] = []
    for name, make in sources.items():
        if forced not in (None, name):
            continue
        try:
            return Chosen(make(), tuple(lacking))
        except (NotHereError, PartError) as error:
            if name != "environment":  # addresses are optional: without them nothing is lacking
                lacking.append(str(error))
    raise NotHereError(f"{FORCED_BY}={forced}: {'; '.join(lacking) or 'no address is given'}")


def _given(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise NotHereError(f"{name} is not set")
    return environment[name]


def _of_image(image: str, make: Callable[[], P]) -> P:
    with contextlib.ExitStack() as stack:
        try:
            _knock(docker.utils.parse_host(os.environ.get("DOCKER_HOST")))
            engine = stack.enter_context(contextlib.closing(docker.from_env(timeout=PULL_TIMEOUT_S)))
            engine.ping()
        except (OSError, DockerException) as error:
            raise NotHereError("no Docker engine answers") from error
        if not _has_image(engine, image):
            try:
                engine.images.pull(image)
            except DockerException as error:
                raise NotHereError(f"Docker cannot bring {image}") from error
        # Ryuk removes the containers of a run that was killed. It needs its image.
        testcontainers_config.ryuk_disabled = not _has_image(engine, testcontainers_config.ryuk_image)
    testcontainers_config.tc_host_override = "127.0.0.1"
    return make()


def _knock(address: str) -> None:
    # The client leaves its Unix socket open when nobody listens there.
    path = address.removeprefix("http+unix://")
    if path != address:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)


def _has_image(engine: docker.DockerClient, image: str) -> bool:
    try:
        engine.images.get(image)
    except ImageNotFound:
        return False
    return True


def _distribution() -> KafkaDistribution:
    distribution = KafkaDistribution.find()
    distribution.folder.parent.mkdir(parents=True, exist_ok=True)
    with distribution.folder.with_name(f"{distribution.folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # parallel workers choose at the same time; one of them downloads
        asyncio.run(distribution.download(print))
    return distribution
