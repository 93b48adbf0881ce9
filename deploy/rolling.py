"""`make rolling FROM=<commit>`: run a rolling upgrade from a version before to this tree, under load, and the way back.

The version before is checked out and set up in .local/rolling/<commit>, once. Needs a real Kafka (Docker, or Java and
Maven). Some minutes; exit status 0 only if nothing was lost and nothing done twice.
"""  # noqa: INP001 - a script, not a package

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("From which version? Try: make rolling FROM=v0.2.0")  # noqa: T201
        return 2
    asked = ["git", "rev-parse", "--verify", "--quiet", f"{arguments[0]}^{{commit}}"]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if found.returncode:
        print(f"There is no commit {arguments[0]}")  # noqa: T201
        return 2
    commit = found.stdout.strip()
    before = ROOT / ".local" / "rolling" / commit
    if not before.exists():
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(ROOT), str(before)], check=True)  # noqa: S603, S607
        subprocess.run(["git", "checkout", "--quiet", commit], cwd=before, check=True)  # noqa: S603, S607
    subprocess.run(["make", "--no-print-directory", "setup"], cwd=before, check=True)  # noqa: S607
    environment = {**os.environ, "ROLLING_BEFORE": str(before / ".venv" / "bin" / "python")}
    command = [sys.executable, "-m", "pytest", "-s", "-q", "tests/rolling"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
