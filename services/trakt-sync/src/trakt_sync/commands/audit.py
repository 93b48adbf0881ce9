"""`python -m trakt_sync audit`: have accounts compared with what we left on Trakt, now and not at their time of day."""

import argparse

from chassis.clock import utc_now
from chassis.settings import DatabaseSettings, load
from trakt_sync.commands.arguments import add_user
from trakt_sync.opened import opened
from trakt_sync.store import audits, inspection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_user(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say whose accounts these are")


async def audit(arguments: argparse.Namespace) -> int:
    """Ask for the audits; return the exit status: 1 when no account is connected."""
    async with opened(load(DatabaseSettings)) as runtime:
        users = await inspection.connected_users(runtime.pool, arguments.user)
        for user_id in users:
            if not arguments.dry_run:
                await audits.ask_audit(runtime.pool, user_id, utc_now())
            print(user_id)
        runtime.wake()
    print(f"{len(users)} accounts {'would be' if arguments.dry_run else 'are'} audited by the workers")
    return 0 if users else 1
