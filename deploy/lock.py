"""`make lock`: compile the lock files, with hashes and without index addresses.

requirements.lock is what developers and tests use, for every Python and platform that the packages claim. The images'
locks are cuts of it: what runs in an image is what the tests ran with.

Versions stay as they are where they can; arguments go to uv: `python deploy/lock.py --upgrade`.
"""  # noqa: INP001 - a script, not a package

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTAINERS = "deploy/containers"
OURS = (
    "watchbuddy-contracts",
    "watchbuddy-chassis",
    "watchbuddy-lists-api",
    "watchbuddy-trakt-sync",
    "watchbuddy-notifier",
    "watchbuddy-local-stack",
    "trakt-simulator",
)
IMAGES: Mapping[str, Sequence[str]] = {
    # One for the three services: they differ by 15 MB, most of it Apprise, and share one layer so.
    "services.lock": (
        "./contracts",
        "./services/chassis",
        "./services/lists-api",
        "./services/trakt-sync",
        "./services/notifier",
    ),
    "simulator.lock": ("./deploy/trakt-simulator",),
    "build.lock": ("hatchling", "uv"),
}
KUBERNETES: Sequence[str] = ("kubernetes-validate",)
"""What `make kubernetes` needs: too large for requirements.lock."""


def main(extra: Sequence[str]) -> None:
    compile_lock("requirements.lock", "3.11", ("requirements.in", "--group", "pyproject.toml:dev", *extra))
    for name, requirements in IMAGES.items():
        compile_lock(
            f"{CONTAINERS}/{name}", "3.13", ("-", "--constraints", "requirements.lock"), given="\n".join(requirements)
        )
    compile_lock("deploy/kubernetes/check.lock", "3.11", ("-",), given="\n".join(KUBERNETES))


def compile_lock(output: str, python: str, arguments: Sequence[str], *, given: str = "") -> None:
    """Args: output: the lock file; python: the oldest version it serves; given: requirements for standard input."""
    options = [
        "--quiet",
        "--universal",
        "--python-version",
        python,
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
    ]
    own = [option for name in OURS for option in ("--no-emit-package", name)]
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, *own, *arguments, "--output-file", output]
    if subprocess.run(command, cwd=ROOT, input=given, text=True, check=False).returncode:  # noqa: S603
        sys.exit(f"{output} was not compiled")


if __name__ == "__main__":
    main(sys.argv[1:])
