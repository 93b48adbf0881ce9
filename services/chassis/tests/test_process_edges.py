"""What stands between a process and its surroundings: settings, tokens, health, problems, the command line."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Annotated, Any

import certifi
import httpx
import jwt
import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict

from chassis.auth import Authenticator, current_user, issue_token
from chassis.errors import NotFoundError, TransientError, UnauthorizedError
from chassis.health import STUCK_AFTER, Health, StuckError, routes
from chassis.problems import install
from chassis.settings import AuthSettings, ServiceSettings
from chassis.testing import FakeClock

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
async def test_anything_else_than_a_good_token_is_unauthorized(
    authenticator: Authenticator, header: str | None
) -> None:
    with pytest.raises(UnauthorizedError):
        await authenticator.user_id(header)


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments], env={"PATH": "/usr/bin", **env}, capture_output=True, text=True, check=False
    )


GOOD = {"DATABASE_URL": "postgresql://h/d", "KAFKA_BOOTSTRAP_SERVERS": "y:9092"}
LOAD = "import chassis.settings as s\nclass Both(s.ServiceSettings, s.AuthSettings): pass\ns.load(Both)"


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://h/d"}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"HTTP_PORT": "http"}, "HTTP_PORT"),
        (GOOD | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:abc", "AUTH_LOCAL_KEY": KEY}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"KAFKA_BOOTSTRAP_SERVERS": "a:1,,b:2", "AUTH_LOCAL_KEY": KEY}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:99999", "AUTH_LOCAL_KEY": KEY}, "KAFKA_BOOTSTRAP_SERVERS"),
        (GOOD | {"AUTH_JWKS_URL": "foo"}, "AUTH_JWKS_URL"),
        (GOOD | {"AUTH_LOCAL_KEY": "short"}, "AUTH_LOCAL_KEY"),
        (GOOD, "AUTH_LOCAL_KEY or AUTH_JWKS_URL"),
        (GOOD | {"DATABASE_URL": "nonsense", "AUTH_LOCAL_KEY": KEY}, "DATABASE_URL"),
        (GOOD | {"DATABASE_URL": "postgresql://u:se/cret@h/d", "AUTH_LOCAL_KEY": KEY}, "DATABASE_URL"),
        (GOOD | {"DATABASE_URL": "postgresql://u:se%2Fcret@h/d?sslrootcert=/nowhere/ca.pem"}, "/nowhere/ca.pem"),
        (GOOD | {"LOG_LEVEL": "loud", "AUTH_LOCAL_KEY": KEY}, "LOG_LEVEL"),
    ],
)
def test_bad_settings_end_the_process_with_one_line_that_names_the_variable(env: dict[str, str], named: str) -> None:
    ended = run("-c", LOAD, **env)
    assert ended.returncode == 2
    assert named in ended.stderr
    assert "se/cret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:99999"}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "k:9092", "KAFKA_REPLICATION": "many"}, "KAFKA_REPLICATION"),
    ],
)
def test_the_topics_command_names_a_bad_setting_in_one_line(env: dict[str, str], named: str) -> None:
    ended = run("-m", "chassis.topics", **env)
    assert ended.returncode == 2
    assert named in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


SASL = {
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "KAFKA_SASL_USERNAME": "ada",
    "KAFKA_SASL_PASSWORD": "s3cret",
}


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (SASL | {"KAFKA_SECURITY_PROTOCOL": "TLS"}, "KAFKA_SECURITY_PROTOCOL: Input should be 'PLAINTEXT', 'SSL'"),
        (SASL | {"KAFKA_SASL_MECHANISM": ""}, "KAFKA_SASL_MECHANISM: KAFKA_SECURITY_PROTOCOL=SASL_SSL needs it"),
        (SASL | {"KAFKA_SASL_MECHANISM": "GSSAPI"}, "KAFKA_SASL_MECHANISM: Input should be 'PLAIN', 'SCRAM-SHA-256'"),
        (SASL | {"KAFKA_SASL_USERNAME": ""}, "KAFKA_SASL_USERNAME: KAFKA_SECURITY_PROTOCOL=SASL_SSL needs it"),
        (SASL | {"KAFKA_SASL_PASSWORD": ""}, "KAFKA_SASL_PASSWORD: KAFKA_SECURITY_PROTOCOL=SASL_SSL needs it"),
        ({"KAFKA_SASL_PASSWORD": "s3cret"}, "KAFKA_SASL_PASSWORD: only KAFKA_SECURITY_PROTOCOL=SASL_SSL or"),
        (SASL | {"KAFKA_CA_FILE": "/nowhere/ca.pem"}, "KAFKA_CA_FILE: /nowhere/ca.pem: No such file or directory"),
        (SASL | {"KAFKA_CA_FILE": __file__}, f"KAFKA_CA_FILE: {__file__} holds no certificate in PEM"),
        ({"KAFKA_CA_FILE": certifi.where()}, "KAFKA_CA_FILE: only KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL uses it"),
    ],
)
def test_kafka_settings_that_do_not_go_together_are_refused_in_one_line(env: dict[str, str], said: str) -> None:
    ended = run("-m", "chassis.topics", KAFKA_BOOTSTRAP_SERVERS="k:9092", **env)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"bad settings: {said}")
    assert "s3cret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("servers", ["kafka", "kafka:9092", "[::1]:9092", "10.0.0.1:9092, b.example:19092"])
def test_kafka_may_be_named_as_its_clients_take_it(servers: str) -> None:
    made = ServiceSettings(database_url="postgresql://h/d", kafka_bootstrap_servers=servers)
    assert made.kafka_bootstrap_servers == servers


def test_secrets_are_not_shown() -> None:
    settings = ServiceSettings(database_url="postgresql://u:secret@h/d", kafka_bootstrap_servers="k:9092")
    assert "secret" not in repr(settings)


def test_the_token_command_prints_a_token_the_services_accept() -> None:
    ended = run("-m", "chassis.token", "--user", "ada", AUTH_LOCAL_KEY=KEY)
    claims = jwt.decode(ended.stdout.strip(), KEY, algorithms=["HS256"], audience="watchbuddy", issuer="watchbuddy")
    assert claims["sub"] == "ada"


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


async def test_ready_names_what_is_not_well_and_live_waits_before_it_asks_for_a_restart() -> None:
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
    good = run("-c", COMMANDS, "account", "show", "--user", "ada")
    assert (good.returncode, good.stdout) == (3, "shown ada\n")
    bad = run("-c", COMMANDS, "acount")
    assert bad.returncode == 2
    assert "usage: python -m demo" in bad.stderr
    assert "show an account" in run("-c", COMMANDS, "account", "--help").stdout


def test_logs_are_json_with_trace_ids() -> None:
    code = (
        "import structlog, logging; from chassis.telemetry import configure, tracer\n"
        "configure('demo')\n"
        "with tracer().start_as_current_span('x'):\n"
        "    structlog.get_logger().info('list_mirrored', list_id=7)\n"
        "logging.getLogger('other').warning('foreign %s', 1)\n"
    )
    ours, foreign = (json.loads(line) for line in run("-c", code).stderr.splitlines())
    assert (ours["event"], ours["list_id"], ours["level"]) == ("list_mirrored", 7, "info")
    assert len(ours["trace_id"]) == 32
    assert foreign["event"] == "foreign 1"


def test_a_logged_error_shows_its_place_and_no_local_variables() -> None:
    code = (
        "import structlog; from chassis.telemetry import configure\n"
        "configure('demo')\n"
        "def refresh(token):\n    raise KeyError('gone')\n"
        "try:\n    refresh('s3cret')\n"
        "except KeyError:\n    structlog.get_logger().exception('refresh_failed')\n"
    )
    line = run("-c", code).stderr
    assert json.loads(line)["exception"][0]["exc_type"] == "KeyError"
    assert "s3cret" not in line


def test_a_taken_port_ends_the_process_with_one_line() -> None:
    code = (
        "import socket, asyncio; from chassis.health import Health; from chassis.process import run, run_worker\n"
        "from chassis.settings import ServiceSettings\n"
        "taken = socket.create_server(('127.0.0.1', 0))\n"
        "settings = ServiceSettings(database_url='postgresql://h/d', kafka_bootstrap_servers='y:9092', http_port=taken.getsockname()[1])\n"
        "run(run_worker(settings, Health()))\n"
    )
    ended = run("-c", code)
    assert ended.returncode == 2
    assert "HTTP_PORT" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
