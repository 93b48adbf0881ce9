"""How fast the local Trakt answers, and what its accounts weigh.

The rates are per second of the simulator's own processor time (it runs on one core), so that they hold on a shared
machine; the wall-clock rate of the same run is in the note.
"""

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Iterator, Sequence

import psutil

from benchmarks.figures import Figure, at_least, at_most
from trakt_simulator.testing import SimulatorProcess, TokenPair

CONNECTIONS = 32
SECONDS = 5.0
MOST_REQUESTS = 30_000
ACCOUNTS, LISTS_EACH, ITEMS_EACH = 10_000, 5, 100
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n")


async def run() -> list[Figure]:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        idle_mb = _resident_mb(simulator.pid)
        speed = [*await _reads(simulator), await _adds_of_ten(simulator, "adds of 10 items")]
    with tempfile.TemporaryDirectory(prefix="trakt-simulator-bench-") as folder:
        async with SimulatorProcess("--no-rate-limits", "--state", f"{folder}/state") as simulator:
            speed.append(await _adds_of_ten(simulator, "adds of 10 items, kept with --state"))
    async with SimulatorProcess("--no-rate-limits") as simulator:
        await _populate(simulator)
        full_mb = _resident_mb(simulator.pid)
        state = f"{ACCOUNTS:,} accounts x {LISTS_EACH} lists x {ITEMS_EACH} items"
    return [
        *speed,
        Figure("memory, idle", idle_mb, "MB", at_most(60), "4,098 titles loaded"),
        Figure("memory, full", full_mb, "MB", at_most(1_500), state),
    ]


async def _reads(simulator: SimulatorProcess) -> list[Figure]:
    tokens = await _accounts(simulator)
    hundred = json.dumps({"movies": [{"ids": {"trakt": number}} for number in range(1, 101)]}).encode()
    for token in tokens:
        await _send_all(simulator.url, iter([_request(token, "POST", "/users/me/lists/list-0/items", hundred)]))
    figures = []
    for name, path in (
        ("reads of a list's first 100 items", "/users/me/lists/list-0/items"),
        ("reads of all 5 lists", "/users/me/lists"),
    ):
        figures.append(await _rate(simulator, name, 2_000, [_again(_request(token, "GET", path)) for token in tokens]))
    return figures


async def _adds_of_ten(simulator: SimulatorProcess, name: str) -> Figure:
    tokens = await _accounts(simulator)
    batches = [[{"ids": {"trakt": 10 * batch + n}} for n in range(1, 11)] for batch in range(170)]
    bodies = [json.dumps({"movies": batch}).encode() for batch in batches]
    return await _rate(simulator, name, 1_500, [_adds(token, bodies) for token in tokens])


async def _accounts(simulator: SimulatorProcess) -> list[TokenPair]:
    """Start anew, with an account of five empty lists for each connection."""
    await simulator.admin.reset()
    tokens = [await simulator.admin.account(f"user{number}", vip=True) for number in range(CONNECTIONS)]
    for token in tokens:
        lists = (_request(token, "POST", "/users/me/lists", b'{"name":"List %d"}' % n) for n in range(LISTS_EACH))
        await _send_all(simulator.url, lists)
    return tokens


def _again(request: bytes) -> Iterator[bytes]:
    while True:
        yield request


def _adds(token: TokenPair, bodies: Sequence[bytes]) -> Iterator[bytes]:
    """Adds of items that are not on the list yet, list after list."""
    for number in range(LISTS_EACH):
        for body in bodies:
            yield _request(token, "POST", f"/users/me/lists/list-{number}/items", body)


async def _rate(simulator: SimulatorProcess, name: str, goal: float, plans: Sequence[Iterator[bytes]]) -> Figure:
    until = time.perf_counter() + SECONDS
    busy_s, began = _cpu_s(simulator.pid), time.perf_counter()
    share = MOST_REQUESTS // len(plans)
    done = sum(await asyncio.gather(*(_send_all(simulator.url, plan, until, share) for plan in plans)))
    took_s, busy_s = time.perf_counter() - began, _cpu_s(simulator.pid) - busy_s
    note = f"{done:,} in {took_s:.1f} s = {done / took_s:,.0f}/s on the clock, {busy_s / took_s:.0%} of a core"
    return Figure(name, done / busy_s, "a second of one core", at_least(goal), note)


async def _populate(simulator: SimulatorProcess) -> None:
    """Fill the accounts as clients would, each connection its part of them."""
    items = json.dumps({"movies": [{"ids": {"trakt": number}} for number in range(1, ITEMS_EACH + 1)]}).encode()
    part = -(-ACCOUNTS // CONNECTIONS)

    async def fill(first: int) -> None:
        for number in range(first, min(first + part, ACCOUNTS)):
            token = await simulator.admin.account(f"user{number}")
            steps = [_request(token, "POST", "/users/me/lists", b'{"name":"List %d"}' % n) for n in range(LISTS_EACH)]
            steps += [_request(token, "POST", f"/users/me/lists/list-{n}/items", items) for n in range(LISTS_EACH)]
            await _send_all(simulator.url, iter(steps))

    async with asyncio.timeout(900), asyncio.TaskGroup() as tasks:
        for first in range(0, ACCOUNTS, part):
            tasks.create_task(fill(first))


def _request(token: TokenPair, method: str, path: str, body: bytes = b"") -> bytes:
    headers = {**token.headers(), "Host": "simulator", "Content-Length": str(len(body))}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode() + b"\r\n" + body


async def _send_all(url: str, requests: Iterator[bytes], until: float | None = None, most: int | None = None) -> int:
    """Send requests one after the other over one connection; return how many were answered with success.

    A bare connection: an HTTP client would need more processor time than the server that it measures.
    """
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**20)
    done = 0
    try:
        for request in requests:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head.lower())
            body = await reader.readexactly(int(length[1]) if length else 0)
            assert head[9:10] == b"2", (head, body[:200])
            done += 1
            if done == most or (until is not None and time.perf_counter() >= until):
                break
    finally:
        writer.close()
        await writer.wait_closed()
    return done


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _resident_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20
