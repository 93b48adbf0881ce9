"""`--profile`: what py-spy writes, and what becomes of it."""

import subprocess
import sys

import pytest

from benchmarks.profiling import profiled, profiling, shares_of

RAW = """\
main (/app/a.py:1);work (/app/b.py:2);encode (/lib/json/encoder.py:3) 6
main (/app/a.py:1);work (/app/b.py:9) 3
main (/app/a.py:1);work (/app/b.py:2);work (/app/b.py:2) 1
"""


def test_a_function_counts_once_a_sample_whatever_the_line() -> None:
    shares = shares_of(RAW.splitlines())
    assert shares.samples == 10
    assert shares.own == {"encode (json/encoder.py)": 0.6, "work (app/b.py)": 0.4}
    assert shares.whole == {"main (app/a.py)": 1.0, "work (app/b.py)": 1.0, "encode (json/encoder.py)": 0.6}


def test_a_process_without_samples_has_no_shares() -> None:
    assert shares_of([]).own == {}


async def test_a_busy_process_shows_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    code = "import time\ndef spin():\n    end = time.time() + 2\n    while time.time() < end: pass\nspin()"
    spinner = [sys.executable, "-c", code]
    with profiling(), subprocess.Popen(spinner) as process:  # noqa: S603, ASYNC220 - it is watched, not awaited
        async with profiled({"spinner": process.pid}):
            process.wait()
    said = capsys.readouterr().out
    assert "spin (" in said or "spinner: no profile" in said  # a system may forbid to look at other processes
