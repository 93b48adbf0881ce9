"""A command of a service, run in the environment of the running stack."""

import os
import subprocess
import sys
from collections.abc import Mapping


def run_module(environment: Mapping[str, str], module: str, *arguments: str) -> int:
    """Run `python -m module` on this terminal; return its exit status. Args: environment: added to ours."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode  # noqa: S603 - our own
