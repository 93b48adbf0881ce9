"""`make release TO=0.2.0`: make a release of what is committed, and push nothing.

Checks the tree, writes the version, closes the changelog's section, commits and tags; then builds into dist/<version>
the wheels of all packages, with checksums, and what the images hold (CycloneDX); and the images when a Docker engine
answers. It is safe to run again: what is there already is built anew from the tag. Exit status 0 only if all was made.
"""  # noqa: INP001 - a script, not a package

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPEN = "## Unreleased\n"
IMAGES = ("lists-api", "trakt-sync", "notifier", "trakt-simulator")


class RefusedError(Exception):
    """There is nothing that could be released; the text says why."""


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Args: arguments: the version, as `1.2.3`."""
    if len(arguments) != 1 or not re.fullmatch(r"\d+\.\d+\.\d+", arguments[0]):
        print("Which version? Try: make release TO=0.2.0")  # noqa: T201
        return 2
    (version,) = arguments
    try:
        if _ask(root, "tag", "--list", f"v{version}"):
            _say(f"v{version} is there: it is built anew")
        else:
            prepare(version, root, today=datetime.now(tz=UTC).date().isoformat())
        return build(version, root)
    except RefusedError as error:
        print(f"No release: {error}")  # noqa: T201
        return 1


def prepare(version: str, root: Path, *, today: str) -> None:
    """Write the version and the changelog; commit and tag.

    Raises:
        RefusedError: the tree has changes, the version is not a later one, or nothing was changed since the last.
    """
    if _ask(root, "status", "--porcelain"):
        raise RefusedError("the tree has changes that are not committed")
    before = (root / "VERSION").read_text(encoding="utf-8").strip()
    if _numbers(version) <= _numbers(before):
        raise RefusedError(f"{version} is not later than {before}")
    changelog = root / "CHANGELOG.md"
    changelog.write_text(closed(changelog.read_text(encoding="utf-8"), version, today), encoding="utf-8")
    (root / "VERSION").write_text(f"{version}\n", encoding="utf-8")
    _run(root, sys.executable, "deploy/version.py")
    _run(root, "git", "commit", "--quiet", "--all", "--message", f"Release {version}")
    _run(root, "git", "tag", "--annotate", f"v{version}", "--message", f"WatchBuddy list sync {version}")
    _say(f"committed and tagged v{version}")


def closed(changelog: str, version: str, today: str) -> str:
    """Return the changelog with what is unreleased under the version, and an empty section above it.

    Raises:
        RefusedError: nothing is unreleased.
    """
    head, found, rest = changelog.partition(OPEN)
    section = re.split(r"(?m)^## ", rest, maxsplit=1)[0]
    if not found or not section.strip():
        raise RefusedError("the changelog has nothing under Unreleased")
    return f"{head}{OPEN}\n## {version} - {today}\n{rest}"


def build(version: str, root: Path) -> int:
    """Build what the tag holds into dist/<version>. Return 0, or 2 when there was no engine for the images."""
    folder = root / "dist" / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as checkout:
        _run(root, "git", "clone", "--quiet", "--branch", f"v{version}", str(root), checkout)
        source = Path(checkout)
        for package in sorted(
            path.parent for pattern in ("*", "*/*") for path in source.glob(f"{pattern}/pyproject.toml")
        ):
            _run(package, sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
        wheels = sorted(folder.glob("*.whl"))
        sums = [f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n" for wheel in wheels]
        (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
        _run(source, sys.executable, "deploy/sbom.py")
        shutil.copytree(source / "dist" / "sbom", folder / "sbom")
        _say(f"{len(wheels)} wheels, and what the images hold, in {folder.relative_to(root)}")
        engine = shutil.which("docker")
        if engine is None or subprocess.run([engine, "info"], capture_output=True, check=False).returncode:  # noqa: S603
            _say("no images: no Docker engine answers. Run it again where one does")
            return 2
        for image in IMAGES:
            name = f"watchbuddy-{image}:{version}"
            _run(
                source,
                "docker",
                "build",
                "--quiet",
                "--file",
                "deploy/containers/Dockerfile",
                "--target",
                image,
                "--tag",
                name,
                ".",
            )
            _say(f"image {name}")
    return 0


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _ask(root: Path, *command: str) -> str:
    done = subprocess.run(["git", *command], cwd=root, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout.strip()


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RefusedError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
