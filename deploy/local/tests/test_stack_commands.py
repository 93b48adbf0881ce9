"""`python -m local_stack`, as a user types it."""

import os
import subprocess
import sys
from pathlib import Path

from local_stack.footprint import measure
from local_stack.home import Home
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


def processes_with(text: str) -> list[int]:
    """Return the processes that have the text in their command line or environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            content = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if text.encode() in content and is_running(int(entry.name)):
            found.append(int(entry.name))
    return found


def test_help_names_the_commands(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "--help")
    assert answer.returncode == 0
    assert all(command in answer.stdout for command in ("demo", "run", "kafka"))


def test_a_command_that_does_not_exist_ends_with_usage_and_status_2(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "dance")
    assert answer.returncode == 2
    assert "usage:" in answer.stderr


def test_kafka_without_java_says_so_in_one_line(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "kafka", PATH=str(tmp_path), HOME=str(tmp_path))
    assert answer.returncode == 2
    assert answer.stderr == "Apache Kafka needs Java 17 or newer (java) and Maven (mvn) on the PATH\n"


def test_a_second_stack_in_one_folder_is_refused(tmp_path: Path) -> None:
    with Home(None, tmp_path / ".local"):
        answer = local_stack(tmp_path, "demo")
    assert answer.returncode == 2
    assert answer.stderr == f"a stack uses {tmp_path / '.local'} already; stop it first\n"


def test_a_failure_half_way_shows_the_reason_and_leaves_nothing(tmp_path: Path) -> None:
    answer = local_stack(tmp_path, "demo", TRAKT_WRITE_INTERVAL="often", WATCHBUDDY_TEST=str(tmp_path))
    assert answer.returncode == 1
    assert "ended with status 2" in answer.stderr
    assert "TRAKT_WRITE_INTERVAL" in answer.stderr
    assert processes_with(f"WATCHBUDDY_TEST={tmp_path}") == []
    assert not (tmp_path / ".local" / "stack.json").exists()


def test_the_cost_of_a_process_is_measured() -> None:
    (cost,) = measure({"this": os.getpid()}, 0.2)
    assert cost.pss_mb > 1
    assert cost.processes >= 1
    assert 0 <= cost.cpu_percent < 200
