"""A real Prometheus scrapes the running system: every panel and every alert asks for something that is there."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # it has no types

from chassis.testing import eventually
from integration.catalogue import movies
from integration.records import Record
from integration.system import RunningSystem
from integration.users import User
from local_stack.processes.ports import LOOPBACK, free_port
from watchbuddy_contracts import LISTS

DEPLOYED = Path(__file__).parents[2] / "deploy" / "observability"
ALERTS = yaml.safe_load((DEPLOYED / "prometheus" / "alerts.yml").read_text())
COMPARISON = re.compile(r"\s*(==|>)\s*[\d.* ]+$")
WINDOW = re.compile(r"\[\d+[mh]\]")
SEEN_WITHIN = timedelta(seconds=90)
MOST_EDITS = 30
"""A user may not have any number of lists."""
WITHOUT_A_SAMPLE = "watchbuddy_trakt_budget_ratio_bucket"
"""The simulator's limits are off here, so its answers name none: a quantile of nothing is NaN."""

pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="needs Prometheus (Debian: prometheus)")


def config(system: RunningSystem, rules: Path) -> dict[str, Any]:
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


@asynccontextmanager
async def prometheus(system: RunningSystem, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Run Prometheus; give a client of its API."""
    rules, file, port = folder / "rules.yml", folder / "prometheus.yml", free_port()
    for group in ALERTS["groups"]:
        for rule in group["rules"]:
            rule.pop("for", None)  # how long it waits, promtool's tests say
    rules.write_text(WINDOW.sub("[10s]", yaml.safe_dump(ALERTS)))
    file.write_text(yaml.safe_dump(config(system, rules)))
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


def questions() -> Iterator[tuple[str, str]]:
    """Return what the panels and the alerts ask: where it stands, and the query."""
    for path in sorted((DEPLOYED / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel.get("targets", ()):
                query = target["expr"].replace("$__rate_interval", "30s")
                for service in ("lists-api", "trakt-sync", "notifier") if "$job" in query else ("",):
                    yield f"{path.stem}: {panel['title']} {service}", query.replace("$job", service)
    for rule in ALERTS["groups"][0]["rules"]:
        query, count = COMPARISON.subn("", rule["expr"])
        assert count == 1
        yield rule["alert"], query


async def is_answered(client: httpx.AsyncClient, query: str) -> bool:
    response = await client.get("/query", params={"query": query})
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:  # it starts
        return False
    answer = response.json()
    assert answer["status"] == "success", answer
    values = [one["value"][1] for one in answer["data"]["result"]]
    return any(value != "NaN" or WITHOUT_A_SAMPLE in query for value in values)


async def edit(user: User, number: int) -> None:
    await user.send("POST", "", json={"title": f"Scraped {number}", "list_type": "manual", "items": movies(2)})
    await user.send("GET", "/0")


async def test_every_panel_and_alert_is_answered_and_alerts_fire_and_end(
    system: RunningSystem, user: User, tmp_path: Path
) -> None:
    async with prometheus(system, tmp_path) as client:
        edits = 0

        async def unanswered() -> list[str]:
            nonlocal edits
            edits += 1
            if edits <= MOST_EDITS:
                await edit(user, edits)
                await user.messages()
            await asyncio.gather(
                *(
                    httpx_get(f"{system.accounts_url}/api/trakt/status"),
                    httpx_get(f"{system.urls['lists-api']}/nothing"),
                )
            )
            try:
                return [where for where, query in questions() if not await is_answered(client, query)]
            except httpx.TransportError:
                return ["Prometheus is not there yet"]

        await eventually(unanswered, until=lambda left: left == [], within=SEEN_WITHIN, every=timedelta(seconds=2))

        async def firing() -> set[str]:
            return {one["labels"]["alertname"] for one in (await client.get("/alerts")).json()["data"]["alerts"]}

        brought = {"ProcessDown", "RecordDeadLettered", "BreakerOpen"}
        assert not await firing() & brought
        await system.stop_processes("notifier deliver")
        await system.records.write([Record(LISTS.name, 0, 0, user.name.encode(), b"no event", ())])
        await system.trakt.fault("status", status=503, times=None)
        await edit(user, edits + 1)
        seen = set[str]()

        async def have_fired() -> set[str]:
            seen.update(await firing())
            return seen

        await eventually(have_fired, until=lambda alerts: alerts >= brought)
        await system.trakt.remove_faults()
        await system.start_processes("notifier deliver")
        await eventually(firing, until=lambda alerts: not alerts & brought)


async def httpx_get(url: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.get(url)
