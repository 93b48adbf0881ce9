"""Sustained edits from HTTP to message, with all limits off, and what each part's share of the work is.

Each list is edited again as soon as the message of its last edit has come. The processor time that every process
used meanwhile tells which stage is the slowest, and whether the machine or a stage is the bound.
"""

import asyncio
import os
import shutil
import time

import psutil

from benchmarks.figures import Figure
from benchmarks.latency import Edited, _first_mirrors, _hear, _once
from benchmarks.system import User, movies, running
from local_stack.footprint import cpu_s
from local_stack.system.description import KafkaKind

SECONDS = 20
USERS = 8
LISTS_EACH = 6


async def run() -> list[Figure]:
    kafka_kind: KafkaKind = "apache" if shutil.which("java") and shutil.which("mvn") else "embedded"
    async with running(kafka_kind) as system:
        users = [await system.connect(f"user{number}") for number in range(USERS)]
        pids = {**system.pids(), "load generator": os.getpid()}
        before = {name: _cpu_s(pid) for name, pid in pids.items()}
        began = time.perf_counter()
        counts = await asyncio.gather(*(_sustain(user) for user in users))
        took = time.perf_counter() - began
        used = {name: _cpu_s(pid) - before[name] for name, pid in pids.items()}
        for user in users:
            await user.close()
    edits, total = max(sum(counts), 1), sum(used.values())
    slowest = max((name for name in used if name != "load generator"), key=lambda name: used[name])
    alone = f"{slowest}: one process of it, with a core of its own"
    cores = os.cpu_count() or 1
    figures = [
        Figure("sustained edits, HTTP to message", edits / took, "edits/s", note=f"{edits} edits, {kafka_kind} Kafka"),
        Figure("what the slowest stage alone would bear", edits / used[slowest], "edits/s", note=alone),
        Figure("what the processors would bear", edits / total * cores, "edits/s", note="all stages on this machine"),
        Figure("processors busy", total / took / cores * 100, "%", note=f"of {cores} cores, load generator included"),
    ]
    for name, seconds in sorted(used.items(), key=lambda pair: -pair[1]):
        note = f"{seconds / took * 100:.0f} % of one core, {seconds / edits * 1000:.2f} ms an edit"
        figures.append(Figure(f"share of {name}", seconds / total * 100, "%", note=note))
    return figures


async def _sustain(user: User) -> int:
    async with user.messages() as queue:
        lists = {}
        for number in range(LISTS_EACH):
            list_id = await user.make_list(f"List {number}", movies(1, 20))
            lists[list_id] = Edited(user, list_id)
        await _first_mirrors(queue, set(lists))
        hearing = asyncio.create_task(_hear(queue, lists))
        until = time.perf_counter() + SECONDS
        counts = await asyncio.gather(*(_again_and_again(edited, until) for edited in lists.values()))
        hearing.cancel()
    return sum(counts)


async def _again_and_again(edited: Edited, until: float) -> int:
    count = 0
    while time.perf_counter() < until:
        await _once(edited)
        count += 1
    return count


def _cpu_s(root: int) -> float:
    """Return the seconds of processor time of a process and its descendants; of this process alone when it is ours."""
    process = psutil.Process(root)
    return cpu_s([process] if root == os.getpid() else [process, *process.children(recursive=True)])
