"""`python -m trakt_sync orphans`: Trakt lists of our making that no list here has any more; deleted on demand."""

import argparse
import asyncio
import sys
from typing import Final

from pydantic import SecretStr

from chassis.arguments import row_id
from chassis.clock import utc_now
from chassis.postgres.database import Pool
from chassis.settings import load
from trakt_sync.commands.arguments import add_user
from trakt_sync.commands.reading import reader, vault_of
from trakt_sync.errors import BadTokensError, ListGoneError, TraktError
from trakt_sync.mirroring.remote import RemoteList
from trakt_sync.mirroring.texts import is_of_our_making
from trakt_sync.opened import opened
from trakt_sync.settings import ImportSettings
from trakt_sync.store import inspection, mirrors
from trakt_sync.trakt.api import WriteLease
from trakt_sync.trakt.client import TraktClient

TRIES: Final = 30
PAUSE_S: Final = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_user(parser)
    parser.add_argument("--delete", type=row_id, metavar="TRAKT_LIST_ID", help="delete this one of them")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")


async def orphans(arguments: argparse.Namespace) -> int:
    """Print the lists; return 0: there are none left, 1: there are some, 2: some account could not be looked at."""
    settings = load(ImportSettings)
    found, failed, is_there = 0, 0, arguments.delete is None
    async with opened(settings) as runtime, reader(settings) as trakt:
        for user_id in await inspection.connected_users(runtime.pool, arguments.user):
            try:
                token = await inspection.access_token(runtime.pool, vault_of(settings), user_id, utc_now())
                for one in await _of_user(runtime.pool, trakt, token):
                    is_chosen = one.trakt_list_id == arguments.delete
                    is_there |= is_chosen
                    print(f"{user_id}: {one.trakt_list_id} {one.details.name!r}, {one.item_count} items,", end=" ")
                    print(f"made {one.created_at:%Y-%m-%d}{', chosen' if is_chosen else ''}")
                    if not is_chosen or arguments.dry_run:
                        found += 1
                    elif await _deleted(runtime.pool, trakt, token, user_id, one):
                        print(f"deleted {one.trakt_list_id}")
                    else:
                        failed += 1
            except (TraktError, BadTokensError) as error:
                print(f"{user_id}: {error.detail}", file=sys.stderr)
                failed += 1
    if not is_there:
        print(f"{arguments.delete} is none of them, and was left alone", file=sys.stderr)
        failed += 1
    print(f"{found} Trakt lists of our making belong to no list")
    return 2 if failed else int(found > 0)


async def _of_user(pool: Pool, trakt: TraktClient, token: SecretStr) -> list[RemoteList]:
    lists = (await trakt.read_lists(token)).lists
    ours = [one for one in lists if is_of_our_making(one.details.description)]
    owned = await mirrors.owned(pool, (one.trakt_list_id for one in ours))
    return [one for one in ours if one.trakt_list_id not in owned]


async def _deleted(pool: Pool, trakt: TraktClient, token: SecretStr, user_id: str, one: RemoteList) -> bool:
    """Delete it as a worker would: with the account's lease, and in its pace."""
    for _ in range(TRIES):
        now = utc_now()
        until = now + inspection.HELD_FOR
        if (lease := await inspection.hold(pool, user_id, now, until)) is not None:
            break
        await asyncio.sleep(PAUSE_S)
    else:
        print(f"{user_id}: the account is being served all the time", file=sys.stderr)
        return False
    try:
        if await mirrors.owned(pool, [one.trakt_list_id]):  # whoever was served meanwhile adopted it
            print(f"{user_id}: {one.trakt_list_id} is a list's by now, and was left alone", file=sys.stderr)
            return False
        await trakt.delete_list(WriteLease(token, until), one.trakt_list_id)
    except ListGoneError:
        return True
    finally:
        await inspection.give_back(pool, user_id, lease)
    return True
