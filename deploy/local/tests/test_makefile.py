"""The Makefile's environment: of which Python, when it is made anew, what is said when it cannot be made."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MADE_ANEW = "-m venv --clear .venv"


def interpreter(path: Path, version: str, *, supported: bool = True) -> Path:
    """Write a program that answers as Python of that version would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\n[ "$1" = -V ] && echo "Python {version}" || exit {0 if supported else 1}\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a folder with the Makefile, and an environment of Python 3.11 that is up to date."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for needed in (Path("requirements.lock"), *(path.relative_to(ROOT) for path in ROOT.glob("*/*/pyproject.toml"))):
        (tmp_path / needed).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / needed).touch()
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pyproject.toml").touch()
    interpreter(tmp_path / ".venv" / "bin" / "python", "3.11.7")
    (tmp_path / ".venv" / ".installed-3.11").touch()
    return tmp_path


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    without = {"PYTHON", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "USER_ID"}
    return subprocess.run(  # noqa: S603
        ["make", *arguments],  # noqa: S607 - whichever make is there
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in without},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_environment_that_is_there_is_kept(clone: Path) -> None:
    assert MADE_ANEW not in make(clone, "-n", "demo").stdout


def test_another_patch_of_the_same_python_keeps_it_too(clone: Path) -> None:
    given = interpreter(clone / "python3.11", "3.11.9")
    assert MADE_ANEW not in make(clone, "-n", "demo", f"PYTHON={given}").stdout


def test_a_python_of_another_version_makes_a_new_environment(clone: Path) -> None:
    given = interpreter(clone / "python3.13", "3.13.0")
    assert f"{given} {MADE_ANEW}" in make(clone, "-n", "demo", f"PYTHON={given}").stdout


def test_an_environment_whose_python_was_upgraded_is_made_anew(clone: Path) -> None:
    interpreter(clone / ".venv" / "bin" / "python", "3.12.1")
    assert MADE_ANEW in make(clone, "-n", "demo").stdout


def test_a_set_up_that_failed_is_made_anew(clone: Path) -> None:
    (clone / ".venv" / ".installed-3.11").unlink()
    assert MADE_ANEW in make(clone, "-n", "demo").stdout


def test_a_set_up_is_noted_for_the_python_that_it_was_made_with(clone: Path) -> None:
    given = interpreter(clone / "python3.13", "3.13.0")
    interpreter(clone / ".venv" / "bin" / "uv", "")
    assert make(clone, "setup", f"PYTHON={given}").returncode == 0
    assert (clone / ".venv" / ".installed-3.13").exists()


@pytest.mark.parametrize(
    ("python", "reason"), [("./python3.10", "./python3.10 is 3.10."), ("no-python", "no-python is not there.")]
)
def test_a_python_that_does_not_do_is_named_with_the_command_to_try(clone: Path, python: str, reason: str) -> None:
    interpreter(clone / "python3.10", "3.10.13", supported=False)
    answer = make(clone, "demo", f"PYTHON={python}")
    assert answer.returncode == 2
    assert f"{reason} Try: make demo PYTHON=python3.13" in answer.stdout
    assert "not found" not in answer.stderr


@pytest.mark.parametrize("given", [(), ("PACKAGE=services",), ("PACKAGE=notifier",)])
def test_a_check_without_a_package_names_the_packages(clone: Path, given: tuple[str, ...]) -> None:
    answer = make(clone, "check", *given)
    assert answer.returncode == 2
    assert "Which package? One of: contracts services/chassis " in answer.stdout
    assert "Try: make check PACKAGE=services/notifier" in answer.stdout


def test_packages_that_cannot_be_fetched_are_said_to_be_so(clone: Path) -> None:
    given = interpreter(clone / "python3.13", "3.13.0")
    interpreter(clone / ".venv" / "bin" / "python", "3.13.0", supported=False)  # whose pip fails
    (clone / ".venv" / ".installed-3.11").unlink()
    answer = make(clone, "setup", f"PYTHON={given}")
    assert answer.returncode == 2
    assert "The packages could not be fetched. Is there a network" in answer.stdout


@pytest.mark.parametrize("user", ["demo", "two words", 'a "quoted" one', "$(id)"])
def test_a_user_id_reaches_the_command_as_it_was_given(clone: Path, user: str) -> None:
    python = clone / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.11.7" || printf "%s|" "$@"\n')
    given = user.replace("$", "$$")  # make's own sign
    assert make(clone, "token", f"USER_ID={given}").stdout == f"-m|local_stack|token|--user|{user}|"
