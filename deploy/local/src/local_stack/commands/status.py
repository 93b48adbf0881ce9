"""`python -m local_stack status`: the pipeline of the running stack, live in a terminal or once."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from aiokafka.errors import KafkaError

from chassis.dead_letters import shelf
from chassis.dead_letters.letters import Selection
from chassis.kafka.settings import KafkaSettings
from chassis.process import KAFKA_LOOP
from local_stack.screen.pipeline import Look, lines
from local_stack.system import stack_file

EVERY_S: Final = 2.0
PATIENCE_S: Final = 5.0
LOOPBACK: Final = build_opener(ProxyHandler({}))
"""Asks this machine, whatever proxy the environment names."""
CLEAR: Final = "\x1b[H\x1b[2J"


def status(stack: Path, *, once: bool) -> int:
    """Print how the stack is doing; return the exit status: 1, once, when a process or Kafka does not answer.

    Args:
        once: print totals since the start and end; else rates every two seconds, until Ctrl-C.

    Raises:
        NoStackError: no stack is ready at `stack`.
    """
    look = _look(stack)
    if once or not sys.stdout.isatty():
        print("\n".join(lines([look])))
        return 0 if all(look.processes.values()) and look.dead_letters is not None else 1
    try:
        while True:
            time.sleep(EVERY_S)
            before, look = look, _look(stack)
            print(CLEAR + "\n".join([*lines([before, look]), "", "Ctrl-C ends this."]), flush=True)
    except KeyboardInterrupt:
        return 0


def _look(stack: Path) -> Look:
    running = stack_file.read(stack)
    addresses = {
        process["name"]: process["health_url"].replace("/health/ready", "/metrics")
        for process in running["processes"]
        if process["health_url"] and process["health_url"].endswith("/health/ready")
    }
    with ThreadPoolExecutor(len(addresses)) as threads:
        pages = dict(zip(addresses, threads.map(_page, addresses.values()), strict=True))
    with asyncio.Runner(loop_factory=KAFKA_LOOP) as runner:
        letters = runner.run(_dead_letters(running["kafka"]["bootstrap_servers"]))
    return Look.of(time.monotonic(), pages, letters)


async def _dead_letters(bootstrap_servers: str) -> Mapping[str, int] | None:
    settings = KafkaSettings(kafka_bootstrap_servers=bootstrap_servers)
    try:
        return Counter([letter.source.group async for letter in shelf.letters(settings, Selection())])
    except (ConnectionError, KafkaError):
        return None


def _page(address: str) -> str | None:
    try:
        with LOOPBACK.open(address, timeout=PATIENCE_S) as answer:
            return str(answer.read().decode())
    except (URLError, OSError):
        return None
