"""Each alert fires and ends on the running system, under load, with the shipped expressions and thresholds."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from chassis.testing import eventually
from integration.catalogue import movies
from integration.causes_of_alerts import ROUNDS, Cause
from integration.interventions import restarted
from integration.prometheus import ALERTS, firing, needs_prometheus, prometheus
from integration.system import RunningSystem
from integration.users import User

LOOK_EVERY = timedelta(milliseconds=200)
FIRES_WITHIN = timedelta(seconds=120)
QUIET_WITHIN = timedelta(seconds=90)
PACE_S = 0.1


def test_every_alert_has_a_cause() -> None:
    assert sorted(alert for causes in ROUNDS for alert in causes) == sorted(ALERTS)


@needs_prometheus
@pytest.mark.real_kafka  # the embedded one refuses no event for its size
@pytest.mark.our_broker
async def test_every_alert_fires_and_ends(system: RunningSystem, user: User, tmp_path: Path) -> None:
    async with prometheus(system, tmp_path) as client, load(system, user):
        await is_quiet(system, client)
        for causes in ROUNDS:
            await fire(system, client, causes)
        # What is asked for once a minute is asked for at a start, too.
        await restarted(system, *(name for name in system.processes if name.startswith(("lists-api", "trakt-sync"))))
        await is_quiet(system, client)


async def is_quiet(system: RunningSystem, client: httpx.AsyncClient) -> None:
    """Wait until every process is scraped, and no alert fires."""

    async def state() -> tuple[int, set[str]]:
        try:
            up = (await client.get("/query", params={"query": "sum(up)"})).raise_for_status().json()["data"]["result"]
            return (int(up[0]["value"][1]) if up else 0), await firing(client)
        except (httpx.TransportError, httpx.HTTPStatusError):  # it starts
            return 0, set()

    scraped = len(system.processes) - 1  # the simulator shows no metrics
    await eventually(state, until=lambda seen: seen == (scraped, set()), within=QUIET_WITHIN, every=LOOK_EVERY)


async def fire(system: RunningSystem, client: httpx.AsyncClient, causes: Mapping[str, Cause]) -> None:
    """Bring the causes about side by side; mend them when all their alerts have fired."""
    seen = set[str]()
    mended = asyncio.Event()

    async def bring_about(cause: Cause) -> None:
        async with cause(system):
            await mended.wait()

    async def not_yet() -> set[str]:
        seen.update(await firing(client))
        return causes.keys() - seen

    async with asyncio.TaskGroup() as tasks:
        for cause in set(causes.values()):
            tasks.create_task(bring_about(cause), name=cause.__name__)
        await eventually(not_yet, until=lambda left: not left, within=FIRES_WITHIN, every=LOOK_EVERY)
        mended.set()


@asynccontextmanager
async def load(system: RunningSystem, user: User) -> AsyncIterator[None]:
    """Have a user read lists and messages, and edit a list, all the time."""
    made = await user.create("Under load", movies(2))
    url, headers = system.urls["lists-api"], {"Authorization": f"Bearer {system.token(user.name)}"}

    async def work() -> None:
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
            for number in range(1_000_000):
                with suppress(httpx.TransportError):  # it is started anew
                    await client.get("/api/lists")
                    await client.get("/api/notifications")
                    if number % 10 == 0:
                        await client.patch(f"/api/lists/{made.id}", json={"title": f"Under load {number}"})
                await asyncio.sleep(PACE_S)  # the pace of the load

    task = asyncio.create_task(work(), name="load")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
