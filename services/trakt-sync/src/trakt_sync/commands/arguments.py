"""Arguments that several commands take."""

import argparse
import sys
from collections.abc import Collection
from typing import Final

MAX_ID: Final = (1 << 63) - 1


def add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", help="only this user: the `sub` of their tokens; without it, all")


def add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", type=list_id, help="only this list, by its id")


def list_id(text: str) -> int:
    """Return the id of a list.

    Raises:
        ValueError: it cannot be one.
    """
    number = int(text)
    if not 1 <= number <= MAX_ID:
        raise argparse.ArgumentTypeError(f"there is no list {text}")
    return number


def names_nothing(arguments: argparse.Namespace, found: Collection[object]) -> bool:
    """Return whether a list or a user was named of which there is nothing to look at, and say so."""
    if found or (arguments.user is None and arguments.list is None):
        return False
    what = "lists" if arguments.list is None else f"list {arguments.list}"
    whose = "" if arguments.user is None else f" of the user {arguments.user!r}"
    print(f"nothing is known of {what}{whose}", file=sys.stderr)
    return True
