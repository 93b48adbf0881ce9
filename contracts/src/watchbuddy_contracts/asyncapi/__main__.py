"""`python -m watchbuddy_contracts.asyncapi`: write or check the AsyncAPI document."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from watchbuddy_contracts.asyncapi import EXAMPLES, FILE, document, read_examples, text_of


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 done, 1 the file is stale or there are no examples."""
    arguments = _parser().parse_args(argv)
    examples = read_examples(arguments.examples)
    if not examples:
        print(f"no examples in {arguments.examples}: run this in the repository, or give --examples", file=sys.stderr)
        return 1
    text = text_of(document(examples))
    if not arguments.check:
        arguments.file.write_text(text, encoding="utf-8", newline="\n")
        print(f"{arguments.file.name} written")
        return 0
    if arguments.file.exists() and arguments.file.read_bytes() == text.encode():
        return 0
    print(f"stale: {arguments.file}", file=sys.stderr)
    print("Write it with: python -m watchbuddy_contracts.asyncapi", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m watchbuddy_contracts.asyncapi",
        description="Write the AsyncAPI document from the event models, the topics and the examples.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is stale")
    parser.add_argument("--file", type=Path, default=FILE, help="the document (default: in the package)")
    parser.add_argument("--examples", type=Path, default=EXAMPLES, help="the folder of the hand-written events")
    return parser


if __name__ == "__main__":
    sys.exit(main())
