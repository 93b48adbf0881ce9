"""A figure beside its goal, on the screen and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Goal:
    """What the figure should reach: at most (≤), or at least (≥) `value`, in the figure's unit."""

    bound: Literal["≤", "≥"]
    value: float

    def is_met_by(self, figure: float) -> bool:
        return figure <= self.value if self.bound == "≤" else figure >= self.value

    def __str__(self) -> str:
        return f"{self.bound} {self.value:g}"


def at_most(value: float) -> Goal:
    return Goal("≤", value)


def at_least(value: float) -> Goal:
    return Goal("≥", value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Args:
        name: what was measured, for people.
        unit: of the value, e.g. "ms", "requests", "MB".
        goal: None: it is only printed.
        note: how it came about.
    """

    name: str
    value: float
    unit: str
    goal: Goal | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        return None if self.goal is None else self.goal.is_met_by(self.value)


def show(benchmark: str, figures: Sequence[Figure]) -> None:
    """Print a benchmark's figures as a table."""
    table = Table("figure", "measured", "goal", "", "note", title=benchmark, title_justify="left")
    for figure in figures:
        mark = {None: "", True: "[green]met[/]", False: "[red]missed[/]"}[figure.is_met]
        goal = f"{figure.goal} {figure.unit}" if figure.goal else ""
        table.add_row(figure.name, f"{figure.value:,.4g} {figure.unit}", goal, mark, figure.note)
    Console(width=None).print(table)


def save(path: Path, results: dict[str, Sequence[Figure]]) -> None:
    """Write all figures as JSON: `{"<benchmark>": [{"name", "value", "unit", "goal", "note", "is_met"}, …]}`."""
    content = {
        name: [
            asdict(figure) | {"goal": str(figure.goal) if figure.goal else None, "is_met": figure.is_met}
            for figure in figures
        ]
        for name, figures in results.items()
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0..1) of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
