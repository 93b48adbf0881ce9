"""A real Prometheus that scrapes the running system and evaluates the shipped alerts."""

import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

from integration.system import RunningSystem
from local_stack.processes.ports import LOOPBACK, free_port

DEPLOYED: Final = Path(__file__).parents[2] / "deploy" / "observability"
RULES: Final[Mapping[str, Any]] = yaml.safe_load((DEPLOYED / "prometheus" / "alerts.yml").read_text())
ALERTS: Final[Mapping[str, Mapping[str, Any]]] = {one["alert"]: one for one in RULES["groups"][0]["rules"]}
WINDOW: Final = re.compile(r"\[\d+[mh]\]")

needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="needs Prometheus (Debian: prometheus)"
)


@asynccontextmanager
async def prometheus(system: RunningSystem, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Run Prometheus; give a client of its API."""
    rules, file, port = folder / "rules.yml", folder / "prometheus.yml", free_port()
    rules.write_text(_quick_rules())
    file.write_text(yaml.safe_dump(_config(system, rules)))
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - it starts at once
        [  # noqa: S607 - whichever is installed
            "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={LOOPBACK}:{port}",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}/api/v1", timeout=10) as client:
            yield client
    finally:
        process.terminate()
        process.wait()


async def firing(client: httpx.AsyncClient) -> set[str]:
    """Return the names of the alerts that fire now."""
    return {one["labels"]["alertname"] for one in (await client.get("/alerts")).json()["data"]["alerts"]}


def _quick_rules() -> str:
    """Return the shipped rules with windows of 10 s. How long an alert waits, promtool's tests say."""
    rules = [{name: value for name, value in rule.items() if name != "for"} for rule in ALERTS.values()]
    return WINDOW.sub("[10s]", yaml.safe_dump({"groups": [{"name": "quick", "rules": rules}]}))


def _config(system: RunningSystem, rules: Path) -> dict[str, Any]:
    """Return the shipped configuration's like, with the running system's addresses, and quicker."""
    jobs: dict[str, list[dict[str, Any]]] = {}
    for name, process in system.processes.items():
        service, _, role = name.partition(" ")
        address = str(process.spec.health_url).removeprefix("http://").partition("/")[0]
        if service != "simulator":
            jobs.setdefault(service, []).append({"targets": [address], "labels": {"role": role or "serve"}})
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": job, "static_configs": targets} for job, targets in jobs.items()],
    }
