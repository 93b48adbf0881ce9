"""Token pairs, and connecting a Trakt account without a process: the steps of `python -m trakt_sync account import`."""

from collections.abc import Mapping
from typing import Final

from chassis.clock import utc_now
from chassis.postgres.database import create_pool
from trakt_sync.accounts.token_import import parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.commands.account_import import with_owner
from trakt_sync.opened import WORK
from trakt_sync.settings import ImportSettings
from trakt_sync.use_cases import connect

PAIR: Final = {"access_token": "secret-a", "refresh_token": "secret-r"}
"""A token pair as it is read in, without the time at which it expires."""


async def connect_account_of(environment: Mapping[str, str], user: str, pair: str) -> None:
    """Save the token pair for the user, and wake the workers. Args: environment: of a process of trakt-sync."""
    fields = ImportSettings.model_fields
    settings = ImportSettings.model_validate(
        {name: environment[name.upper()] for name in fields if name.upper() in environment}
    )
    given = await with_owner(settings, parse_tokens(pair, utc_now()))
    async with await create_pool(settings.database_url.get_secret_value(), max_size=1) as pool:
        await connect(pool, Vault(settings.encryption_keys), user, given, utc_now())
        await pool.execute("SELECT pg_notify($1, '')", WORK)
