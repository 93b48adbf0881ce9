"""What every package of this repository has: the licence, one version, metadata that a package index shows."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = sorted(path.parent for pattern in ("*", "*/*") for path in ROOT.glob(f"{pattern}/pyproject.toml"))


def project(package: Path) -> dict[str, Any]:
    described: dict[str, Any] = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return described


def version_script(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(root / "deploy" / "version.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script


@pytest.mark.parametrize("package", PACKAGES, ids=[package.name for package in PACKAGES])
def test_every_package_carries_the_licence_and_says_who_made_it(package: Path) -> None:
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    described = project(package)
    assert (described["license"], described["license-files"][0]) == ("MIT", "LICENSE")
    assert described["authors"] == [{"name": "WatchBuddy maintainers"}]
    assert described["requires-python"] == ">=3.11"
    assert described["keywords"]
    assert described.get("readme") == ("README.md" if (package / "README.md").exists() else None)


@pytest.mark.parametrize(("folder", "files"), [("contracts", {"LICENSE"}), ("trakt-simulator", {"LICENSE", "NOTICE"})])
def test_a_wheel_contains_the_licence(folder: str, files: set[str], tmp_path: Path) -> None:
    (package,) = (package for package in PACKAGES if package.name == folder)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=package, check=True, capture_output=True)  # noqa: S603 - our build backend
    (wheel,) = tmp_path.glob("*.whl")
    licences = {name.rsplit("/", 1)[1] for name in zipfile.ZipFile(wheel).namelist() if "/licenses/" in name}
    assert licences == files


def test_packages_and_images_have_the_version_that_stands_in_the_file() -> None:
    checked = version_script(ROOT, "--check")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_new_version_is_written_everywhere(tmp_path: Path) -> None:
    deployed = [
        ROOT / "deploy" / "containers" / "Dockerfile",
        ROOT / "deploy" / "kubernetes" / "overlays" / "production" / "kustomization.yaml",
    ]
    copied = [*(package / "pyproject.toml" for package in PACKAGES), *deployed]
    for path in [*copied, ROOT / "deploy" / "version.py"]:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "VERSION").write_text("9.8.7\n")
    checked = version_script(tmp_path, "--check")
    assert checked.returncode == 1
    assert [line.split()[0] for line in checked.stdout.splitlines()] == [str(path.relative_to(ROOT)) for path in copied]
    assert version_script(tmp_path).returncode == 0
    assert version_script(tmp_path, "--check").returncode == 0
    assert {project(tmp_path / package.relative_to(ROOT))["version"] for package in PACKAGES} == {"9.8.7"}
