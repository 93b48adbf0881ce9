"""Giving tokens back to Trakt that nobody will use."""

import asyncio
from typing import Final, Protocol

import structlog
from pydantic import SecretStr

from trakt_sync.errors import TraktError
from trakt_sync.trakt.tokens import Tokens

log = structlog.get_logger()

REVOKE_TIMEOUT_S: Final = 10.0


class Revoking(Protocol):
    """Whoever revokes a token pair by its access token."""

    async def revoke(self, token: SecretStr) -> None: ...


async def give_back(trakt: Revoking, tokens: Tokens, user_id: str) -> bool:
    """Revoke a pair that nobody will use; return whether Trakt has confirmed it. A failure leaves it to expire."""
    try:
        async with asyncio.timeout(REVOKE_TIMEOUT_S):
            await trakt.revoke(tokens.access)
    except (TraktError, TimeoutError) as error:
        log.warning("tokens_not_revoked", user_id=user_id, error=repr(error))
        return False
    return True
