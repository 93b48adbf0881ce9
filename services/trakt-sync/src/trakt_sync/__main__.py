"""`python -m trakt_sync`: see `--help`. Each command loads what it needs itself."""

import chassis.lean  # noqa: F401 - first, for it says what the others do without
from chassis.outbox.command_table import outbox_commands
from chassis.process import Command, kafka_process, later, main, process
from chassis.settings import DatabaseSettings, ServiceSettings
from trakt_sync.settings import SERVICE, HttpSettings, Settings

_COMMANDS = "trakt_sync.commands"

COMMANDS = {
    "serve": process(
        later(f"{_COMMANDS}.serve:serve"), HttpSettings, "serve the HTTP API: logins, accounts, lists on Trakt"
    ),
    "consume": kafka_process(
        later(f"{_COMMANDS}.consume:consume"), Settings, "record what the lists should be, from Kafka"
    ),
    "work": process(later(f"{_COMMANDS}.work:work"), Settings, "make Trakt equal to it"),
    "relay": kafka_process(
        later("chassis.outbox.relay:run_relay", SERVICE), ServiceSettings, "send the outbox to Kafka"
    ),
    "backfill": Command(
        later(f"{_COMMANDS}.backfill:backfill"),
        "mirror the lists that have no Trakt list",
        later(f"{_COMMANDS}.backfill:add_arguments"),
    ),
    "verify": Command(
        later(f"{_COMMANDS}.verify:verify"),
        "compare the lists with Trakt, title by title; nothing is changed",
        later(f"{_COMMANDS}.verify:add_arguments"),
    ),
    "audit": Command(
        later(f"{_COMMANDS}.audit:audit"),
        "have accounts looked through for changes by others, now",
        later(f"{_COMMANDS}.audit:add_arguments"),
    ),
    "orphans": Command(
        later(f"{_COMMANDS}.orphans:orphans"),
        "show Trakt lists of our making that no list has, and delete them on demand",
        later(f"{_COMMANDS}.orphans:add_arguments"),
    ),
    "recover": Command(
        later(f"{_COMMANDS}.recover:recover"),
        "after a restore: look at Trakt before what the database says is believed",
        later(f"{_COMMANDS}.recover:add_arguments"),
    ),
    "account import": Command(
        later(f"{_COMMANDS}.account_import:account_import"),
        "connect a user's Trakt account: a token pair as JSON on standard input",
        later(f"{_COMMANDS}.account_import:add_arguments"),
    ),
    "account list": process(
        later(f"{_COMMANDS}.account_list:account_list"),
        DatabaseSettings,
        "show the connected accounts, without secrets",
    ),
    "account show": Command(
        later(f"{_COMMANDS}.account_show:account_show"),
        "show a user's account, its limits and its lists by state, without secrets",
        later(f"{_COMMANDS}.account_show:add_arguments"),
    ),
    "account rotate": Command(
        later(f"{_COMMANDS}.account_rotate:account_rotate"),
        "encrypt all token pairs with the first of TOKEN_ENCRYPTION_KEYS",
        later(f"{_COMMANDS}.account_rotate:add_arguments"),
    ),
    **outbox_commands(SERVICE),
    "openapi": Command(
        later("chassis.http.openapi:openapi", "trakt_sync.http.api:http_api"),
        "print the OpenAPI document of the HTTP API",
        later("chassis.http.openapi:add_arguments"),
    ),
    "user export": Command(
        later("chassis.export_command:export_user", SERVICE, "trakt_sync.store.personal"),
        "print everything that is known of a user here, as JSON",
        later("chassis.export_command:add_arguments"),
    ),
    "migrate": process(
        later("chassis.bootstrap:migrate_only", SERVICE), DatabaseSettings, "bring the database up to date, and end"
    ),
}

if __name__ == "__main__":
    main("trakt_sync", "Mirrors WatchBuddy lists to Trakt.", COMMANDS)
