"""What is asked of the stack that runs here, and of one that does not run any more."""

import dataclasses
import os
import pty
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import jwt
import pytest

from local_stack.commands.execute import environment_of
from local_stack.errors import NoStackError
from local_stack.screen.guide import guide
from local_stack.system import stack_file
from local_stack.system.description import AUDIENCE, ISSUER, System
from local_stack.system.home import Home
from local_stack.testing import a_system

COMPOSE_KEY = "compose-key-compose-key-compose-key-1234"
NO_STACK = "no stack runs here ({}): make demo, make run\n"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[System]:
    """Give a system whose stack.json is in tmp_path, as if its processes ran."""
    with Home(None, tmp_path / ".local") as home:
        there = a_system(home.keys())
        stack_file.write(there, [], home.stack_file)
        yield there


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """Give the stack.json of a stack that could not remove it."""
    with Home(None, tmp_path / ".local") as home:
        stack_file.write(a_system(home.keys()), [], home.stack_file)
        return home.stack_file


def run(folder: Path, *command: str, stdin: int = subprocess.DEVNULL) -> "subprocess.CompletedProcess[str]":
    decide = ("AUTH_", "KAFKA_", "TRAKT_", "DATABASE_URL", "TOKEN_")
    return subprocess.run(  # noqa: S603 - our own program
        command,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith(decide)},
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def local_stack(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run(folder, sys.executable, "-m", "local_stack", *arguments)


def user_of(token: str, key: str) -> str:
    claims = jwt.decode(token.strip(), key, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER)
    return str(claims["sub"])


def test_a_token_is_of_the_stack_that_runs_here(running: System, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"AUTH_LOCAL_KEY={COMPOSE_KEY}\n")
    answer = local_stack(tmp_path, "token", "--user", "ada")
    assert user_of(answer.stdout, running.keys.local_key) == "ada"


def test_a_token_is_of_the_containers_when_the_stack_here_was_killed(killed: Path, tmp_path: Path) -> None:
    assert killed.exists()
    (tmp_path / ".env").write_text(f"AUTH_LOCAL_KEY={COMPOSE_KEY}\n")
    answer = local_stack(tmp_path, "token", "--user", "ada")
    assert user_of(answer.stdout, COMPOSE_KEY) == "ada"


@pytest.mark.parametrize(
    "written", [f'"{COMPOSE_KEY}"', f"'{COMPOSE_KEY}'", f"{COMPOSE_KEY} # signs the tokens", f"  {COMPOSE_KEY}  "]
)
def test_a_key_in_quotes_or_before_a_comment_is_the_key_that_compose_takes(written: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f'AUTH_LOCAL_KEY={written}\nAUTH_AUDIENCE="{AUDIENCE}" # ours\n')
    answer = local_stack(tmp_path, "token", "--user", "ada")
    assert user_of(answer.stdout, COMPOSE_KEY) == "ada"


def test_an_env_file_that_is_no_text_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"AUTH_LOCAL_KEY=\xff\n")
    answer = local_stack(tmp_path, "token", "--user", "ada")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "cannot read .env: it is not UTF-8\n"


def test_a_command_of_operations_has_the_settings_of_the_stack_that_runs_here(running: System, tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "exec", "chassis.token", "--user", "ada")
    assert user_of(answer.stdout, running.keys.local_key) == "ada"
    content = stack_file.read(tmp_path / ".local" / "stack.json")
    for service, address in running.postgres.items():
        assert environment_of(content, service)["DATABASE_URL"] == address


