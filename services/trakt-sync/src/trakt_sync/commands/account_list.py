"""`python -m trakt_sync account list`: show the connected accounts, without secrets."""

from chassis.clock import utc_now
from chassis.settings import DatabaseSettings
from trakt_sync.opened import opened
from trakt_sync.store.connections import account_lines


async def account_list(settings: DatabaseSettings) -> None:
    """Print a line for each account."""
    async with opened(settings) as runtime:
        row = "{:<24} {:<24} {:<26} {:<26} {:>6} {:>8}".format
        print(row("user", "trakt user", "state", "token expires", "lists", "waiting"))
        for line in await account_lines(runtime.pool):
            state = line.state
            if line.blocked_until is not None and line.blocked_until > utc_now():
                state = f"{line.block_reason} until {line.blocked_until:%H:%M:%S}"
            expires = line.expires_at.isoformat(timespec="seconds")
            print(row(line.user_id, line.trakt_user or "-", state, expires, line.lists, line.waiting))
