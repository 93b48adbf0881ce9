"""The commands for events that the broker refused."""

import argparse
import sys
from collections.abc import Awaitable, Callable, Collection

from chassis.arguments import row_id
from chassis.bootstrap import bootstrap
from chassis.outbox import rejected
from chassis.outbox.rejected import Rejected, Selection
from chassis.postgres.database import Pool
from chassis.printable import printable
from chassis.settings import DatabaseSettings, load


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    _add_filters(parser)


async def list_rejected(service: str, arguments: argparse.Namespace) -> int:
    """Print the refused events; return 0: there are none, 1: there are some."""
    async with bootstrap(service, load(DatabaseSettings)) as base:
        found = await rejected.read(base.pool, _selection(arguments))
        count, since = await rejected.waiting(base.pool)
    for one in found:
        print(_as_line(one))
    print(f"{len(found)} refused; {count} wait{'' if since is None else f', since {since:%Y-%m-%dT%H:%M:%SZ}'}")
    return int(bool(found))


def add_show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=row_id, help="as `list` gives it")


async def show_rejected(service: str, arguments: argparse.Namespace) -> int:
    """Print a refused event; return 2 when there is none of this id."""
    async with bootstrap(service, load(DatabaseSettings)) as base:
        found = await rejected.read(base.pool, Selection([arguments.id]))
    for one in found:
        print(_as_line(one))
        for name, text in one.headers.items():
            print(f"{name}: {printable(text)}")
        print(printable(one.value))
    return _status(found)


def add_retry_arguments(parser: argparse.ArgumentParser) -> None:
    _add_choice(parser)


async def retry_rejected(service: str, arguments: argparse.Namespace) -> int:
    """Put events into the outbox once more; return 2 when none is there."""
    return await _each(service, arguments, "sent once more", rejected.retry)


def add_drop_arguments(parser: argparse.ArgumentParser) -> None:
    _add_choice(parser)


async def drop_rejected(service: str, arguments: argparse.Namespace) -> int:
    """Delete events; return 2 when none is there."""
    return await _each(service, arguments, "dropped", rejected.drop)


async def _each(
    service: str, arguments: argparse.Namespace, done: str, act: Callable[[Pool, Selection], Awaitable[None]]
) -> int:
    selection = _selection(arguments)
    if selection == Selection() and not arguments.all:
        print("name events, or what they have in common, or --all", file=sys.stderr)
        return 2
    async with bootstrap(service, load(DatabaseSettings)) as base:
        found = await rejected.read(base.pool, selection)
        if found and not arguments.dry_run:
            await act(base.pool, Selection([one.id for one in found]))
    for one in found:
        print(f"{'would be ' if arguments.dry_run else ''}{done}: {_as_line(one)}")
    return _status(found)


def _status(found: Collection[Rejected]) -> int:
    if not found:
        print("no refused event is like that; `outbox list` shows those there are", file=sys.stderr)
    return 0 if found else 2


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=row_id, nargs="*", help="as `list` gives it")
    parser.add_argument("--all", action="store_true", help="all that were refused")
    parser.add_argument("--dry-run", action="store_true", help="only say which")
    _add_filters(parser)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", help="of this user")
    parser.add_argument("--list", type=row_id, help="of this list, by its id")


def _selection(arguments: argparse.Namespace) -> Selection:
    return Selection(tuple(getattr(arguments, "id", ())), arguments.user, arguments.list)


def _as_line(one: Rejected) -> str:
    headers = one.headers
    return printable(
        f"{one.id} {one.rejected_at:%Y-%m-%dT%H:%M:%SZ} {headers['ce_type']} of {headers['ce_subject']},"
        f" user {one.key.decode(errors='replace')}, {len(one.value)} bytes to {one.topic}: {one.error}"
    )
