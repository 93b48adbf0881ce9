"""`python -m local_stack.footprint`: what the running stack costs while nobody uses it.

Processor time as a share of one core over 20 s, and memory as PSS (a page that n processes share counts 1/n in each), per part
with all its child processes. Linux only: it reads /proc.
"""

import argparse
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from local_stack.errors import NoStackError
from local_stack.system import FILE, read

PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# Places after the command's closing bracket in /proc/PID/stat (proc_pid_stat(5), fields 4 and 14-17).
_PARENT, _TIMES = 1, slice(11, 15)


@dataclass(frozen=True, slots=True)
class Cost:
    """Args: cpu_percent: of one core; pss_mb: in 10^6 bytes."""

    name: str
    processes: int
    cpu_percent: float
    pss_mb: float


def measure(roots: dict[str, int], seconds: float) -> list[Cost]:
    """Return the cost of each part, its descendants included. Args: roots: name → process id."""
    before = {name: _cpu_s(_family(pid)) for name, pid in roots.items()}
    begin = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - begin
    costs = []
    for name, pid in roots.items():
        family = _family(pid)
        share = (_cpu_s(family) - before[name]) / passed * 100
        costs.append(Cost(name, len(family), round(share, 2), round(sum(_pss_mb(member) for member in family), 1)))
    return costs


def parts_of_stack(path: Path = FILE) -> dict[str, int]:
    """Return name → process id of every part of the running stack, and of its supervisor.

    Raises:
        NoStackError: no stack runs here.
    """
    content = read(path)
    roots = {process["name"]: process["pid"] for process in content["processes"] if process["pid"]}
    return {**roots, "supervisor": content["pid"]}


def _family(root: int) -> list[int]:
    """Return the process and its descendants; the supervisor's family is itself, as its children have names of their own."""
    parents = {pid: _stat(pid)[_PARENT] for pid in _pids()}
    if root not in parents or _is_supervisor(root):
        return [root] if root in parents else []
    family = [root]
    for member in family:  # grows while it is walked
        family += [pid for pid, parent in parents.items() if parent == str(member)]
    return family


def _is_supervisor(pid: int) -> bool:
    arguments = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    return b"local_stack" in arguments


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["Z", "0"] + ["0"] * 20


def _cpu_s(family: list[int]) -> float:
    """Return the seconds of processor time of the family, and of its children that ended."""
    return sum(sum(map(int, _stat(pid)[_TIMES])) for pid in family) / _TICKS_A_SECOND


def _pss_mb(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("Pss:"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local_stack.footprint", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to look (default: 20)")
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
