"""The embedded Kafka: librdkafka's mock cluster in a child process. It forgets everything when it ends.

`python -m local_stack.kafka.embedded [TOPIC:PARTITIONS …]` prints `bootstrap ADDRESS`. It then reads commands from its
standard input until that ends: `down`, `up`, `latency MILLISECONDS`, `errors API_KEY CODE…`, `topic NAME PARTITIONS`.
It answers each by `ok` or `error REASON`. Without arguments it makes the topics of the contracts.
"""

import asyncio
import contextlib
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from local_stack.errors import PartFailedError
from local_stack.kafka.mock_cluster import MockCluster
from local_stack.processes import children

START_TIMEOUT = timedelta(seconds=20)
ANSWER_TIMEOUT = timedelta(seconds=10)


def all_topics() -> dict[str, int]:
    """Return every topic of the contracts, dead-letter topics included, with its number of partitions."""
    from watchbuddy_contracts import TOPICS, dead_letter_topic  # noqa: PLC0415 - pydantic costs the broker's process 20 MB

    topics: dict[str, int] = {}
    for topic in TOPICS:
        topics[topic.name] = topic.partitions
        topics |= {dead_letter_topic(topic.name, group): 1 for group in topic.groups}
    return topics


class EmbeddedKafka:
    """The broker's child process."""

    name = "kafka"
    health_url = None

    def __init__(self, *, log: Path | None = None, topics: dict[str, int] | None = None) -> None:
        """Args: topics: name → partitions; None: those of the contracts."""
        self.log: Path | None = log
        self._topics = all_topics() if topics is None else topics
        self._child: subprocess.Popen[bytes] | None = None
        self.bootstrap_servers = ""

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def exit_status(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self._child.poll() if self._child else None

    async def start(self) -> None:
        """Start it on a free port. After each start the port is another one, and the broker is empty.

        Raises:
            PartFailedError: it gave no address within 20 s.
        """
        argv = [f"{name}:{partitions}" for name, partitions in self._topics.items()]
        self._child = children.spawn(
            [sys.executable, "-m", "local_stack.kafka.embedded", *argv], log=self.log, piped=True
        )
        try:
            self.bootstrap_servers = (await self._read(START_TIMEOUT)).removeprefix("bootstrap ")
        except PartFailedError:
            await self.stop()
            raise

    async def stop(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=timedelta(seconds=2))

    async def kill(self) -> None:
        if self._child is not None:
            await children.end(self._child, grace=timedelta(0), first=signal.SIGKILL)

    async def command(self, line: str) -> None:
        """Send one of the commands that the module's docstring names."""
        if self._child is None or self._child.stdin is None:
            raise PartFailedError(self.name, "not started")
        self._child.stdin.write(f"{line}\n".encode())
        self._child.stdin.flush()
        answer = await self._read(ANSWER_TIMEOUT)
        if answer != "ok":
            raise PartFailedError(self.name, f"{line}: {answer}", self.log)

    async def _read(self, within: timedelta) -> str:
        if self._child is None or self._child.stdout is None:
            raise PartFailedError(self.name, "not started")
        reading = asyncio.create_task(asyncio.to_thread(self._child.stdout.readline))
        done, _ = await asyncio.wait({reading}, timeout=within.total_seconds())
        if not done:
            self._child.kill()  # ends the thread's read
        line = await reading
        if not line.endswith(b"\n"):
            raise PartFailedError(self.name, "ended without an answer", self.log)
        return line.decode().strip()


def _obey(cluster: MockCluster, line: str) -> None:
    match line.split():
        case ["down"]:
            cluster.down()
        case ["up"]:
            cluster.up()
        case ["latency", milliseconds]:
            cluster.latency(int(milliseconds))
        case ["errors", api_key, *codes]:
            cluster.errors(int(api_key), *map(int, codes))
        case ["topic", name, partitions]:
            cluster.create_topic(name, int(partitions))
        case _:
            raise ValueError(f"unknown command {line.strip()!r}")


def main(arguments: list[str]) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # the stack gets the terminal's Ctrl-C, and ends this process in its order
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    topics = {name: int(partitions) for name, _, partitions in (argument.rpartition(":") for argument in arguments)}
    with MockCluster() as cluster, contextlib.suppress(BrokenPipeError):
        for name, partitions in (topics or all_topics()).items():
            cluster.create_topic(name, partitions)
        print(f"bootstrap {cluster.bootstrap_servers}", flush=True)  # noqa: T201 - that is the interface
        for line in sys.stdin:
            try:
                _obey(cluster, line)
                answer = "ok"
            except (ValueError, OSError) as error:
                answer = f"error {error}"
            print(answer, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
