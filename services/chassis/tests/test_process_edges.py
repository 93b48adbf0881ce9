"""The edges of a process: tokens, health, problems, logs, the command line."""

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx
import jwt
import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict

from chassis.arguments import instant, row_id
from chassis.errors import NotFoundError, TransientError, UnauthorizedError
from chassis.health import STUCK_AFTER, Health, StuckError, routes
from chassis.http.auth import Authenticator, current_user
from chassis.http.problems import install
from chassis.local_tokens import issue_token
from chassis.settings import AuthSettings
from chassis.testing import FakeClock, run_python

KEY = "k" * 32


def token(**changes: Any) -> str:  # noqa: ANN401
    claims: dict[str, Any] = {
        "user_id": "ada",
        "issuer": "watchbuddy",
        "audience": "watchbuddy",
        "lifetime": timedelta(hours=1),
    }
    return issue_token(changes.pop("key", KEY), **(claims | changes))


@pytest.fixture
def authenticator() -> Authenticator:
    return Authenticator(AuthSettings(auth_local_key=KEY))


async def test_the_user_is_the_tokens_sub(authenticator: Authenticator) -> None:
    assert await authenticator.user_id(f"Bearer {token()}") == "ada"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Basic YTpi",
        "Bearer not.a.token",
        f"Bearer {token(key='x' * 32)}",
        f"Bearer {token(lifetime=timedelta(hours=-1))}",
        f"Bearer {token(issuer='other')}",
        f"Bearer {token(audience='other')}",
        f"Bearer {token(user_id='')}",
        f"Bearer {token(user_id='u' * 256)}",
        f"Bearer {token(user_id=chr(0xD800))}",
        f"Bearer {jwt.encode({'sub': 'ada', 'exp': 2**33}, '', algorithm='none')}",
    ],
)
async def test_anything_but_a_good_token_is_unauthorized(authenticator: Authenticator, header: str | None) -> None:
    with pytest.raises(UnauthorizedError):
        await authenticator.user_id(header)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int


def application(health: Health | None = None) -> httpx.AsyncClient:
    app = FastAPI()
    app.state.authenticator = Authenticator(AuthSettings(auth_local_key=KEY))
    install(app)
    app.router.routes.extend(routes(health or Health()))

    @app.get("/missing")
    async def missing() -> None:
        raise NotFoundError("no such list", list_id=7)

    @app.get("/away")
    async def away() -> None:
        raise TransientError("database away")

    @app.get("/defect")
    async def defect() -> None:
        raise KeyError("secret detail")

    @app.get("/database")
    async def database() -> None:
        raise ConnectionRefusedError

    @app.get("/body")
    async def read_body() -> None: ...

    @app.post("/body")
    async def body(_body: Body) -> None: ...

    @app.get("/me")
    async def me(user: Annotated[str, Depends(current_user)]) -> str:
        return user

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "slug"),
    [
        ("GET", "/missing", None, 404, "not-found"),
        ("GET", "/away", None, 503, "transient"),
        ("GET", "/defect", None, 500, "internal"),
        ("GET", "/database", None, 503, "database-unavailable"),
        ("GET", "/nowhere", None, 404, "not-found"),
        ("PUT", "/body", None, 405, "method-not-allowed"),
        ("POST", "/body", b"{", 422, "invalid-request"),
        ("POST", "/body?type=text/plain", b'{"count": 1}', 415, "unsupported-media-type"),
        ("POST", "/body", b'{"count": 1, "other": 2}', 422, "invalid-request"),
        ("POST", "/body", b'{"count": 1, "\\ud800": 2}', 422, "invalid-request"),
        ("GET", "/me", None, 401, "unauthorized"),
    ],
)
async def test_every_error_is_a_problem_document(
    method: str, path: str, content: bytes | None, status: int, slug: str
) -> None:
    async with application() as client:
        path, _, content_type = path.partition("?type=")
        headers = {"content-type": content_type or "application/json"}
        answer = await client.request(method, path, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["slug"], problem["type"]) == (status, slug, f"urn:watchbuddy:problem:{slug}")
    assert "secret detail" not in answer.text


async def test_a_method_that_a_path_does_not_take_is_answered_with_all_that_it_takes() -> None:
    async with application() as client:
        answer = await client.put("/body")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.json()["detail"] == "this path takes GET, POST"


