"""A user who watches the stream sees how far a run is, from its begin to its end, and nothing of it stays."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from integration.catalogue import movies
from integration.system import RunningSystem
from integration.users import User

WITHIN_S = 30
"""Heartbeats keep a stream open for an hour that tells nothing."""


@asynccontextmanager
async def stream_of(system: RunningSystem, user: User) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Give the runs that the user's stream tells of."""
    url = f"{system.urls['notifier']}/api/notifications/stream"
    headers = {"Authorization": f"Bearer {system.token(user.name)}"}
    async with (
        httpx.AsyncClient(timeout=30, trust_env=False) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        lines = response.aiter_lines()
        assert await anext(lines) == ": connected"
        yield _runs(lines)


async def _runs(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    name = ""
    async for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name == "run":
            yield json.loads(line.removeprefix("data: "))


async def test_a_run_is_followed_to_its_end_by_its_user_alone(system: RunningSystem, user: User) -> None:
    other = await system.connected_user()
    mine, others = await user.create("Watched", movies(3)), await other.create("Not mine", movies(1))
    async with stream_of(system, user) as runs:
        await other.sync(others.id)
        await user.sync(mine.id)
        seen = []
        async with asyncio.timeout(WITHIN_S):
            async for run in runs:
                seen.append(run)
                if run["state"] == "succeeded":
                    break
    assert {run["list_id"] for run in seen} == {mine.id}
    assert len({run["run_id"] for run in seen}) == 1
    percents = [run["percent"] for run in seen]
    assert percents == sorted(percents)
    assert (percents[-1], seen[-1]["total"]) == (100, 3)
    await user.mirrored()
    told = await user.told(
        "Created list 'Watched' on Trakt", "Synced to Trakt: +3 -0", "Sync (manual) for 'Watched': No changes."
    )
    assert len(told) == 3
