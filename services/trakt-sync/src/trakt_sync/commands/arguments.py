"""Arguments that several commands take."""

import argparse
import sys
from collections.abc import Collection

from chassis.arguments import row_id


def add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", help="only this user: the `sub` of their tokens; without it, all")


def add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", type=row_id, help="only this list, by its id")


def names_nothing(arguments: argparse.Namespace, found: Collection[object]) -> bool:
    """Return whether a list or a user was named of which there is nothing to look at, and say so."""
    if found or (arguments.user is None and arguments.list is None):
        return False
    what = "lists" if arguments.list is None else f"list {arguments.list}"
    whose = "" if arguments.user is None else f" of the user {arguments.user!r}"
    print(f"nothing is known of {what}{whose}", file=sys.stderr)
    return True
