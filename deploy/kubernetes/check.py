"""`make kubernetes`: build every overlay with kubectl, and check each object by Kubernetes' own schemas, offline.

Needs kubectl 1.27 or newer. The schemas come with the package kubernetes-validate (100 MB), in an environment of its
own below .local; those of KEDA's objects are not there, which is said. Exit status 0 only if all is well.
"""  # noqa: INP001 - a script, not a package

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("trial", "production")
SCHEMAS = "1.34"
"""Of which version of Kubernetes."""
ENVIRONMENT = ROOT / ".local" / "kubernetes"


def main() -> int:
    if shutil.which("kubectl") is None:
        print("kubectl is not there: nothing was checked")  # noqa: T201
        return 2
    validate = _validator()
    is_good = True
    for overlay in OVERLAYS:
        text = built(overlay)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("\n---\n".join(part for part in text.split("\n---\n") if "apiVersion: keda.sh/" not in part))
            file.flush()
            is_good &= subprocess.run([*validate, file.name], check=False).returncode == 0  # noqa: S603
        others = text.count("apiVersion: keda.sh/")
        count = text.count("\nkind: ")
        print(f"{overlay}: {count - others} of {count} objects checked by the schemas of Kubernetes {SCHEMAS}")  # noqa: T201
    return int(not is_good)


def built(overlay: str) -> str:
    """Return the overlay's objects as YAML, with secrets of their own.

    Raises:
        CalledProcessError: kubectl does not take it; its words are on standard error.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "kubernetes"
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("secrets", "tests"))
        subprocess.run([copy / "make-secrets"], check=True, capture_output=True)  # noqa: S603
        command = ["kubectl", "kustomize", str(copy / "overlays" / overlay)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def _validator() -> list[str]:
    """Return the command that checks a file, in an environment that is made once."""
    lock = Path(__file__).with_name("check.lock")
    command = ENVIRONMENT / "bin" / "kubernetes-validate"
    stamp = ENVIRONMENT / lock.name
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)  # noqa: S603
        shutil.copy(lock, stamp)
    return [str(command), "--kubernetes-version", SCHEMAS, "--strict", "--quiet"]


if __name__ == "__main__":
    sys.exit(main())
