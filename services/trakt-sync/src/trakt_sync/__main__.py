"""`python -m trakt_sync`: see `--help`."""

import argparse
import sys
from dataclasses import replace
from functools import partial
from typing import Final

from chassis.bootstrap import migrate_only
from chassis.process import Command, main, process
from chassis.relay import run_relay
from chassis.settings import DatabaseSettings, ServiceSettings, load
from trakt_sync import app
from trakt_sync.accounts import Vault, parse_tokens
from trakt_sync.errors import BadTokensError, TokenRefusedError
from trakt_sync.settings import ImportSettings, Settings
from trakt_sync.store_accounts import account_lines
from trakt_sync.use_cases import connect

USER_ID_LENGTH: Final = 255


async def _account_import(arguments: argparse.Namespace) -> int:
    settings = load(ImportSettings)
    try:
        given = parse_tokens(sys.stdin.read(), app.now())
    except BadTokensError as exc:
        print(exc.detail.replace("\n", " "), file=sys.stderr)
        return 2
    is_refused = False
    try:
        given = replace(given, trakt_id=await app.trakt_id_of(settings, given.tokens))
    except TokenRefusedError:  # it may only have expired: the refresh token shows it
        is_refused = True
    async with app.opened(settings) as parts:
        await connect(parts.pool, Vault(settings.encryption_keys), arguments.user, given, app.now())
        parts.work_waker.wake()
        parts.outbox_waker.wake()
    name = f" ({given.trakt_user})" if given.trakt_user else ""
    whose = f"the Trakt account{name} of {arguments.user}"
    if is_refused:
        print(f"saved the tokens of {whose}, but Trakt refuses the access token; it is renewed at its first use")
    else:
        print(f"connected {whose}")
    return 0


async def _account_list(settings: DatabaseSettings) -> None:
    async with app.opened(settings) as parts:
        row = "{:<24} {:<24} {:<26} {:<26} {:>6} {:>8}".format
        print(row("user", "trakt user", "state", "token expires", "lists", "waiting"))
        for line in await account_lines(parts.pool):
            state = line.state
            if line.blocked_until is not None and line.blocked_until > app.now():
                state = f"{line.block_reason} until {line.blocked_until:%H:%M:%S}"
            expires = line.expires_at.isoformat(timespec="seconds")
            print(row(line.user_id, line.trakt_user or "-", state, expires, line.lists, line.waiting))


def _user_id(text: str) -> str:
    if not 0 < len(text) <= USER_ID_LENGTH or not text.isprintable():
        raise argparse.ArgumentTypeError(f"give 1 to {USER_ID_LENGTH} printable characters")
    return text


def _user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, type=_user_id, help="the user's id: the `sub` of his tokens")


COMMANDS = {
    "consume": process(app.consume, Settings, "record what the lists should be, from Kafka"),
    "work": process(app.work, Settings, "make Trakt equal to it"),
    "relay": process(partial(run_relay, app.SERVICE), ServiceSettings, "send the outbox to Kafka"),
    "account import": Command(
        _account_import, "connect a user's Trakt account: a token pair as JSON on standard input", _user
    ),
    "account list": process(_account_list, DatabaseSettings, "show the connected accounts, without secrets"),
    "migrate": process(partial(migrate_only, app.SERVICE), DatabaseSettings, "bring the database up to date, and end"),
}

if __name__ == "__main__":
    main("trakt_sync", "Mirrors WatchBuddy lists to Trakt.", COMMANDS)
