"""Reading Trakt for a command: with the users' own tokens, and none renewed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from trakt_sync.accounts.vault import Vault
from trakt_sync.settings import ImportSettings
from trakt_sync.trakt.app import App
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.transport import connect


@asynccontextmanager
async def reader(settings: ImportSettings) -> AsyncIterator[TraktClient]:
    """Give a client that reads, and may delete; it has no secret to renew tokens with."""
    app = App(settings.trakt_client_id, SecretStr(""), "")
    async with connect(str(settings.trakt_api_url), app.client_id, is_traced=False) as api:
        yield TraktClient(api, str(settings.trakt_auth_url), app)


def vault_of(settings: ImportSettings) -> Vault:
    return Vault(settings.encryption_keys)