async def test_ready_names_the_checks_that_fail_and_live_fails_only_when_one_is_stuck() -> None:
    clock = FakeClock()
    health = Health(now=clock)
    broken: Exception | None = StuckError("has fetched nothing for 31 s")

    async def consumer() -> None:
        if broken is not None:
            raise broken

    async def database() -> None: ...

    health.add("consumer", consumer)
    health.add("database", database)
    async with application(health) as client:
        ready = await client.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["checks"] == {"consumer": "has fetched nothing for 31 s", "database": "ok"}
        assert (await client.get("/health/live")).status_code == 200
        clock.advance(STUCK_AFTER + timedelta(seconds=1))
        assert (await client.get("/health/live")).status_code == 503
        broken = ConnectionError("Kafka is away")
        assert (await client.get("/health/live")).status_code == 200, "a restart would not bring Kafka back"
        assert (await client.get("/health/ready")).status_code == 503
        broken = None
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200


COMMANDS = """
import argparse
from chassis.process import Command, main
async def show(arguments: argparse.Namespace) -> int: print("shown", arguments.user); return 3
add = lambda parser: parser.add_argument("--user", required=True)
main("demo", "A demo.", {"account show": Command(show, "show an account", add)})
"""


def test_the_command_line_explains_itself_and_gives_the_commands_status() -> None:
    good = run_python("-c", COMMANDS, "account", "show", "--user", "ada")
    assert (good.returncode, good.stdout) == (3, "shown ada\n")
    bad = run_python("-c", COMMANDS, "acount")
    assert bad.returncode == 2
    assert bad.stderr.splitlines() == [bad.stderr.strip()]
    assert bad.stderr.startswith("python -m demo: ")
    assert "show an account" in run_python("-c", COMMANDS, "account", "--help").stdout


def test_a_reader_that_has_read_enough_is_no_error() -> None:
    code = (
        "import argparse, sys; from chassis.process import Command, main\n"
        "async def show(_: argparse.Namespace) -> None: print('x' * 10_000_000)\n"
        "sys.argv[1:] = ['show']\n"
        "main('demo', 'A demo.', {'show': Command(show, 'show')})\n"
    )
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} | head -c 5"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602 - our own text
    assert (ended.stdout, ended.stderr) == ("xxxxx", "")


@pytest.mark.parametrize(
    ("take", "wrong", "told"),
    [
        (instant, "yesterday", "'yesterday' is no time: give ISO 8601"),
        (row_id, "x", "'x' is no id: give a number"),
        (row_id, "0", "'0' is no id"),
        (row_id, str(2**63), "is no id"),
    ],
)
def test_a_wrong_argument_is_told_what_to_give(take: Callable[[str], object], wrong: str, told: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=told):
        take(wrong)


def test_a_time_without_a_zone_is_utc() -> None:
    assert instant("2026-11-27T03:00") == datetime(2026, 11, 27, 3, tzinfo=UTC)
    assert row_id("7") == 7


def test_logs_are_json_with_trace_ids() -> None:
    code = (
        "import structlog, logging; from chassis.telemetry.providers import configure, tracer\n"
        "configure('demo')\n"
        "with tracer().start_as_current_span('x'):\n"
        "    structlog.get_logger().info('list_mirrored', list_id=7)\n"
        "logging.getLogger('other').warning('foreign %s', 1)\n"
    )
    ours, foreign = (json.loads(line) for line in run_python("-c", code).stderr.splitlines())
    assert (ours["event"], ours["list_id"], ours["level"]) == ("list_mirrored", 7, "info")
    assert len(ours["trace_id"]) == 32
    assert foreign["event"] == "foreign 1"


def test_a_logged_error_shows_its_place_and_no_local_variables() -> None:
    code = (
        "import structlog; from chassis.telemetry.providers import configure\n"
        "configure('demo')\n"
        "def refresh(token):\n    raise KeyError('gone')\n"
        "try:\n    refresh('s3cret')\n"
        "except KeyError:\n    structlog.get_logger().exception('refresh_failed')\n"
    )
    line = run_python("-c", code).stderr
    assert json.loads(line)["exception"][0]["exc_type"] == "KeyError"
    assert "s3cret" not in line


def test_a_taken_port_ends_the_process_with_one_line() -> None:
    code = (
        "import socket, asyncio; from chassis.health import Health; from chassis.process import run, run_worker\n"
        "from chassis.settings import ServiceSettings\n"
        "taken = socket.create_server(('127.0.0.1', 0))\n"
        "port = taken.getsockname()[1]\n"
        "settings = ServiceSettings(database_url='postgresql://h/d', kafka_bootstrap_servers='y:1', http_port=port)\n"
        "run(run_worker(settings, Health()))\n"
    )
    ended = run_python("-c", code)
    assert ended.returncode == 2
    assert "HTTP_PORT" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
