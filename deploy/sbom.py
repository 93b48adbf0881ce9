"""`make sbom`: what the images hold, as CycloneDX 1.6 (JSON) in dist/sbom, a document for each lock of theirs.

The packages and their hashes are those of the locks, the licences those of the installed packages; our own packages
and the vendored files of the console are in it. The same tree gives the same document, byte by byte.
"""  # noqa: INP001 - a script, not a package

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS: Mapping[str, Sequence[str]] = {
    "services": (
        "watchbuddy-contracts",
        "watchbuddy-chassis",
        "watchbuddy-lists-api",
        "watchbuddy-trakt-sync",
        "watchbuddy-notifier",
    ),
    "simulator": ("trakt-simulator",),
}
"""Lock → the packages of ours that it is for."""
VENDORED = "services/lists-api/src/lists_api/console/static/vendor"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
Component = dict[str, Any]


def document(name: str, root: Path = ROOT) -> dict[str, Any]:
    """Return the bill of materials of a lock."""
    version = (root / "VERSION").read_text(encoding="utf-8").strip()
    lock = (root / f"deploy/containers/{name}.lock").read_text(encoding="utf-8")
    ours = [_ours(one, version) for one in DOCUMENTS[name]]
    others = [*packages_of(lock), *(vendored(root) if name == "services" else ())]
    subject = {"type": "application", "bom-ref": f"watchbuddy-{name}", "name": f"watchbuddy-{name}", "version": version}
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": subject},
        "components": [*ours, *others],
        "dependencies": [
            {"ref": subject["bom-ref"], "dependsOn": [one["bom-ref"] for one in ours]},
            *({"ref": one["bom-ref"]} for one in (*ours, *others)),
        ],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return {"serialNumber": f"urn:uuid:{serial}", **content}


def packages_of(lock: str) -> Iterator[Component]:
    """Return the packages that a lock pins, with the hashes of their files."""
    for entry in re.split(r"(?m)^(?=\S)", lock):
        pin = _PIN.match(entry)
        if pin is None:
            continue
        name, version = pin[1], pin[2]
        yield (
            _component("pypi", name, version)
            | _licences(name)
            | {
                # All files of the version: which one is installed depends on the platform.
                "properties": [{"name": "watchbuddy:file:sha256", "value": one} for one in _HASH.findall(entry)]
            }
        )


def vendored(root: Path) -> Iterator[Component]:
    """Return the files of others that stand in the repository."""
    files = json.loads((root / VENDORED / "lock.json").read_text(encoding="utf-8"))
    for file, one in files.items():
        hashes = [{"alg": "SHA-256", "content": one["sha256"]}]
        texts = [{"license": {"name": name}} for name in one["licences"]]
        properties = [{"name": "watchbuddy:file", "value": f"{VENDORED}/{file}"}]
        yield _component("npm", one["package"], one["version"]) | {
            "hashes": hashes,
            "licenses": texts,
            "properties": properties,
        }


def _component(kind: str, name: str, version: str) -> Component:
    purl = f"pkg:{kind}/{name.lower().replace('_', '-')}@{version.replace('+', '%2B')}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _ours(name: str, version: str) -> Component:
    return _component("pypi", name, version) | {"licenses": [{"license": {"id": "MIT"}}]}


def _licences(name: str) -> Component:
    """Return what the installed package says; nothing where it is not installed, for another platform's."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return {}
    if "License-Expression" in said:
        return {"licenses": [{"expression": said["License-Expression"]}]}
    classifiers = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier", []) if one.startswith("License ::")]
    first_line = said["License"].partition("\n")[0].strip() if "License" in said else ""
    names = classifiers or ([first_line] if first_line else [])
    return {"licenses": [{"license": {"name": one}} for one in names]} if names else {}


def main() -> None:
    folder = ROOT / "dist/sbom"
    folder.mkdir(parents=True, exist_ok=True)
    for name in DOCUMENTS:
        path, made = folder / f"{name}.cdx.json", document(name)
        path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(made['components'])} components")  # noqa: T201


if __name__ == "__main__":
    main()