@pytest.mark.parametrize(
    "arguments",
    [("account", "--user", "ada"), ("account", "--list"), ("catalogue",), ("exec", "lists_api", "outbox", "list")],
)
def test_a_killed_stack_has_no_accounts_and_no_catalogue(
    killed: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert killed.exists()
    answer = local_stack(tmp_path, *arguments)
    assert (answer.returncode, answer.stderr) == (2, NO_STACK.format(stack_file.FILE))


def test_a_killed_stack_costs_nothing_to_be_measured(killed: Path, tmp_path: Path) -> None:
    assert killed.exists()
    answer = run(tmp_path, sys.executable, "-m", "local_stack.footprint", "--seconds", "0.1")
    assert (answer.returncode, answer.stderr) == (1, NO_STACK.format(stack_file.FILE))


def test_no_stack_is_read_before_it_is_ready(tmp_path: Path) -> None:
    with Home(None, tmp_path), pytest.raises(NoStackError, match="no stack runs here"):
        stack_file.read(tmp_path / "stack.json")


def test_the_printed_export_works_in_a_folder_with_keys_of_something_else(
    running: System, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other folder")
    (other / ".env").write_text(f"AUTH_LOCAL_KEY={COMPOSE_KEY}\n")
    said = guide(running, tmp_path / ".local" / "stack.json", "http://127.0.0.1:8001/login#code")
    (export,) = (line for line in said.splitlines() if line.startswith("export TOKEN="))
    answer = run(other, "sh", "-c", f"{export}\nprintf %s $TOKEN")
    assert user_of(answer.stdout, running.keys.local_key) == running.user


def test_the_printed_commands_name_files_of_any_spelling_as_a_shell_takes_them(running: System) -> None:
    real = dataclasses.replace(running, trakt=dataclasses.replace(running.trakt, admin_url=None))
    file = Path("/a folder/it's here/.local/stack.json")
    lines = [
        line for line in guide(real, file, "http://127.0.0.1:8001/login#code").splitlines() if "local_stack" in line
    ]
    assert len(lines) == 3  # the console, the token, the account
    for line in lines:
        assert str(file) in shlex.split(line.removeprefix("export TOKEN=$(").removesuffix(")"))


def test_a_token_of_a_named_stack_that_does_not_run_is_not_made_from_another_key(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"AUTH_LOCAL_KEY={COMPOSE_KEY}\n")
    answer = local_stack(tmp_path, "token", "--user", "ada", "--stack", "/none/stack.json")
    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", NO_STACK.format("/none/stack.json"))


class _ListsApi(BaseHTTPRequestHandler):
    """Makes links for tokens, as lists-api does."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(f"{self.path} {self.headers['Authorization']}")
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b'{"url": "http://here/login#code"}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Say nothing."""


@pytest.fixture
def lists_api_port() -> Iterator[int]:
    """Give the port of a server that makes links."""
    _ListsApi.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _ListsApi)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def test_a_link_to_the_console_is_made_by_the_stack_that_runs_here(tmp_path: Path, lists_api_port: int) -> None:
    with Home(None, tmp_path / ".local") as home:
        there = dataclasses.replace(a_system(home.keys()), lists_api_url=f"http://127.0.0.1:{lists_api_port}")
        stack_file.write(there, [], home.stack_file)
        answer = local_stack(tmp_path, "console", "--user", "ada")
    assert (answer.returncode, answer.stdout) == (0, "http://here/login#code\n")
    (asked,) = _ListsApi.asked
    path, _, token = asked.split()
    assert path == "/api/session/links"
    assert user_of(token, there.keys.local_key) == "ada"


def test_where_no_stack_runs_a_link_is_made_by_the_one_of_compose(tmp_path: Path, lists_api_port: int) -> None:
    (tmp_path / ".env").write_text(f"AUTH_LOCAL_KEY={COMPOSE_KEY}\nLISTS_API_PORT={lists_api_port}\n")
    answer = local_stack(tmp_path, "console")
    assert (answer.returncode, answer.stdout) == (0, "http://here/login#code\n")
    assert user_of(_ListsApi.asked[0].split()[2], COMPOSE_KEY) == "demo"


def test_a_console_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"AUTH_LOCAL_KEY={COMPOSE_KEY}\nLISTS_API_PORT=1\n")
    answer = local_stack(tmp_path, "console")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "lists-api does not answer at http://localhost:1: ConnectError\n"
    (tmp_path / ".env").unlink()
    assert local_stack(tmp_path, "console").returncode == 1  # nobody knows a key


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--user", ""), "--user"),
        (("--user", "a\nb"), "--user"),
        (("--user", "u" * 256), "--user"),
        (("--user", "ada", "--days", "99999999999"), "--days"),
        (("--user", "ada", "--days", "0"), "--days"),
        (("--user", "ada", "--days", "many"), "--days"),
    ],
)
def test_a_token_for_nobody_or_for_no_time_is_refused(arguments: tuple[str, ...], named: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"AUTH_LOCAL_KEY={COMPOSE_KEY}\n")
    answer = run(tmp_path, sys.executable, "-m", "chassis.token", *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert f"argument {named}: give 1 to" in answer.stderr


@pytest.mark.usefixtures("running")
def test_on_a_terminal_it_is_said_that_a_token_pair_is_waited_for(tmp_path: Path) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"nonsense\n\x04")
    try:
        answer = run(tmp_path, sys.executable, "-m", "local_stack", "account", "--user", "ada", stdin=terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert answer.stderr.startswith("Paste the token pair as JSON, then press Ctrl-D:\n")
    assert answer.returncode == 2
