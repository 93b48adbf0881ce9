"""`make audit`: ask for known vulnerabilities of everything that ships or builds it, by pip-audit and npm.

Exit status: 0 when every package was asked for and what is known is in deploy/supply/exceptions.json; 1 when there is
more, or an exception is over or of no use; 2 when an index did not answer for a package, so that nobody knows.
"""  # noqa: INP001 - a script, not a package

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PIP_AUDIT = "pip-audit==2.10.1"
LOCKS = ("requirements.lock", "deploy/kubernetes/check.lock")
"""The images' locks are cuts of the first."""
EXCEPTIONS = "deploy/supply/exceptions.json"
VENDORED = "services/lists-api/src/lists_api/console/static/vendor/lock.json"
NPM_LOCKS = ("tests/clients",)
WITHIN_S = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """A vulnerability that a package has."""

    package: str
    vulnerability: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an index said. Args: unknown: packages that it said nothing of, and why."""

    asked: int
    findings: frozenset[Finding] = frozenset()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said, and the exit status."""

    lines: tuple[str, ...]
    status: int


def judge(reports: Sequence[Report], exceptions: Mapping[str, Mapping[str, str]], today: date) -> Verdict:
    """Return the verdict.

    Args:
        exceptions: by the vulnerability's id: `package`, `reason`, and `until`, the last day on which it counts.
    """
    found = sorted(
        {one for report in reports for one in report.findings}, key=lambda one: (one.package, one.vulnerability)
    )
    known = {name for name, one in exceptions.items() if date.fromisoformat(one["until"]) >= today}
    unknown = [text for report in reports for text in report.unknown]
    lines = [f"{one.package}: {one.vulnerability}" for one in found if one.vulnerability not in known]
    of_use = {one.vulnerability for one in found}
    if not unknown:  # else nobody knows whether it is of use
        lines += [f"{EXCEPTIONS}: {name} is of no package any more" for name in exceptions if name not in of_use]
    lines += [
        f"{EXCEPTIONS}: {name} counted until {exceptions[name]['until']}" for name in exceptions if name not in known
    ]
    asked = sum(report.asked for report in reports)
    if unknown:
        told = [*unknown[:5], *([f"and {len(unknown) - 5} more"] if len(unknown) > len(unknown[:5]) else [])]
        return Verdict((*lines, f"not asked, so not known: {'; '.join(told)}"), 1 if lines else 2)
    return Verdict((*lines, f"{asked} packages asked for, {len(found)} known vulnerabilities"), 1 if lines else 0)


def of_pip_audit(text: str, lock: str) -> Report:
    """Return what pip-audit's JSON says. It calls packages that no index answered for skipped, and is content."""
    try:
        packages = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Report(0, unknown=(f"everything of {lock}",))
    skipped = tuple(f"{one['name']} ({one['skip_reason']})" for one in packages if "skip_reason" in one)
    findings = {Finding(one["name"], each["id"]) for one in packages for each in one.get("vulns", ())}
    if not packages:
        skipped = (f"everything of {lock}",)
    return Report(len(packages) - len(skipped), frozenset(findings), skipped)


def of_npm(text: str, what: str) -> Report:
    """Return what npm's JSON says."""
    try:
        answer = json.loads(text)
        vulnerable = answer["vulnerabilities"]
        asked = int(answer["metadata"]["dependencies"]["total"])
    except (ValueError, KeyError, TypeError):
        return Report(0, unknown=(f"npm packages of {what}",))
    findings = {
        Finding(name, str(via["url"]).rpartition("/")[2])
        for name, one in vulnerable.items()
        for via in one["via"]
        if isinstance(via, dict)
    }
    return Report(asked, frozenset(findings))


def main() -> int:
    reports = [of_pip_audit(_said(_pip_audit(lock)), lock) for lock in LOCKS]
    reports += [of_npm(_said(("npm", "audit", "--json", "--package-lock-only"), ROOT / one), one) for one in NPM_LOCKS]
    reports.append(_of_vendored(json.loads((ROOT / VENDORED).read_text(encoding="utf-8"))))
    exceptions = json.loads((ROOT / EXCEPTIONS).read_text(encoding="utf-8"))
    verdict = judge(reports, exceptions, datetime.now(tz=UTC).date())
    print(*verdict.lines, sep="\n")  # noqa: T201
    return verdict.status


def _pip_audit(lock: str) -> Sequence[str]:
    tool = (sys.executable, "-m", "uv", "tool", "run", "--quiet", "--from", PIP_AUDIT, "pip-audit")
    return (*tool, "--requirement", lock, "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off")


def _of_vendored(files: Mapping[str, Mapping[str, Any]], said: Callable[..., str] | None = None) -> Report:
    """Ask npm for the files that stand in the repository, as if they were installed."""
    wanted = {one["package"]: one["version"] for one in files.values()}
    with tempfile.TemporaryDirectory() as folder:
        packages = {f"node_modules/{name}": {"version": version} for name, version in wanted.items()}
        lock = {"name": "vendored", "lockfileVersion": 3, "packages": {"": {"dependencies": wanted}, **packages}}
        Path(folder, "package.json").write_text(json.dumps({"dependencies": wanted}), encoding="utf-8")
        Path(folder, "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
        return of_npm((said or _said)(("npm", "audit", "--json", "--package-lock-only"), Path(folder)), VENDORED)


def _said(command: Sequence[str], folder: Path = ROOT) -> str:
    """Return a program's standard output; "" when it is not there, or does not end."""
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=WITHIN_S, env=dict(os.environ)
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
