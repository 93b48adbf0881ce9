"""How long a request's body stops lists-api for everybody else (a probe of `/health/live`), and its memory."""

import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx
import psutil

from benchmarks.figures import Figure, at_most
from benchmarks.system import Running, running
from chassis.local_tokens import issue_token
from local_stack.system.description import AUDIENCE, ISSUER

REQUESTS: Final = 4
PROBE_EVERY_S: Final = 0.002
MEGABYTE: Final = 1e6
JSON: Final = {"Content-Type": "application/json"}


def _list_of(items: str) -> bytes:
    return f'{{"title": "Heists", "list_type": "manual", "items": [{items}]}}'.encode()


def _full_items(count: int) -> list[str]:
    ids = ({"trakt": one, "tmdb": one, "imdb": f"tt{one:07}"} for one in range(1, count + 1))
    return [json.dumps({"media_type": "movie", "ids": one}) for one in ids]


def bodies() -> Mapping[str, bytes]:
    """Return the bodies by name; the first is good, and the measure of the others."""
    return {
        "10,000 items": _list_of(",".join(_full_items(10_000))),
        "10,000 items, the last one bad": _list_of(",".join([*_full_items(9_999), "{}"])),
        "10,000 empty items": _list_of(",".join(["{}"] * 10_000)),
        "100,000 empty items": _list_of(",".join(["{}"] * 100_000)),
        "2.7 million empty items": _list_of(",".join(["{}"] * 2_700_000)),
        "8 MB of empty arrays": b"[" + b"[]," * 2_700_000 + b"[]]",
        "an object of 30,000 fields": json.dumps({f"field {one}": 1 for one in range(30_000)}).encode(),
        "8 MB of one title": b'{"title": "' + b"x" * 8_000_000 + b'"}',
    }


@dataclass(slots=True)
class Probed:
    """What a probe saw while a body was worked on: the longest wait in seconds, and the most memory in bytes."""

    longest_s: float = 0.0
    memory: int = 0
    statuses: set[int] = field(default_factory=set)


async def run() -> list[Figure]:
    stops: list[Figure] = []
    grown: list[float] = []
    async with running("embedded") as system:
        key = system.system.keys.local_key
        token = issue_token(key, user_id="bodies", issuer=ISSUER, audience=AUDIENCE, lifetime=timedelta(hours=1))
        with _sender() as sender:
            for name, body in bodies().items():
                for who, headers in (("", {"Authorization": f"Bearer {token}"}), (", no token", {})):
                    before, probed = await _probe(system, sender, body, JSON | headers)
                    grown.append((probed.memory - before) / MEGABYTE)
                    note = f"{len(body) / MEGABYTE:.1f} MB, {sorted(probed.statuses)}, memory +{grown[-1]:.0f} MB"
                    stops.append(Figure(f"{name}{who}", probed.longest_s * 1000, "ms", at_most(100), note))
    beyond = max(grown) - grown[0]
    return [*stops, Figure("most memory beyond that of 10,000 good items", beyond, "MB", at_most(50))]


@contextmanager
def _sender() -> Iterator[ProcessPoolExecutor]:
    # a process of its own, so that sending 8 MB does not hold up the probe
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def send(url: str, body: bytes, headers: Mapping[str, str]) -> set[int]:
    """Send the body some times, one after the other; return the answers' statuses."""
    with httpx.Client(timeout=60) as http:
        return {http.post(url, content=body, headers=headers).status_code for _ in range(REQUESTS)}


async def _probe(
    system: Running, sender: ProcessPoolExecutor, body: bytes, headers: Mapping[str, str]
) -> tuple[int, Probed]:
    """Return the memory before, and what a probe of `/health/live` sees while the body is sent."""
    url = system.system.lists_api_url
    process = psutil.Process(system.pids()["lists-api"])
    before, probed = process.memory_info().rss, Probed()
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        await http.get("/health/live")
        loop = asyncio.get_running_loop()
        sending = loop.run_in_executor(sender, send, f"{url}/api/lists", body, headers)
        while not sending.done():
            began = time.perf_counter()
            await http.get("/health/live")
            probed.longest_s = max(probed.longest_s, time.perf_counter() - began)
            probed.memory = max(probed.memory, process.memory_info().rss)
            await asyncio.sleep(PROBE_EVERY_S)
        probed.statuses = await sending
    return before, probed
