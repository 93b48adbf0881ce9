"""From an edit (the time that the schedule intends) to the user's message (the live stream brings it).

Edits start by the schedule whether or not earlier ones have ended. So an edit that waits for a slow system counts with
its wait (no coordinated omission).
"""

import shutil

from benchmarks.edits import at_a_rate, edited_lists
from benchmarks.figures import Figure, at_least, at_most, percentile
from benchmarks.profiling import profiled
from benchmarks.system import running
from local_stack.system.description import KafkaKind

USERS = 40
LISTS_EACH = 3
WARM_UP_S = 8
SECONDS = 20
PATIENCE_S = 30


async def run() -> list[Figure]:
    figures: list[Figure] = []
    if shutil.which("java") and shutil.which("mvn"):
        figures += await _measured("apache", {20: 60, 150: 250})
    else:
        print("no Java or no Maven: not measured on Apache Kafka")
    return figures + await _measured("embedded", {20: 300})


async def _measured(kafka_kind: KafkaKind, goals: dict[int, float]) -> list[Figure]:
    """Return the figures of each rate, in edits a second, beside its goal for the 95th percentile, in milliseconds."""
    figures = []
    async with (
        running(kafka_kind) as system,
        edited_lists(system, users=USERS, lists_each=LISTS_EACH) as lists,
    ):
        for rate, goal in goals.items():
            await at_a_rate(lists, per_second=rate, seconds=WARM_UP_S, patience_s=PATIENCE_S)
            async with profiled(system.pids()):
                waits = await at_a_rate(lists, per_second=rate, seconds=SECONDS, patience_s=PATIENCE_S)
            figures += _figures(f"{kafka_kind} Kafka, {rate}/s", rate, waits, goal)
    return figures


def _figures(where: str, rate: int, waits: list[float], goal: float) -> list[Figure]:
    milliseconds = [wait * 1000 for wait in waits]
    ends = [number / rate + wait for number, wait in enumerate(waits)]
    return [
        Figure(f"edit to message, {where}, p50", percentile(milliseconds, 0.5), "ms", note=f"{len(waits)} edits"),
        Figure(f"edit to message, {where}, p95", percentile(milliseconds, 0.95), "ms", at_most(goal)),
        Figure(f"edit to message, {where}, longest", max(milliseconds), "ms"),
        Figure(f"rate reached, {where}", len(waits) / max(ends), "edits/s", at_least(0.95 * rate)),
    ]
