"""`python -m local_stack.footprint`: what the running stack costs while nobody uses it.

It measures each part with all its child processes for 20 s. Processor time is a share of one core. Memory is PSS: a
page that n processes share counts 1/n in each. Systems without PSS (all but Linux) show the memory that one process
does not share.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local_stack.errors import NoStackError
from local_stack.system.stack_file import FILE, read


@dataclass(frozen=True, slots=True)
class Cost:
    """Args: cpu_percent: of one core; pss_mb: in 10^6 bytes."""

    name: str
    processes: int
    cpu_percent: float
    pss_mb: float


def measure(roots: Mapping[str, int], seconds: float) -> list[Cost]:
    """Return the cost of each part, its descendants included. Args: roots: name → process id."""
    before = {name: cpu_s(_family(pid)) for name, pid in roots.items()}
    begin = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - begin
    costs = []
    for name, pid in roots.items():
        family = _family(pid)
        share = (cpu_s(family) - before[name]) / passed * 100
        costs.append(Cost(name, len(family), round(share, 2), round(sum(map(_pss_mb, family)), 1)))
    return costs


def parts_of_stack(path: Path = FILE) -> dict[str, int]:
    """Return name → process id of every part of the running stack, and of its supervisor.

    Raises:
        NoStackError: no stack runs here.
    """
    content = read(path)
    roots = {process["name"]: process["pid"] for process in content["processes"] if process["pid"]}
    return {**roots, "supervisor": content["pid"]}


def cpu_s(processes: Sequence[psutil.Process]) -> float:
    """Return the seconds of processor time of these processes, and of their children that ended."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _family(root: int) -> list[psutil.Process]:
    """Return the process and its descendants. The supervisor counts alone: its children are parts of their own."""
    try:
        process = psutil.Process(root)
        return [process] if "local_stack" in process.cmdline() else [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _pss_mb(process: psutil.Process) -> float:
    try:
        memory = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return 0.0
    return float(getattr(memory, "pss", memory.uss)) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local_stack.footprint", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to measure (default: 20)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    try:
        costs = measure(parts_of_stack(), arguments.seconds)
    except NoStackError as error:
        raise SystemExit(str(error)) from None
    total = Cost(
        "all",
        sum(cost.processes for cost in costs),
        round(sum(cost.cpu_percent for cost in costs), 2),
        round(sum(cost.pss_mb for cost in costs), 1),
    )
    if arguments.json:
        print(json.dumps([asdict(cost) for cost in [*costs, total]], indent=2))  # noqa: T201
        return
    for cost in [*costs, total]:
        print(f"{cost.name:20} {cost.processes:3} processes {cost.cpu_percent:6.2f} % {cost.pss_mb:7.1f} MB")  # noqa: T201


if __name__ == "__main__":
    main()
