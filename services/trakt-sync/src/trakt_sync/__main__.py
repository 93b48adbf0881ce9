"""`python -m trakt_sync`: see `--help`."""

from functools import partial

from chassis.bootstrap import migrate_only
from chassis.outbox.relay import run_relay
from chassis.process import Command, main, process
from chassis.settings import DatabaseSettings, ServiceSettings
from trakt_sync.app import SERVICE
from trakt_sync.commands import account_import
from trakt_sync.commands.account_list import account_list
from trakt_sync.commands.consume import consume
from trakt_sync.commands.work import work
from trakt_sync.settings import Settings

COMMANDS = {
    "consume": process(consume, Settings, "record what the lists should be, from Kafka"),
    "work": process(work, Settings, "make Trakt equal to it"),
    "relay": process(partial(run_relay, SERVICE), ServiceSettings, "send the outbox to Kafka"),
    "account import": Command(
        account_import.account_import,
        "connect a user's Trakt account: a token pair as JSON on standard input",
        account_import.add_arguments,
    ),
    "account list": process(account_list, DatabaseSettings, "show the connected accounts, without secrets"),
    "migrate": process(partial(migrate_only, SERVICE), DatabaseSettings, "bring the database up to date, and end"),
}

if __name__ == "__main__":
    main("trakt_sync", "Mirrors WatchBuddy lists to Trakt.", COMMANDS)
