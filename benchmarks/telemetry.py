"""What metrics, scrapes and log lines of level INFO cost an edit: the same edits without and with them, in turns."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import httpx

from benchmarks.edits import EditedList, edited_lists
from benchmarks.figures import Figure, at_most
from benchmarks.processes import cpu_of
from benchmarks.system import Running, running

WARM_UP_S: Final = 5.0
SECONDS: Final = 15.0
USERS: Final = 10
SCRAPE_EVERY_S: Final = 5.0
TURNS: Final = 2
VARIANTS: Final[Mapping[str, Mapping[str, str]]] = {
    "without": {"OTEL_METRICS_EXPORTER": "none"},
    "metrics": {"OTEL_METRICS_EXPORTER": "prometheus"},
    "metrics and lines": {"OTEL_METRICS_EXPORTER": "prometheus", "LOG_LEVEL": "INFO"},
}


async def run() -> list[Figure]:
    spent: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for _ in range(TURNS):
        for name, environment in VARIANTS.items():
            spent[name].append(await _cost_of_an_edit(environment))
    costs = {name: sum(each) / TURNS for name, each in spent.items()}
    bare = costs["without"]
    return [
        *(
            Figure(f"an edit, {name}", cost * 1000, "ms", note="processor time of all parts")
            for name, cost in costs.items()
        ),
        *(
            Figure(f"{name}: more", (cost / bare - 1) * 100, "%", at_most(5))
            for name, cost in costs.items()
            if name != "without"
        ),
    ]


async def _cost_of_an_edit(environment: Mapping[str, str]) -> float:
    """Return seconds of processor time of all the system's processes."""
    async with (
        running("embedded", environment=environment) as system,
        edited_lists(system, users=USERS, lists_each=1) as lists,
    ):
        scraping = asyncio.create_task(_scrape(system))
        await _edit(lists, WARM_UP_S)
        pids = system.pids().values()
        before = sum(map(cpu_of, pids))
        edits = await _edit(lists, SECONDS)
        used = sum(map(cpu_of, pids)) - before
        scraping.cancel()
    return used / edits


async def _edit(lists: Sequence[EditedList], seconds: float) -> int:
    until = time.perf_counter() + seconds

    async def again_and_again(one: EditedList) -> int:
        count = 0
        while time.perf_counter() < until:
            await one.edit()
            count += 1
        return count

    return sum(await asyncio.gather(*map(again_and_again, lists)))


async def _scrape(system: Running) -> None:
    """Ask each process for its metrics, as Prometheus does. One without answers 404."""
    addresses = [
        part.health_url.replace("/health/ready", "/metrics")
        for part in system.stack.supervisor.parts
        if part.health_url is not None and part.health_url.endswith("/health/ready")
    ]
    async with httpx.AsyncClient() as client:
        while True:
            for address in addresses:
                with suppress(httpx.TransportError):
                    await client.get(address)
            await asyncio.sleep(SCRAPE_EVERY_S)
