"""Ports, folders, keys, stack.json and the choice of a Trakt."""

import dataclasses
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from subprocess import PIPE

import pytest
from cryptography.fernet import Fernet

from local_stack.errors import CannotStartError
from local_stack.processes import children
from local_stack.processes.ports import choose_ports
from local_stack.system import stack_file, table
from local_stack.system import trakt as trakt_choice
from local_stack.system.home import Home, state_folder
from local_stack.system.temporary import TEMPORARY_PREFIX, sweep_temporary
from local_stack.testing import a_system


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        chosen = choose_ports({"api": port, "other": 0})
    assert chosen["api"] != port
    assert len(set(chosen.values())) == 2


def test_a_free_port_is_given_as_wanted() -> None:
    free = choose_ports({"api": 0})["api"]
    assert choose_ports({"api": free}) == {"api": free}


def test_a_chosen_port_is_kept_for_the_server_that_sets_so_reuseaddr() -> None:
    port = choose_ports({"api": 0})["api"]
    with socket.socket() as any_program, pytest.raises(OSError, match="in use"):
        any_program.bind(("127.0.0.1", port))
    for _restart in range(2):
        with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            pass


def test_stack_json_is_for_its_owner_alone_and_names_every_process(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    stack_file.write(a_system(), [], path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text())) == {
        "kind", "pid", "lists_api", "notifier", "trakt_sync", "trakt", "kafka", "postgres", "auth", "demo",
        "encryption_keys", "processes",
    }  # fmt: skip
    assert json.loads(path.read_text())["pid"] == os.getpid()


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    with Home(tmp_path / "state", tmp_path) as home:
        keys = home.keys()
        Fernet(keys.encryption_keys)
        assert len(keys.local_key) >= 32
    with Home(tmp_path / "state", tmp_path) as home:
        assert home.keys() == keys
    assert stat.S_IMODE((tmp_path / "state" / "keys.json").stat().st_mode) == 0o600


def test_two_stacks_cannot_share_their_data(tmp_path: Path) -> None:
    with Home(tmp_path / "state", tmp_path / "one"), pytest.raises(CannotStartError, match=r"a stack uses .*/state"):
        Home(tmp_path / "state", tmp_path / "other").__enter__()


def test_two_stacks_cannot_share_their_logs(tmp_path: Path) -> None:
    with Home(None, tmp_path), pytest.raises(CannotStartError, match="a stack uses"):
        Home(None, tmp_path).__enter__()


def test_a_damaged_file_of_keys_is_said_to_be_so(tmp_path: Path) -> None:
    with Home(tmp_path / "state", tmp_path) as home:
        (home.data / "keys.json").write_text("{")
        with pytest.raises(CannotStartError, match=r"state/keys\.json is damaged: restore it from a copy"):
            home.keys()


def test_a_start_that_was_refused_holds_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStartError, match=f"cannot use {tmp_path}/file"):
        Home(tmp_path / "file", tmp_path / "logs").__enter__()
    with Home(tmp_path / "state", tmp_path / "logs"):
        pass


def test_what_a_part_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    """As root, the folder of kept data lets other accounts pass: PostgreSQL's must reach its own."""
    made = children.spawn(["sh", "-c", "touch file; mkdir folder"], folder=tmp_path)
    assert made.wait(timeout=10) == 0
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700


def test_temporary_data_go_at_the_end_and_those_of_killed_demos_at_the_next_start(tmp_path: Path) -> None:
    with Home(None, tmp_path) as home:
        kept = home.data
        left_over = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY_PREFIX}4194304-"))
        sweep_temporary()
        assert kept.exists()
        assert not left_over.exists()
    assert not kept.exists()


def test_the_state_folder_follows_the_xdg_variable() -> None:
    assert state_folder({"XDG_STATE_HOME": "/somewhere"}) == Path("/somewhere/watchbuddy")
    assert state_folder({}).name == "watchbuddy"


