"""From an edit (the request is sent) to the user's message (the live stream brings it)."""

import asyncio
import shutil
import time
from dataclasses import dataclass, field

from benchmarks.figures import Figure, at_most, percentile
from benchmarks.system import User, movies, running
from local_stack.system.description import KafkaKind

EDITS_A_SECOND = 20
SECONDS = 30
USERS = 10
LISTS_EACH = 4
ANSWER_WITHIN_S = 10.0


@dataclass(slots=True)
class Edited:
    """A list under test, edited again only when its last edit's message has come."""

    user: User
    list_id: int
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    has_extra: bool = False


async def run() -> list[Figure]:
    figures: list[Figure] = []
    if shutil.which("java") and shutil.which("mvn"):
        waits = await measure("apache")
        figures += _figures("Apache Kafka", waits, p50=60, p95=150)
    else:
        print("no Java or no Maven: not measured on Apache Kafka")
    figures += _figures("embedded broker", await measure("embedded"), p50=None, p95=300)
    return figures


def _figures(broker: str, waits: list[float], *, p50: float | None, p95: float) -> list[Figure]:
    milliseconds = [wait * 1000 for wait in waits]
    note = f"{len(waits)} edits, {EDITS_A_SECOND}/s, {USERS * LISTS_EACH} lists of {USERS} users"
    return [
        Figure(
            f"edit to message, {broker}, p50",
            percentile(milliseconds, 0.5),
            "ms",
            at_most(p50) if p50 is not None else None,
            note,
        ),
        Figure(f"edit to message, {broker}, p95", percentile(milliseconds, 0.95), "ms", at_most(p95)),
        Figure(f"edit to message, {broker}, longest", max(milliseconds), "ms"),
    ]


async def measure(kafka_kind: KafkaKind) -> list[float]:
    """Return the seconds that each edit took."""
    async with running(kafka_kind) as system:
        users = [await system.connect(f"user{number}") for number in range(USERS)]
        waits: list[float] = []
        async with asyncio.TaskGroup() as group:
            for user in users:
                group.create_task(_edit(user, waits))
        for user in users:
            await user.close()
    return waits


async def _edit(user: User, waits: list[float]) -> None:
    async with user.messages() as queue:
        lists = {}
        for number in range(LISTS_EACH):
            list_id = await user.make_list(f"List {number}", movies(1, 20))
            lists[list_id] = Edited(user, list_id)
        await _first_mirrors(queue, set(lists))
        hearing = asyncio.create_task(_hear(queue, lists))
        pause = USERS / EDITS_A_SECOND
        for number in range(SECONDS * EDITS_A_SECOND // USERS):
            began = time.perf_counter()
            edited = list(lists.values())[number % LISTS_EACH]
            waits.append(await _once(edited))
            await asyncio.sleep(max(0.0, pause - (time.perf_counter() - began)))
        hearing.cancel()


async def _first_mirrors(queue: "asyncio.Queue[dict[str, object]]", list_ids: set[int]) -> None:
    async with asyncio.timeout(60):
        while list_ids:
            message = await queue.get()
            if str(message["text"]).startswith("Synced to Trakt"):
                list_ids.discard(int(str(message["list_id"])))


async def _hear(queue: "asyncio.Queue[dict[str, object]]", lists: dict[int, Edited]) -> None:
    while True:
        message = await queue.get()
        if str(message["text"]).startswith("Synced to Trakt"):
            lists[int(str(message["list_id"]))].arrived.set()


async def _once(edited: Edited) -> float:
    edited.arrived.clear()
    method = "DELETE" if edited.has_extra else "POST"
    began = time.perf_counter()
    answer = await edited.user.lists.request(
        method, f"/api/lists/{edited.list_id}/items", json={"items": movies(500, 1)}
    )
    answer.raise_for_status()
    async with asyncio.timeout(ANSWER_WITHIN_S):
        await edited.arrived.wait()
    edited.has_extra = not edited.has_extra
    return time.perf_counter() - began
