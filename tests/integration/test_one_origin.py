"""A browser's way through the one origin of the running system: login, all three APIs, streams, failures, logs."""

import asyncio
import json
import secrets
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from chassis.testing import eventually
from integration.catalogue import movies
from integration.system import RunningSystem
from integration.users import User

STREAM = "/api/notifications/stream"


@asynccontextmanager
async def browser(system: RunningSystem) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(
        base_url=system.urls["lists-api"], headers=headers, timeout=30, trust_env=False
    ) as one:
        yield one


async def link_for(system: RunningSystem, user: User) -> str:
    headers = {"Authorization": f"Bearer {system.token(user.name)}"}
    async with httpx.AsyncClient(base_url=system.urls["lists-api"], trust_env=False) as http:
        answer = await http.post("/api/session/links", headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


async def log_in(system: RunningSystem, user: User, one: httpx.AsyncClient) -> str:
    """Log the browser in; return the code that did it."""
    url = await link_for(system, user)
    assert (await one.get(url)).status_code == 200
    code = url.partition("#")[2]
    assert (await one.post("/api/session", json={"code": code})).status_code == 201
    return code


async def test_a_browser_has_all_three_apis_by_its_cookie(system: RunningSystem, user: User) -> None:
    made = await user.create("In the browser", movies(2))
    await user.told("Created list 'In the browser' on Trakt")
    async with browser(system) as one:
        await log_in(system, user, one)
        assert [found["id"] for found in (await one.get("/api/lists")).json()["lists"]] == [made.id]
        assert (await one.get("/api/trakt/status")).json()["state"] == "connected"
        messages = (await one.get("/api/notifications")).json()
        assert "Created list 'In the browser' on Trakt" in [message["text"] for message in messages["messages"]]
        assert (await one.post("/api/notifications/read")).status_code == 204
        assert (await one.get("/api/notifications")).json()["unread"] == 0


async def test_a_message_comes_live_and_after_a_gap_exactly_what_was_missed(system: RunningSystem, user: User) -> None:
    async with browser(system) as one:
        await log_in(system, user, one)
        async with one.stream("GET", STREAM) as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == ": connected"
            await user.create("Live", movies(1))
            first = await _next_message(lines)
            assert first[1] == "Created list 'Live' on Trakt"
        await user.told("Synced to Trakt: +1 -0")
        async with one.stream("GET", STREAM, headers={"Last-Event-ID": str(first[0])}) as stream:
            lines = stream.aiter_lines()
            assert (await _next_message(lines))[1] == "Synced to Trakt: +1 -0"


async def test_a_service_that_is_killed_is_away_for_a_while(system: RunningSystem, user: User) -> None:
    async with browser(system) as one:
        await log_in(system, user, one)
        async with one.stream("GET", STREAM) as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == ": connected"
            await system.kill("notifier")
            assert [line async for line in lines if line.startswith("data")] == []  # it ends, and as a whole
        away = await one.get("/api/notifications")
        assert (away.status_code, away.json()["slug"], away.headers["retry-after"]) == (503, "transient", "1")
        assert (await one.get("/api/lists")).is_success
        await system.start_processes("notifier")
        assert (await one.get("/api/notifications")).is_success


async def test_the_server_stops_in_time_with_streams_open(system: RunningSystem, user: User) -> None:
    async with browser(system) as one:
        await log_in(system, user, one)
        async with one.stream("GET", STREAM) as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == ": connected"
            async with asyncio.timeout(4):  # it would wait for five seconds
                await system.stop_processes("lists-api")
            assert [line async for line in lines if line.startswith("data")] == []
        await system.start_processes("lists-api")
        assert (await one.get("/api/lists")).is_success  # the session outlives the process


async def test_an_account_is_connected_by_address_through_the_one_origin(system: RunningSystem) -> None:
    user = system.user()
    async with browser(system) as one:
        await log_in(system, user, one)
        begun = await one.post("/api/trakt/authorize")
        address = str(begun.json()["authorize_url"])
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        origin = system.urls["lists-api"]
        assert query["redirect_uri"] == f"{origin}/api/trakt/callback"
        form = query | {"username": user.name, "decision": "approve"}
        async with httpx.AsyncClient(trust_env=False) as at_trakt:
            back = await at_trakt.post(address.partition("?")[0], data=form)
        callback = back.headers["location"]
        ended = await one.get(callback, headers={"Sec-Fetch-Site": "cross-site"})
        assert (ended.status_code, ended.headers["location"]) == (303, f"{origin}/?login=connected")
        assert (await one.get("/api/trakt/status")).json()["state"] == "connected"


async def test_no_code_no_cookie_and_no_token_is_in_a_log_or_a_span(system: RunningSystem, user: User) -> None:
    trace_id = secrets.token_hex(16)
    async with browser(system) as one:
        one.headers["traceparent"] = f"00-{trace_id}-{secrets.token_hex(8)}-01"
        unused = (await link_for(system, user)).partition("#")[2]
        code = await log_in(system, user, one)
        cookie = one.cookies["watchbuddy"]
        await one.post("/api/session", json={"code": code})  # again
        for path in ("/api/lists", "/api/trakt/status", "/api/notifications", "/api/session", f"/login?{unused}"):
            await one.get(path)
        callback = {"state": secrets.token_urlsafe(), "code": secrets.token_urlsafe()}
        await one.get("/api/trakt/callback", params=callback)
        await one.get("/login/callback", params=callback)
        await one.delete("/api/session")

    async def spans() -> list[str]:
        return [str(span) for span in system.collector.spans(trace_id)]

    seen = await eventually(spans, until=lambda found: len(found) >= 5, within=timedelta(seconds=20))
    assert _logs_with(system, user.name) == ["lists-api.log"]  # so these are the logs
    of_all_tokens = system.token(user.name).split(".")[1][:40]  # the user's name
    for secret in (code, unused, cookie, of_all_tokens, *callback.values()):
        assert not [span for span in seen if secret in span]
        assert _logs_with(system, secret) == []


def _logs_with(system: RunningSystem, text: str) -> list[str]:
    logs = [process.log for process in system.processes.values() if process.log is not None]
    found = subprocess.run(  # noqa: S603 - grep
        ["/usr/bin/grep", "-lF", "--", text, *map(str, logs)], capture_output=True, text=True, check=False
    )
    assert found.returncode < 2, found.stderr
    return [Path(line).name for line in found.stdout.splitlines()]


async def _next_message(lines: AsyncIterator[str]) -> tuple[int, str]:
    """Return the next message's id and text."""
    async with asyncio.timeout(20):
        name = ""
        async for line in lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name == "message":
                message = json.loads(line.removeprefix("data: "))
                return message["id"], message["text"]
    raise AssertionError("the stream ended")
