"""What is measured by asking: the database, the consumer, the process itself.

It is asked when somebody looks: a scrape, or the push of metrics. What was asked some seconds ago is not asked again.
What cannot be read, or not in time, shows nothing until it can.
"""

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import Final

import structlog

from chassis.identity import identity
from chassis.telemetry.declared import CPU_TIME, MEMORY, PROCESS_INFO, Metric
from chassis.telemetry.instruments import Labels, observe

log = structlog.get_logger()

Values = Mapping[Metric, Mapping[Labels, float]]
PATIENCE: Final = timedelta(seconds=2)
"""For one reading. Prometheus waits ten seconds for all."""
PUSH_EVERY: Final = timedelta(seconds=30)
STATM: Final = Path("/proc/self/statm")
PAGE_BYTES: Final = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that can be asked.

    Args:
        name: for the log.
        metrics: what it tells of.
        ask: returns their values.
        every: how old an answer may be.
    """

    name: str
    metrics: Sequence[Metric]
    ask: Callable[[], Awaitable[Values]]
    every: timedelta = timedelta(0)


@dataclass(slots=True)
class Readings:
    """All readings of a process."""

    _readings: list[Reading] = field(default_factory=list)
    _asked_at: dict[str, float] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def add(self, *readings: Reading) -> None:
        """Ask these too, from now on. One of a name that is there takes its place."""
        names = {one.name for one in readings}
        self._readings = [one for one in self._readings if one.name not in names] + list(readings)
        for name in names:
            self._asked_at.pop(name, None)

    def remove(self, *readings: Reading) -> None:
        """Ask these no more."""
        self._readings = [one for one in self._readings if one not in readings]
        _forget(readings)

    async def read(self) -> None:
        """Ask whatever was not asked for its time, all together. Whoever else looks meanwhile waits for the answers."""
        async with self._lock:
            now = time.monotonic()
            due = [
                one for one in self._readings if now - self._asked_at.get(one.name, -1e9) >= one.every.total_seconds()
            ]
            self._asked_at.update((one.name, now) for one in due)
            await asyncio.gather(*map(self._ask, due))

    async def _ask(self, reading: Reading) -> None:
        try:
            values = await asyncio.wait_for(reading.ask(), PATIENCE.total_seconds())
        except Exception as exc:  # noqa: BLE001 - a part that cannot be asked hides no other
            log.warning("metrics_not_read", reading=reading.name, error=repr(exc))
            self._asked_at.pop(reading.name, None)  # asked again when somebody looks next
            _forget([reading])
            return
        for metric in reading.metrics:
            observe(metric, values.get(metric, {}))


READINGS: Final = Readings()
"""Of this process."""


async def read_for_ever() -> None:
    """Read from time to time, for metrics that are pushed, until cancelled."""
    while True:
        await READINGS.read()
        await asyncio.sleep(PUSH_EVERY.total_seconds())


def of_process(service: str) -> Reading:
    """Return the reading of the process itself: who it is, what it uses."""
    version = ""
    with suppress(metadata.PackageNotFoundError):  # a test has no package
        version = metadata.version(f"watchbuddy-{service}")
    _, _, role = identity().partition(" ")

    async def ask() -> Values:
        used = resource.getrusage(resource.RUSAGE_SELF)
        pages = int(STATM.read_text().split()[1])
        return {
            PROCESS_INFO: {(service, version, role): 1},
            CPU_TIME: {("user",): used.ru_utime, ("system",): used.ru_stime},
            MEMORY: {(): pages * PAGE_BYTES},
        }

    return Reading("process", (PROCESS_INFO, CPU_TIME, MEMORY), ask)


def _forget(readings: Sequence[Reading]) -> None:
    for reading in readings:
        for metric in reading.metrics:
            observe(metric, {})
