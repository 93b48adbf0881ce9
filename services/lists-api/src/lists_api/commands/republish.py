"""`python -m lists_api republish`: send again what trakt-sync has not confirmed, or all that it should know."""

import argparse
import sys

from chassis.arguments import row_id
from chassis.bootstrap import bootstrap
from chassis.clock import utc_now
from chassis.outbox import outbox
from chassis.postgres.wakeup import Waker
from chassis.settings import DatabaseSettings, load
from lists_api.imports.trakt import republish_imports
from lists_api.lists import republish as republishing
from lists_api.settings import SERVICE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="what trakt-sync has confirmed too, for trakt-sync alone")
    parser.add_argument("--user", help="with --all: only this user's lists")
    parser.add_argument("--list", type=row_id, help="with --all: only this list, by its id")


async def republish(arguments: argparse.Namespace) -> int:
    """Send again the newest states of lists, and the imports that trakt-sync has not answered; 2: not like this."""
    if not arguments.all and (arguments.user is not None or arguments.list is not None):
        print("--user and --list go with --all alone", file=sys.stderr)
        return 2
    settings = load(DatabaseSettings)
    async with bootstrap(SERVICE, settings) as base, Waker(base.pool, outbox.CHANNEL) as waker:
        if arguments.all:
            count = await republishing.republish_all(
                base.pool, user_id=arguments.user, list_id=arguments.list, wake=waker.wake, now=utc_now
            )
        else:
            count = await republishing.republish(base.pool, wake=waker.wake, now=utc_now)
        await republish_imports(base.pool, wake=waker.wake, now=utc_now())
    print(f"{count} lists sent again")
    return 0
