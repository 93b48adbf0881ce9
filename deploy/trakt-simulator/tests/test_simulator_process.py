"""The simulator as a process: readiness, closed connections, end."""

import asyncio
import json
import time

import httpx
import pytest

from trakt_simulator.testing import SimulatorProcess, TokenPair, api_headers, eventually

LIST = {"name": "Friday", "privacy": "private"}


async def post_list(simulator: SimulatorProcess, token: TokenPair, timeout_s: float = 5) -> httpx.Response:
    async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers(), timeout=timeout_s) as client:
        return await client.post("/users/me/lists", json=LIST)


async def test_a_closed_connection_loses_the_answer_but_not_the_list() -> None:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        token = await simulator.admin.account("demo")
        await simulator.admin.fault("close", method="POST", path="/users/*/lists", after=True)
        with pytest.raises(httpx.RemoteProtocolError):
            await post_list(simulator, token)
        assert [shown.name for shown in await simulator.admin.lists_of("demo")] == ["Friday"]
        (logged,) = await simulator.admin.requests(method="POST")
        assert (logged.status, logged.fault, logged.body) == (0, "close", LIST)
        assert (await post_list(simulator, token)).status_code == 201


async def test_a_connection_closed_before_the_call_is_applied_makes_no_list() -> None:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        token = await simulator.admin.account("demo")
        await simulator.admin.fault("close", method="POST")
        with pytest.raises(httpx.RemoteProtocolError):
            await post_list(simulator, token)
        assert await simulator.admin.lists_of("demo") == []


async def test_a_timeout_answers_nothing_until_the_connection_is_closed() -> None:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        token = await simulator.admin.account("demo")
        await simulator.admin.fault("timeout", delay_s=0.3, after=True, times=2)
        with pytest.raises(httpx.ReadTimeout):
            await post_list(simulator, token, timeout_s=0.1)
        started = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError):
            await post_list(simulator, token)
        assert time.monotonic() - started >= 0.3
        assert [shown.item_count for shown in await simulator.admin.lists_of("demo")] == [0, 0]


async def test_a_truncated_body_ends_before_its_announced_length() -> None:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        token = await simulator.admin.account("demo")
        await simulator.admin.fault("truncate", method="POST")
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            await post_list(simulator, token)
        assert len(await simulator.admin.lists_of("demo")) == 1


async def test_the_end_comes_within_a_second_though_a_call_is_waiting() -> None:
    async with SimulatorProcess("--latency-ms", "60000") as simulator:
        token = await simulator.admin.account("demo")
        waiting = asyncio.create_task(post_list(simulator, token, timeout_s=70))

        async def is_logged() -> bool:
            return bool(await simulator.admin.requests())

        await eventually(is_logged)
        started = time.monotonic()
        assert await simulator.stop() == 0
        assert time.monotonic() - started < 1
        assert (await waiting).status_code == 201


async def test_without_admin_its_paths_are_unknown_to_trakt() -> None:
    async with SimulatorProcess("--no-admin") as simulator, httpx.AsyncClient(base_url=simulator.url) as client:
        assert (await client.get("/_admin/health")).status_code == 405


async def test_latency_is_waited_before_every_answer() -> None:
    async with SimulatorProcess("--no-rate-limits", "--latency-ms", "80") as simulator:
        token = await simulator.admin.account("demo")
        started = time.monotonic()
        await post_list(simulator, token)
        assert time.monotonic() - started >= 0.08


async def test_a_body_over_the_limit_is_refused_by_the_edge_and_the_connection_lives_on() -> None:
    async with SimulatorProcess("--no-rate-limits") as simulator:
        token = await simulator.admin.account("demo")
        async with httpx.AsyncClient(base_url=simulator.url, headers=token.headers()) as client:
            giant = json.dumps({"name": "x" * 11_000_000}).encode()
            assert (await client.post("/users/me/lists", content=giant)).status_code == 413
            assert (await client.get("/users/me/lists")).json() == []


async def test_a_websocket_request_is_answered_as_any_other() -> None:
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    async with SimulatorProcess() as simulator, httpx.AsyncClient(base_url=simulator.url) as client:
        assert (await client.get("/movies/1", headers={**api_headers(), **asked})).status_code == 200


async def test_nobody_gets_another_budget_by_naming_another_address() -> None:
    async with SimulatorProcess() as simulator, httpx.AsyncClient(base_url=simulator.url) as client:
        await simulator.admin.options(reads_per_5_minutes=1)
        statuses = [
            (
                await client.get("/movies/1", headers={**api_headers(), "X-Forwarded-For": f"203.0.113.{last}"})
            ).status_code
            for last in range(4)
        ]
        # One request is allowed, or two when a window ends between them.
        assert statuses.count(429) >= 2