@pytest.mark.parametrize(
    ("environment", "env_file", "expected"),
    [
        ({}, "", None),
        ({"TRAKT_CLIENT_ID": ""}, "TRAKT_CLIENT_ID=\n", None),
        ({}, "TRAKT_CLIENT_ID=mine\nTRAKT_CLIENT_SECRET=s\n", ("https://api.trakt.tv", None, "mine")),
        ({"TRAKT_CLIENT_ID": "mine", "TRAKT_CLIENT_SECRET": "s"}, "", ("https://api.trakt.tv", None, "mine")),
        (
            {"TRAKT_CLIENT_ID": "mine", "TRAKT_CLIENT_SECRET": "s"},
            "TRAKT_API_URL=http://simulator:8900\n",
            ("https://api.trakt.tv", None, "mine"),
        ),
        (
            {},
            "TRAKT_API_URL=https://api.trakt.tv/\nTRAKT_CLIENT_ID=mine\nTRAKT_CLIENT_SECRET=s\n",
            ("https://api.trakt.tv", None, "mine"),
        ),
        (
            {},
            "TRAKT_CLIENT_ID='mine' # the app's\nTRAKT_CLIENT_SECRET=\"s\"\n",
            ("https://api.trakt.tv", None, "mine"),
        ),
        ({}, "TRAKT_API_URL=http://simulator:8900\n", None),
        (
            {"TRAKT_API_URL": "http://127.0.0.1:9/"},
            "",
            ("http://127.0.0.1:9", "http://127.0.0.1:9/_admin", "watchbuddy-local"),
        ),
    ],
)
def test_trakt_is_the_one_that_the_environment_names(
    environment: dict[str, str], env_file: str, expected: tuple[str, str | None, str] | None, tmp_path: Path
) -> None:
    path = tmp_path / ".env"
    path.write_text(env_file)
    found = trakt_choice.given(environment, real_allowed=True, env_file=path)
    assert (found and (found.api_url, found.admin_url, found.client_id)) == expected


@pytest.mark.parametrize(
    ("environment", "env_file", "said"),
    [
        ({}, "TRAKT_CLIENT_ID=mine\n", "TRAKT_CLIENT_SECRET is not"),
        ({"TRAKT_CLIENT_ID": "mine"}, "", "TRAKT_CLIENT_SECRET is not"),
        (
            {},
            "TRAKT_API_URL=http://simulator:8900\nTRAKT_CLIENT_ID=mine\nTRAKT_CLIENT_SECRET=s\n",
            "TRAKT_API_URL=http://simulator:8900: take out one of them",
        ),
    ],
)
def test_a_real_trakt_that_is_half_named_is_refused(
    environment: dict[str, str], env_file: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / ".env"
    path.write_text(env_file)
    with pytest.raises(CannotStartError, match=said):
        trakt_choice.given(environment, real_allowed=True, env_file=path)


def test_the_demo_never_takes_the_real_trakt_for_a_client_id_alone(tmp_path: Path) -> None:
    assert trakt_choice.given({"TRAKT_CLIENT_ID": "mine"}, real_allowed=False, env_file=tmp_path / "none") is None


def test_a_port_that_another_stack_has_chosen_is_not_chosen_again(tmp_path: Path) -> None:
    free = choose_ports({"api": 0})["api"]
    code = (
        f"from local_stack.processes.ports import choose_ports; print(choose_ports({{'api': {free}}})['api']); input()"
    )

    def another() -> tuple[subprocess.Popen[str], int]:
        stack = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", code],
            stdin=PIPE,
            stdout=PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        assert stack.stdout is not None
        return stack, int(stack.stdout.readline())

    first, chosen = another()
    second, other = another()
    assert (chosen, other != free) == (free, True)
    for stack in (first, second):
        stack.communicate("\n")
    third, again = another()
    third.communicate("\n")
    assert again == free


def test_every_process_has_its_own_port_and_its_services_database() -> None:
    ports = choose_ports(dict.fromkeys(table.WANTED_PORTS, 0))
    postgres = {name: f"postgresql://{name}" for name in ("lists_api", "trakt_sync", "notifier")}
    specs = table.services(dataclasses.replace(a_system(), postgres=postgres), ports, {"LOG_LEVEL": "DEBUG"})
    assert len({spec.environment["HTTP_PORT"] for spec in specs}) == len(specs)
    for spec in specs:
        service = spec.command[2]
        assert spec.environment["DATABASE_URL"] == f"postgresql://{service}"
        assert spec.environment["LOG_LEVEL"] == "DEBUG"
        assert ("TOKEN_ENCRYPTION_KEYS" in spec.environment) == (service == "trakt_sync")
        is_known_to_users = spec.name == "trakt-sync" or service != "trakt_sync"
        is_known_to_users = is_known_to_users and spec.name not in ("lists-api run", "notifier deliver")
        assert ("AUTH_LOCAL_KEY" in spec.environment) == is_known_to_users
    assert {spec.name for spec in specs} == set(table.WANTED_PORTS) - {"simulator"}
    assert set(table.HTTP_AND_WORK) | set(table.ON_KAFKA) == {spec.name for spec in specs}


def test_secrets_are_not_in_the_table_s_text() -> None:
    ports = choose_ports(dict.fromkeys(table.WANTED_PORTS, 0))
    assert "k" * 40 not in repr(table.services(a_system(), ports, {}))
