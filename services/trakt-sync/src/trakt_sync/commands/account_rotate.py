"""`python -m trakt_sync account rotate`: encrypt all stored token pairs with the first of `TOKEN_ENCRYPTION_KEYS`."""

import argparse
import sys

from chassis.postgres.database import Pool
from chassis.settings import load
from trakt_sync.accounts.vault import Vault
from trakt_sync.opened import opened
from trakt_sync.settings import VaultSettings
from trakt_sync.store.rotation import Batch, reseal_batch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only count the pairs that another key has encrypted")


async def account_rotate(arguments: argparse.Namespace) -> int:
    """Go through all accounts, some hundred a transaction; return the exit status.

    Whoever ends it starts it again: what the first key encrypts already is passed over.
    """
    settings = load(VaultSettings)
    vault, is_dry, resealed = Vault(settings.encryption_keys), arguments.dry_run, 0
    async with opened(settings) as runtime:
        while True:
            found = await _pass(runtime.pool, vault, is_dry=is_dry)
            resealed += found.resealed
            if is_dry or found.old == found.resealed:  # else a worker renewed a pair meanwhile: it is looked at again
                break
    for user_id in found.unreadable:
        print(f"no key opens the token pair of {user_id}", file=sys.stderr)
    if is_dry:
        print(f"{found.old} token pairs are encrypted with another key than the first")
    else:
        print(f"encrypted {resealed} token pairs with the first key")
    return 1 if found.unreadable else 0


async def _pass(pool: Pool, vault: Vault, *, is_dry: bool) -> Batch:
    """Return what was found among all accounts."""
    found = Batch("")
    while found.last is not None:
        batch = await reseal_batch(pool, vault, found.last, is_dry=is_dry)
        found = Batch(
            batch.last,
            found.old + batch.old,
            found.resealed + batch.resealed,
            found.unreadable + batch.unreadable,
        )
        if batch.old:
            print(f"up to {batch.last}: {found.old} of another key, {found.resealed} encrypted with the first")
    return found
