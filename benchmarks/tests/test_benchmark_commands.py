"""`python -m benchmarks`, as a user types it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["everything"], "no benchmark 'everything'"),
        (["footprint", "--json", "/no/such/folder/figures.json"], "/no/such/folder/figures.json: No such file"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_measured(arguments: list[str], said: str) -> None:
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=10,  # the shortest measurement takes twenty seconds
        check=False,
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
