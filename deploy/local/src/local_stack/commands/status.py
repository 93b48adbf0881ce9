"""`python -m local_stack status`: the pipeline of the running stack, live in a terminal or once."""

import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from local_stack.screen.pipeline import Look, lines
from local_stack.system import stack_file

EVERY_S: Final = 2.0
PATIENCE_S: Final = 5.0
LOOPBACK: Final = build_opener(ProxyHandler({}))
"""Asks this machine, whatever proxy the environment names."""
CLEAR: Final = "\x1b[H\x1b[2J"


def status(stack: Path, *, once: bool) -> int:
    """Print how the stack is doing; return the exit status: 1, once, when a process does not answer.

    Args:
        once: print totals since the start and end; else rates every two seconds, until Ctrl-C.

    Raises:
        NoStackError: no stack is ready at `stack`.
    """
    look = _look(_addresses(stack))
    if once or not sys.stdout.isatty():
        print("\n".join(lines([look])))
        return 0 if all(look.processes.values()) else 1
    try:
        while True:
            time.sleep(EVERY_S)
            before, look = look, _look(_addresses(stack))
            print(CLEAR + "\n".join([*lines([before, look]), "", "Ctrl-C ends this."]), flush=True)
    except KeyboardInterrupt:
        return 0


def _addresses(stack: Path) -> dict[str, str]:
    """Return process → address of its metrics."""
    return {
        process["name"]: process["health_url"].replace("/health/ready", "/metrics")
        for process in stack_file.read(stack)["processes"]
        if process["health_url"] and process["health_url"].endswith("/health/ready")
    }


def _look(addresses: Mapping[str, str]) -> Look:
    with ThreadPoolExecutor(len(addresses)) as threads:
        pages = dict(zip(addresses, threads.map(_page, addresses.values()), strict=True))
    return Look.of(time.monotonic(), pages)


def _page(address: str) -> str | None:
    try:
        with LOOPBACK.open(address, timeout=PATIENCE_S) as answer:
            return str(answer.read().decode())
    except (URLError, OSError):
        return None
