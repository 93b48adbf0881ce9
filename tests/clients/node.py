"""Node and the npm packages of this folder. They are installed once, into the user's cache folder."""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
MANIFESTS: Final = ("package.json", "package-lock.json")
INSTALL_S: Final = 600
RUN_S: Final = 120
NO_NETWORK: Final = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "ETIMEDOUT", "ENOTCACHED")
"""What npm says when it reaches no registry."""


class NotHereError(Exception):
    """Node, npm, or a network to fetch the packages is missing; the text says which."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node program, and a folder with a `node_modules` for it."""

    program: str
    packages: Path

    @classmethod
    def find(cls, cache: Path | None = None) -> "Node":
        """Return node with the packages. The first call fetches them: 97 MB, some 20 s.

        Raises:
            NotHereError: node or npm is not there, or no registry can be reached.
            AssertionError: npm failed otherwise.
        """
        program, npm = shutil.which("node"), shutil.which("npm")
        if program is None or npm is None:
            raise NotHereError("no node and npm (Debian: apt install nodejs npm)")
        manifests = b"".join((HERE / name).read_bytes() for name in MANIFESTS)
        folder = cache or Path.home() / ".cache" / "watchbuddy"
        packages = folder / f"npm-{hashlib.sha256(manifests).hexdigest()[:12]}"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "npm.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of two test processes, one fetches
            if not packages.exists():
                _install(npm, packages)
        return cls(program, packages)

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run node in a folder whose scripts can import the packages. The caller looks at the exit status."""
        modules = folder / "node_modules"
        if not modules.is_symlink():
            modules.symlink_to(self.packages / "node_modules", target_is_directory=True)
        return subprocess.run(  # noqa: S603
            [self.program, *arguments], cwd=folder, capture_output=True, text=True, timeout=RUN_S, check=False
        )


def _install(npm: str, packages: Path) -> None:
    with tempfile.TemporaryDirectory(dir=packages.parent) as name:
        unfinished = Path(name) / packages.name
        unfinished.mkdir()
        for manifest in MANIFESTS:
            shutil.copy(HERE / manifest, unfinished)
        done = subprocess.run(  # noqa: S603
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=unfinished,
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
        if done.returncode and any(code in done.stderr for code in NO_NETWORK):
            raise NotHereError(f"npm reaches no registry: {done.stderr.strip().splitlines()[0]}")
        assert done.returncode == 0, done.stderr
        unfinished.rename(packages)
