"""`python stepped.py FILE MODULE ARGUMENT…`: run a module whose clock is as many seconds ahead as the file says."""

import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import chassis.clock

_file, _module, *_arguments = sys.argv[1:]


def _stepped_now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(Path(_file).read_text()))


chassis.clock.utc_now = _stepped_now  # before any other module takes it
sys.argv = [_module, *_arguments]
runpy.run_module(_module, run_name="__main__", alter_sys=True)
