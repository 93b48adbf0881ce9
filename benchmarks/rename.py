"""What renaming a list costs all parts together, with 10,000 items beside one with 10.

A rename says the whole state of the list in its event (1 MB at 10,000 items), and changes one thing on Trakt.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from benchmarks.figures import Figure, at_most
from benchmarks.processes import cpu_of
from benchmarks.profiling import profiled
from benchmarks.system import Running, User, movies, running

SMALL: Final = 10
LARGE: Final = 10_000
RENAMES: Final = 10
MIRRORED_WITHIN: Final = timedelta(minutes=5)


async def run() -> list[Figure]:
    async with running("embedded") as system:
        await system.trakt.options(unknown_ids_exist=True)
        user = await system.connect("rename")
        lists = {size: await user.make_list(f"{size} items", movies(1, size)) for size in (SMALL, LARGE)}
        for list_id in lists.values():
            await user.in_sync(list_id, within=MIRRORED_WITHIN)
            await _rename(user, list_id, "Warm")
        async with profiled(system.pids()):
            costs = {size: await _cost(system, user, list_id) for size, list_id in lists.items()}
        await user.close()
    small, large = (sum(costs[size].values()) for size in (SMALL, LARGE))
    return [
        Figure(f"rename of {SMALL} items, processor time of all parts", small, "ms", note=f"{RENAMES} renames"),
        Figure(f"rename of {LARGE:,} items, the same", large, "ms"),
        Figure("the large one against the small one", large / small, "times", at_most(5)),
        *(
            Figure(f"{name}, {LARGE:,} items", each, "ms", note=f"{costs[SMALL][name]:.1f} ms with {SMALL}")
            for name, each in sorted(costs[LARGE].items(), key=lambda one: -one[1])
        ),
    ]


async def _cost(system: Running, user: User, list_id: int) -> Mapping[str, float]:
    """Return the processor time of a rename in each part, in ms. What the idle system takes meanwhile is in it."""
    before = _used(system)
    for number in range(RENAMES):
        await _rename(user, list_id, f"Name {number}")
    return {name: (spent - before[name]) * 1000 / RENAMES for name, spent in _used(system).items()}


def _used(system: Running) -> dict[str, float]:
    return {name: cpu_of(pid) for name, pid in system.pids().items()}


async def _rename(user: User, list_id: int, title: str) -> None:
    answer = await user.lists.patch(f"/api/lists/{list_id}", json={"title": title})
    answer.raise_for_status()
    await user.in_sync(list_id, within=MIRRORED_WITHIN)
