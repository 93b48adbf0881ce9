"""Sustained edits from HTTP to message, with all limits off, and what each part's share of the work is.

Each list is edited again as soon as the message of its last edit has come. The processor time that every process
used meanwhile tells which stage is the slowest, and whether the machine or a stage is the bound.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Sequence

from benchmarks.edits import EditedList, edited_lists
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.processes import cpu_of
from benchmarks.profiling import profiled
from benchmarks.system import running
from local_stack.system.description import KafkaKind

WARM_UP_S = 10
SECONDS = 20
USERS = 40
LISTS_EACH = 3


async def run() -> list[Figure]:
    kafka_kind: KafkaKind = "apache" if shutil.which("java") and shutil.which("mvn") else "embedded"
    async with (
        running(kafka_kind) as system,
        edited_lists(system, users=USERS, lists_each=LISTS_EACH) as lists,
    ):
        await _sustained(lists, WARM_UP_S)
        pids = {**system.pids(), "load generator": os.getpid()}
        before = {name: cpu_of(pid) for name, pid in pids.items()}
        began = time.perf_counter()
        async with profiled(system.pids()):
            edits = max(await _sustained(lists, SECONDS), 1)
        took = time.perf_counter() - began
        used = {name: cpu_of(pid) - before[name] for name, pid in pids.items()}
    return _figures(kafka_kind, edits, took, used)


def _figures(kafka_kind: KafkaKind, edits: int, took: float, used: dict[str, float]) -> list[Figure]:
    total, cores = sum(used.values()), os.cpu_count() or 1
    slowest = max((name for name in used if name != "load generator"), key=lambda name: used[name])
    alone = f"{slowest}: one process of it, with a core of its own"
    at_once = f"{edits} edits, {USERS * LISTS_EACH} lists of {USERS} users, {kafka_kind} Kafka"
    figures = [
        Figure("sustained edits, HTTP to message", edits / took, "edits/s", at_least(200), at_once),
        Figure("processor time of an edit, all parts", total / edits * 1000, "ms", at_most(9)),
        Figure("what the slowest stage alone would bear", edits / used[slowest], "edits/s", note=alone),
        Figure("what the processors would bear", edits / total * cores, "edits/s", note="all stages on this machine"),
        Figure("processors busy", total / took / cores * 100, "%", note=f"of {cores} cores, load generator included"),
    ]
    for name, seconds in sorted(used.items(), key=lambda pair: -pair[1]):
        note = f"{seconds / took * 100:.0f} % of one core, {seconds / total * 100:.0f} % of all"
        figures.append(Figure(name, seconds / edits * 1000, "ms an edit", note=note))
    return figures


async def _sustained(lists: Sequence[EditedList], seconds: float) -> int:
    """Edit all lists again and again; return how many edits ended."""
    until = time.perf_counter() + seconds

    async def again_and_again(one: EditedList) -> int:
        count = 0
        while time.perf_counter() < until:
            await one.edit()
            count += 1
        return count

    return sum(await asyncio.gather(*map(again_and_again, lists)))
