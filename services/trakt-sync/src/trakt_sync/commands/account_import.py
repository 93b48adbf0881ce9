"""`python -m trakt_sync account import`: connect a user's Trakt account by a token pair on standard input."""

import argparse
import sys
from typing import Final

from pydantic import SecretStr

from chassis.clock import utc_now
from chassis.settings import load
from trakt_sync.accounts.token_import import Import, decode, parse_tokens
from trakt_sync.accounts.vault import Vault
from trakt_sync.errors import BadTokensError, TokenRefusedError, TraktError
from trakt_sync.opened import opened
from trakt_sync.settings import ImportSettings
from trakt_sync.trakt.app import App
from trakt_sync.trakt.client import TraktClient
from trakt_sync.trakt.transport import QuickTries, connect
from trakt_sync.use_cases import connect as connect_account

MAX_USER_ID_LENGTH: Final = 255


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, type=_user_id, help="the user's id: the `sub` of their tokens")


async def account_import(arguments: argparse.Namespace) -> int:
    """Save the pair and make the user's lists due; return the exit status."""
    settings = load(ImportSettings)
    try:
        given = parse_tokens(decode(sys.stdin.buffer.read()), utc_now())
    except BadTokensError as exc:
        print(exc.detail.replace("\n", " "), file=sys.stderr)
        return 2
    is_refused = False
    try:
        given = await with_owner(settings, given)
    except TokenRefusedError:  # it may only have expired: the refresh token shows it
        is_refused = True
    async with opened(settings) as runtime:
        await connect_account(runtime.pool, Vault(settings.encryption_keys), arguments.user, given, utc_now())
        runtime.wake()
    name = f" ({given.trakt_user})" if given.trakt_user else ""
    whose = f"the Trakt account{name} of {arguments.user}"
    if is_refused:
        print(f"saved the tokens of {whose}, but Trakt refuses the access token; it is renewed at its first use")
    else:
        print(f"connected {whose}")
    return 0


async def with_owner(settings: ImportSettings, given: Import) -> Import:
    """Ask Trakt, once, whose tokens they are; return the pair with it. When it does not say, the worker asks again.

    Raises:
        TokenRefusedError: Trakt does not accept the access token. The worker renews it, and asks then.
    """
    app = App(settings.trakt_client_id, SecretStr(""), "")  # nothing is renewed here
    async with connect(str(settings.trakt_api_url), app.client_id, is_traced=False) as api:
        trakt = TraktClient(api, str(settings.trakt_auth_url), app, tries=QuickTries(attempts=1))
        try:
            return given.with_settings(await trakt.read_settings(given.tokens.access))
        except TokenRefusedError:
            raise
        except TraktError:
            return given


def _user_id(text: str) -> str:
    if not 0 < len(text) <= MAX_USER_ID_LENGTH or not text.isprintable():
        raise argparse.ArgumentTypeError(f"give 1 to {MAX_USER_ID_LENGTH} printable characters")
    return text
