"""`python -m trakt_sync backfill`: lists without a Trakt list get one, and their items. Again, it changes nothing."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Final

from chassis.clock import utc_now
from chassis.postgres.database import Pool
from chassis.settings import DatabaseSettings, load
from trakt_sync.commands.arguments import add_list, add_user, names_nothing
from trakt_sync.mirroring.failures import MIN_WAIT_TO_NOTIFY, NO_WAIT
from trakt_sync.mirroring.policy import Policy
from trakt_sync.opened import opened
from trakt_sync.store import audits, inspection, views
from trakt_sync.store.inspection import ListLine

LOOK_EVERY_S: Final = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_user(parser)
    add_list(parser)
    parser.add_argument("--dry-run", action="store_true", help="only name the lists")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the workers")


async def backfill(arguments: argparse.Namespace) -> int:
    """Have the lists mirrored; return 0: nothing is left to do, 1: some list waits for something, 2: there is none."""
    async with opened(load(DatabaseSettings)) as runtime:
        pool = runtime.pool
        chosen = await inspection.lists(pool, arguments.user, arguments.list)
        if names_nothing(arguments, chosen):
            return 2
        lacking = [one for one in chosen if not one.is_on_trakt and not one.is_detached]
        ready = [one for one in lacking if one.account_state == "connected"]
        for one in ready:
            if not arguments.dry_run:
                await audits.ask(pool, one.user_id, one.list_id, utc_now())
            print(f"list {one.list_id} of {one.user_id}: {one.title}")
        runtime.wake()
        left = Counter[str]()
        if not (arguments.dry_run or arguments.no_wait):
            left = await _waited_for(pool, ready)
    without = len(lacking) - len(ready)
    had = len(chosen) - len(lacking)
    print(f"{len(chosen)} lists: {had} need nothing, {len(ready)} had no Trakt list, ", end="")
    print(f"{without} are of users without a connected account")
    for reason, count in sorted(left.items()):
        print(f"{count} wait: {reason}")
    return 1 if left or without else 0


async def _waited_for(pool: Pool, ready: Sequence[ListLine]) -> Counter[str]:
    """Wait until each list is mirrored or waits for something; return what for."""
    left: Counter[str] = Counter()
    open_lists = list(ready)
    while open_lists:
        working = []
        for one in open_lists:
            now = utc_now()
            view = await views.mirror(pool, one.user_id, one.list_id, now, Policy())
            state = "deleted" if view is None else view.state(now)
            if view is not None and (state == "working" or NO_WAIT < view.held_up_for(now) < MIN_WAIT_TO_NOTIFY):
                working.append(one)
            elif view is not None and state in ("waiting", "rejected"):
                left[view.reason(now) or state] += 1
        open_lists = working
        if open_lists:
            print(f"{len(ready) - len(open_lists)} of {len(ready)} done", file=sys.stderr)
            await asyncio.sleep(LOOK_EVERY_S)
    return left
