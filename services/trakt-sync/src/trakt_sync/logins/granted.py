"""Tokens that Trakt has just given become a connected account."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import stamina
import structlog
from pydantic import SecretStr

from chassis.postgres.database import is_away
from trakt_sync.accounts.token_import import Import
from trakt_sync.errors import TraktError
from trakt_sync.mirroring.remote import AccountSettings
from trakt_sync.trakt.tokens import Tokens

log = structlog.get_logger()

ReadSettings = Callable[[SecretStr], Awaitable[AccountSettings]]
MAX_SAVE_WAIT: Final = timedelta(minutes=1)


async def with_owner(tokens: Tokens, read_settings: ReadSettings, redirect_uri: str | None = None) -> Import:
    """Return the pair with its owner. When Trakt does not say whose it is, the worker asks again.

    Args:
        redirect_uri: of the login; None: it had none.
    """
    given = Import(tokens, None, redirect_uri=redirect_uri)
    try:
        return given.with_settings(await read_settings(tokens.access))
    except TraktError as error:
        log.warning("owner_not_read", error=error.detail)
        return given


async def saved(save: Callable[[], Awaitable[bool]]) -> bool:
    """Save a pair that exists nowhere else: a Postgres that is away is waited for. Return what `save` returns."""

    def waits(error: Exception) -> bool:
        return is_away(error)

    async for attempt in stamina.retry_context(on=waits, attempts=None, timeout=MAX_SAVE_WAIT, wait_max=1.0):
        with attempt:
            return await save()
    raise AssertionError("stamina ends with a result or an error")
