"""What `make release` writes, and what it refuses."""

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n- A thing.\n\n## 0.0.1 - 2026-01-01\n- All.\n"


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "deploy" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = _script()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with what a release changes, committed."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("local", "tests", "secrets"))
    (tmp_path / "VERSION").write_text("0.0.1\n")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    _git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    for setting in ("user.name=Ada", "user.email=ada@example.org", "commit.gpgsign=false", "tag.gpgsign=false"):
        _git(tmp_path, "config", *setting.split("=", 1))
    _git(tmp_path, "add", "--all")
    _git(tmp_path, "commit", "--quiet", "--message", "all")
    return tmp_path


def _git(folder: Path, *command: str) -> str:
    done = subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout.strip()


def test_a_release_is_a_commit_with_a_tag_and_a_section(repository: Path) -> None:
    release.prepare("0.1.0", repository, today="2026-02-03")
    assert _git(repository, "status", "--porcelain") == ""
    assert _git(repository, "describe") == "v0.1.0"
    assert (repository / "VERSION").read_text() == "0.1.0\n"
    assert 'version="0.1.0"' in (repository / "deploy" / "containers" / "Dockerfile").read_text()
    assert (repository / "CHANGELOG.md").read_text() == CHANGELOG.replace(
        "## Unreleased\n", "## Unreleased\n\n## 0.1.0 - 2026-02-03\n"
    )


@pytest.mark.parametrize(
    ("version", "why"), [("0.0.1", "not later"), ("0.0.0", "not later"), ("0.1.0", "nothing under Unreleased")]
)
def test_what_is_no_release_is_refused_and_changes_nothing(repository: Path, version: str, why: str) -> None:
    (repository / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 0.0.1 - 2026-01-01\n- All.\n")
    _git(repository, "commit", "--quiet", "--all", "--message", "nothing new")
    with pytest.raises(release.RefusedError, match=why):
        release.prepare(version, repository, today="2026-02-03")
    assert _git(repository, "status", "--porcelain") == ""


def test_a_tree_with_changes_is_not_released(repository: Path) -> None:
    (repository / "VERSION").write_text("0.0.2\n")
    with pytest.raises(release.RefusedError, match="changes that are not committed"):
        release.prepare("0.1.0", repository, today="2026-02-03")


@pytest.mark.parametrize("arguments", [[], ["next"], ["1.0"], ["1.0.0", "2.0.0"]])
def test_a_command_without_a_version_says_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert release.main(arguments) == 2
    assert "make release TO=0.2.0" in capsys.readouterr().out
