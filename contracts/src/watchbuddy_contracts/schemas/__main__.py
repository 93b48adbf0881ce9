"""`python -m watchbuddy_contracts.schemas`: write, check or release the JSON Schemas of the events."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from watchbuddy_contracts.schemas import FOLDER, current_schemas, differences, read_schemas, write_schemas
from watchbuddy_contracts.schemas.compatibility import breaks

_DESCRIPTION = """\
Write the JSON Schema of every event type from its model, as <ce_type>.json.

Schemas of the last release lie in released/. An event type may gain optional fields;
any other change breaks a reader and wants a new type (.v2) beside the old one."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 done, 1 a check or a release failed, 2 bad usage."""
    arguments = _parser().parse_args(argv)
    if arguments.check:
        return _check(arguments.folder)
    if arguments.release:
        return _release(arguments.folder)
    schemas = current_schemas()
    write_schemas(arguments.folder, schemas)
    print(f"{len(schemas)} schemas written")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m watchbuddy_contracts.schemas",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 with a line for each stale, missing or surplus file"
    )
    what.add_argument(
        "--release",
        action="store_true",
        help="write the schemas and copy them to released/; exit 1 and copy nothing if a change breaks a reader",
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the schemas lie (default: in the package)")
    return parser


def _check(folder: Path) -> int:
    found = differences(folder, current_schemas())
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("Write them with: python -m watchbuddy_contracts.schemas", file=sys.stderr)
    return 1 if found else 0


def _release(folder: Path) -> int:
    schemas = current_schemas()
    try:
        found = breaks(read_schemas(folder / "released"), schemas)
    except ModuleNotFoundError as exc:
        print(f"{exc.name} is not installed: it is one of the developers' dependencies", file=sys.stderr)
        return 1
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("Nothing was released. Put a new type (.v2) beside the old one.", file=sys.stderr)
        return 1
    write_schemas(folder, schemas)
    write_schemas(folder / "released", schemas)
    print(f"{len(schemas)} schemas released")
    return 0


if __name__ == "__main__":
    sys.exit(main())
