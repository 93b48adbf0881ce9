"""`python -m lists_api user erase`: everything of a user goes, in all services."""

import argparse

from chassis.settings import load
from lists_api.account.erasing import Erasing
from lists_api.opened import opened_cases
from lists_api.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="ID", help="the sub of their tokens")
    parser.add_argument("--delete-trakt-lists", action="store_true", help="delete their lists on Trakt first")
    parser.add_argument("--yes", action="store_true", required=True, help="it cannot be undone")


async def user_erase(arguments: argparse.Namespace) -> None:
    """Erase the user, and print where to see how far it is."""
    async with opened_cases(load(Settings)) as cases:
        erasing = Erasing(cases.pool, cases.wake, cases.now)
        begun, had_any = await erasing.erase(arguments.user, keep_trakt_lists=not arguments.delete_trakt_lists)
    here = "erased in lists-api" if had_any else "lists-api had nothing of them"
    print(f"{here}; the others: GET /api/account/erase/{begun.erasure_id}")
