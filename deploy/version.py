"""`make version`: write the version that stands in VERSION into every package, image label and image tag.

`python deploy/version.py --check` only compares, and names each file that says another one. At run time the version is
the package's own: `importlib.metadata.version("watchbuddy-lists-api")`.
"""  # noqa: INP001 - a script, not a package

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IN_PACKAGE = re.compile(r'(?m)^(version = ")[^"]*(")$')
IN_TAG = re.compile(r"(newTag: )[0-9.]+()")
IN_LABEL = re.compile(r'(org\.opencontainers\.image\.version=")[^"]*(")')


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Return the exit status: 1 when a file says another version, and was only to be checked."""
    version = (root / "VERSION").read_text(encoding="utf-8").strip()
    others = list(_others(root, version))
    for path, text in others:
        if "--check" in arguments:
            print(f"{path.relative_to(root)} does not say {version}; `make version` writes it")  # noqa: T201
        else:
            path.write_text(text, encoding="utf-8")
    return int(bool(others) and "--check" in arguments)


def _others(root: Path, version: str) -> Iterator[tuple[Path, str]]:
    """Return the files that say another version, with their text as it should be."""
    places = [
        (path, IN_PACKAGE) for path in sorted(root.glob("*/pyproject.toml")) + sorted(root.glob("*/*/pyproject.toml"))
    ]
    places.append((root / "deploy" / "containers" / "Dockerfile", IN_LABEL))
    places.append((root / "deploy" / "kubernetes" / "overlays" / "production" / "kustomization.yaml", IN_TAG))
    for path, pattern in places:
        text = path.read_text(encoding="utf-8")
        right, found = pattern.subn(rf"\g<1>{version}\g<2>", text)
        if not found:
            sys.exit(f"{path.relative_to(root)} says no version")
        if right != text:
            yield path, right


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
