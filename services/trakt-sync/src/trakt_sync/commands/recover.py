"""`python -m trakt_sync recover`: after a restore, look at Trakt before anything that the database says is believed."""

import argparse

from chassis.arguments import instant
from chassis.clock import utc_now
from chassis.settings import DatabaseSettings, load
from trakt_sync.commands.arguments import add_user
from trakt_sync.opened import opened
from trakt_sync.store import recovery


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_user(parser)
    parser.add_argument("--since", type=instant, required=True, help="when the backup was made, in ISO 8601")


async def recover(arguments: argparse.Namespace) -> int:
    """Have the workers look; return the exit status: 1 when there is nothing to look at."""
    async with opened(load(DatabaseSettings)) as runtime:
        doubted = await recovery.doubt(runtime.pool, arguments.user, since=arguments.since, now=utc_now())
        runtime.wake()
    print(f"{doubted.accounts} accounts are read anew; {doubted.lists} lists are looked for before they are made")
    return 0 if any(doubted) else 1
