"""`python -m benchmarks.capacity [USERS …]`: what so many users need, from measured figures and from how people use it.

The figures are those of benchmarks/capacity.json, which one run on a quiet machine writes (docs/capacity.md has the
command). Nothing is measured here. Cores are those of that machine; a process takes one core at most, and is planned to
be busy for seven tenths of it at the peak.
"""

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FIGURES: Final = Path(__file__).with_suffix(".json")
USERS: Final = (10_000, 1_000_000, 50_000_000)
DAY_S: Final = 86_400
BUSY: Final = 0.7


@dataclass(frozen=True, slots=True)
class Usage:
    """What a user does on an average day. Assumed, not measured: change it to yours.

    Args:
        runs: of lists that fill themselves; changed: the share of them that changes their list.
        looks: requests for new plays, of users with a list that has a use for them.
        requests: over HTTP, in all visits. online: the share of users with an open page, at the peak.
        peak: how much more people do at the peak than on average. Runs and audits are spread over the day.
    """

    lists: int = 5
    edits: float = 2
    runs: float = 2
    changed: float = 0.3
    audits: float = 1
    looks: float = 12
    requests: float = 20
    online: float = 0.02
    peak: float = 5


@dataclass(frozen=True, slots=True)
class Need:
    """What one part needs at the peak. Args: events: a second; each_ms: processor time of one."""

    part: str
    of: str
    events: float
    each_ms: float

    @property
    def cores(self) -> float:
        return self.events * self.each_ms / 1000


def needs(users: int, usage: Usage, cost: Mapping[str, float]) -> list[Need]:
    """Return what each part needs, in the order of an edit's way. Args: cost: milliseconds and the like by name."""
    edits = users * (usage.edits * usage.peak + usage.runs * usage.changed) / DAY_S
    http = users * usage.requests * usage.peak / DAY_S
    runs = users * usage.runs / DAY_S
    looks = users * (usage.audits + usage.looks) / DAY_S
    return [
        Need("lists-api serve", "requests", http, cost["request"]),
        Need("lists-api run", "runs", runs, cost["run"] / 2),
        Need("lists-api relay", "events", edits, cost["lists-api relay"]),
        Need("lists-api consume", "events", edits, cost["lists-api consume"]),
        Need("trakt-sync consume", "events", edits, cost["trakt-sync consume"]),
        Need("trakt-sync work", "edits", edits, cost["trakt-sync work"]),
        Need("trakt-sync work, audits and plays", "looks", looks, cost["look"]),
        Need("trakt-sync relay", "events", edits, cost["trakt-sync relay"]),
        Need("notifier consume", "events", edits, cost["notifier consume"]),
        Need("notifier serve", "messages", edits, cost["notifier"]),
        Need("Kafka", "edits", edits, cost["kafka"]),
        Need("Postgres of the three, edits", "edits", edits, cost["postgres"]),
        Need("Postgres of lists-api, requests", "requests", http, cost["request"] / 3),
        Need("Postgres of lists-api, runs", "runs", runs, cost["run"] / 2),
        Need("Postgres of trakt-sync, audits and plays", "looks", looks, cost["look of Postgres"]),
    ]


def costs(figures: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, float]:
    """Return milliseconds of processor time by what takes them, from the figures of the benchmarks."""
    value = {(name, str(one["name"])): float(str(one["value"])) for name, found in figures.items() for one in found}
    of_an_edit = ("lists-api relay", "lists-api consume", "trakt-sync consume", "trakt-sync work", "trakt-sync relay")
    parts = {
        name: value["throughput", name] for name in (*of_an_edit, "notifier consume", "notifier", "kafka", "postgres")
    }
    return {
        **parts,
        "request": value["api", "GET /api/lists (50 lists), processor"],
        # of two runs a day one a week ranks everything anew; the rates were reached by all of two cores
        "run": 2 * 60_000 * (1 / value["runs", "lists filled"] + 13 / value["runs", "lists run again"]) / 14,
        # an audit or a look at plays is a claim, one request and a record, as an edit is
        "look": value["reconciles", "processor time of worker"],
        "look of Postgres": value["reconciles", "processor time of Postgres"],
        "stream kB": value["streams", "memory of a stream"],
        "account kB": value["accounts", "size of the database, an account"],
        "list kB": value["runs", "size of the database, a list"],
    }


def table(users: Sequence[int], usage: Usage, cost: Mapping[str, float]) -> str:
    """Return, as Markdown, cores at the peak and processes of each part, and memory and disk, by numbers of users."""
    rows = [
        ["cores (processes)", "each", *(f"{count:,} users" for count in users)],
        ["---", *["---:"] * (len(users) + 1)],
    ]
    for of_part in zip(*(needs(count, usage, cost) for count in users), strict=True):
        first = of_part[0]
        rows.append([f"{first.part} ({first.of})", f"{first.each_ms:.2f} ms", *map(_said, of_part)])
    rows += [
        _sized("live streams, memory", "kB", cost["stream kB"], [count * usage.online for count in users]),
        _sized("trakt-sync's database, disk", "kB an account", cost["account kB"], users),
        _sized("lists-api's database, disk", "kB a list", cost["list kB"], [count * usage.lists for count in users]),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _said(need: Need) -> str:
    cores = f"{need.cores:,.2f}" if need.cores < 10 else f"{need.cores:,.0f}"
    cores = "< 0.01" if cores == "0.00" else cores
    is_server = need.part.startswith(("Postgres", "Kafka"))
    return cores if is_server else f"{cores} ({max(2, math.ceil(need.cores / BUSY)):,})"


def _sized(name: str, unit: str, each_kb: float, counts: Sequence[float]) -> list[str]:
    return [name, f"{each_kb:.1f} {unit}", *(f"{count * each_kb / 1e6:,.1f} GB" for count in counts)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("users", metavar="USERS", nargs="*", type=int, default=USERS)
    arguments = parser.parse_args()
    print(table(arguments.users, Usage(), costs(json.loads(FIGURES.read_text(encoding="utf-8")))))


if __name__ == "__main__":
    main()
