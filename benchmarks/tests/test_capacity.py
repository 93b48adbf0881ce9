"""What so many users need, by the figures that were measured."""

import json
from pathlib import Path

from benchmarks.capacity import FIGURES, USERS, Usage, costs, needs, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "capacity.md"
COST = costs(json.loads(FIGURES.read_text(encoding="utf-8")))


def test_the_page_shows_what_the_figures_say() -> None:
    assert table(USERS, Usage(), COST) in DOCUMENT.read_text(encoding="utf-8")


def test_edits_peak_and_runs_that_change_nothing_cost_no_edit() -> None:
    usage = Usage(edits=2, runs=4, changed=0.25, peak=5)
    (edits,) = {need.events for need in needs(86_400, usage, COST) if need.of == "edits"}
    assert edits == 2 * 5 + 4 * 0.25


def test_twice_the_users_need_twice_the_cores() -> None:
    once, twice = needs(1000, Usage(), COST), needs(2000, Usage(), COST)
    assert [2 * need.cores for need in once] == [need.cores for need in twice]
    assert all(need.cores > 0 for need in once)
