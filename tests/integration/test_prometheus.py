"""A real Prometheus scrapes the running system: every panel and every alert asks for something that is there."""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx

from chassis.testing import eventually
from integration.catalogue import movies
from integration.prometheus import ALERTS, DEPLOYED, needs_prometheus, prometheus
from integration.system import RunningSystem
from integration.users import User

COMPARISON = re.compile(r"\s*(==|>)\s*[\d.* ]+$")
SEEN_WITHIN = timedelta(seconds=90)
MOST_EDITS = 30
"""A user may not have any number of lists."""
WITHOUT_A_SAMPLE = "watchbuddy_trakt_budget_ratio_bucket"
"""The simulator's limits are off here, so its answers name none: a quantile of nothing is NaN."""

pytestmark = needs_prometheus


def questions() -> Iterator[tuple[str, str]]:
    """Return what the panels and the alerts ask: where it stands, and the query."""
    for path in sorted((DEPLOYED / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel.get("targets", ()):
                query = target["expr"].replace("$__rate_interval", "30s")
                for service in ("lists-api", "trakt-sync", "notifier") if "$job" in query else ("",):
                    yield f"{path.stem}: {panel['title']} {service}", query.replace("$job", service)
    for alert, rule in ALERTS.items():
        query, count = COMPARISON.subn("", rule["expr"])
        assert count == 1
        yield alert, query


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


async def test_every_panel_and_alert_is_answered(system: RunningSystem, user: User, tmp_path: Path) -> None:
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


async def httpx_get(url: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.get(url)
