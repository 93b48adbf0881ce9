"""`python -m local_stack`, as a user types it."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from chassis.testing import eventually
from local_stack.footprint import measure
from local_stack.system.home import Home
from local_stack.testing import is_running


def local_stack(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "local_stack", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that PostgreSQL's account can pass through when we are root; tmp_path is closed to it."""
    with tempfile.TemporaryDirectory(prefix="wb-test-") as name:
        os.chmod(name, 0o711)  # noqa: PTH101, S103
        yield Path(name)


def processes_with(text: str) -> list[int]:
    """Return the processes that have the text in their command line or environment."""
    found = []
    for process in psutil.process_iter():
        try:
            content = [*process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(text in part for part in content) and is_running(process.pid):
            found.append(process.pid)
    return found


def test_help_names_the_commands(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "--help")
    assert answer.returncode == 0
    assert all(command in answer.stdout for command in ("demo", "run", "kafka"))


def test_a_command_that_does_not_exist_ends_with_one_line_and_status_2(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "dance")
    assert answer.returncode == 2
    assert answer.stderr.startswith("python -m local_stack: ")
    assert answer.stderr.count("\n") == 1


def test_kafka_without_java_says_so_in_one_line(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "kafka", PATH=str(tmp_path), HOME=str(tmp_path))
    assert answer.returncode == 2
    assert answer.stderr == "Apache Kafka needs Java 17 or newer (java) and Maven (mvn) on the PATH\n"


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        (
            ("run", "--kafka", "embedded", "--state-dir", "{folder}/file"),
            "cannot use {folder}/file/lock: Not a directory",
        ),
        (("run", "--kafka", "embedded", "--state-dir", "/proc/x"), "cannot use /proc/x: No such file or directory"),
        (("run", "--kafka", "embedded", "--state-dir", "{folder}/damaged"), "{folder}/damaged/keys.json is damaged: "),
        (("kafka", "--data-dir", "{folder}/file"), "cannot use {folder}/file: File exists"),
    ],
)
def test_a_folder_that_cannot_be_used_is_named_in_one_line(
    arguments: tuple[str, ...], refused: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "keys.json").write_text("{")
    programs = tmp_path / "programs"  # `kafka` looks for them, and does not get as far as running them
    programs.mkdir()
    for name in ("java", "mvn"):
        (programs / name).symlink_to("/bin/false")
    path = f"{programs}:{os.environ['PATH']}"
    answer = local_stack(tmp_path, *(argument.format(folder=tmp_path) for argument in arguments), PATH=path)
    assert answer.returncode == 2
    assert answer.stderr.startswith(refused.format(folder=tmp_path))
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_port_that_cannot_be_is_refused(port: str, tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "kafka", f"--port={port}")
    assert answer.returncode == 2
    assert "argument --port: give 1 to 65535" in answer.stderr


def test_a_file_in_the_place_of_the_logs_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / ".local").touch()
    answer = local_stack(tmp_path, "demo")
    assert (answer.returncode, answer.stderr) == (2, f"cannot use {tmp_path}/.local: File exists\n")


def test_a_second_stack_in_one_folder_is_refused(tmp_path: Path) -> None:
    with Home(None, tmp_path / ".local"):
        answer = local_stack(tmp_path, "demo")
    assert answer.returncode == 2
    assert answer.stderr == f"a stack uses {tmp_path / '.local'} already; stop it first\n"


def test_the_demo_plays_the_main_job_and_without_a_terminal_ends(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "demo", WATCHBUDDY_TEST=str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    assert "on Trakt: private, numbered, comments off" in answer.stdout
    assert "message: Deleted 'Heist weekend' from Trakt" in answer.stdout
    assert answer.stdout.endswith("In a terminal, without --once or ONCE=1, the system stays up.\n")
    assert processes_with(f"WATCHBUDDY_TEST={tmp_path}") == []
    assert not (tmp_path / ".local" / "stack.json").exists()


async def test_one_wish_to_end_that_comes_as_two_signals_ends_it_in_order(tmp_path: Path) -> None:
    stack = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local_stack", "demo", "--no-play"),
        cwd=tmp_path,
        env={**os.environ, "WATCHBUDDY_TEST": str(tmp_path)},
        stdout=asyncio.subprocess.DEVNULL,
    )

    async def is_ready() -> bool:
        return (tmp_path / ".local" / "stack.json").exists()

    await eventually(is_ready, within=timedelta(seconds=60))
    stack.send_signal(signal.SIGTERM)  # as to a process group: once by itself, once passed on by make
    stack.send_signal(signal.SIGHUP)
    assert await stack.wait() == 0
    assert processes_with(f"WATCHBUDDY_TEST={tmp_path}") == []
    assert not (tmp_path / ".local" / "stack.json").exists()


def test_a_failure_half_way_shows_the_reason_and_leaves_nothing(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "demo", TRAKT_WRITE_INTERVAL="often", WATCHBUDDY_TEST=str(tmp_path))
    assert answer.returncode == 1
    assert "ended with status 2" in answer.stderr
    assert "TRAKT_WRITE_INTERVAL" in answer.stderr
    assert processes_with(f"WATCHBUDDY_TEST={tmp_path}") == []
    assert not (tmp_path / ".local" / "stack.json").exists()


def test_a_run_that_failed_to_start_waits_for_no_events(open_folder: Path) -> None:
    state = ("--kafka", "embedded", "--state-dir", str(open_folder / "state"))
    answer = local_stack(open_folder, "run", *state, TRAKT_WRITE_INTERVAL="often")
    assert answer.returncode == 1
    assert "TRAKT_WRITE_INTERVAL" in answer.stderr
    assert "waiting until every event" not in answer.stdout
    assert "the next start sends them again" not in answer.stdout


def test_the_cost_of_a_process_is_measured() -> None:
    (cost,) = measure({"this": os.getpid()}, 0.2)
    assert cost.pss_mb > 1
    assert cost.processes >= 1
    assert 0 <= cost.cpu_percent < 200
