"""`python -m lists_api`: see `--help`. Each command loads what it needs itself."""

import chassis.lean  # noqa: F401 - first, for it says what the others do without
from chassis.outbox.command_table import outbox_commands
from chassis.process import Command, kafka_process, later, main, process
from chassis.settings import DatabaseSettings
from lists_api.settings import SERVICE, HttpSettings, RunSettings, Settings

_COMMANDS = "lists_api.commands"

COMMANDS = {
    "serve": process(later(f"{_COMMANDS}.serve:serve"), HttpSettings, "serve the HTTP API"),
    "relay": kafka_process(later("chassis.outbox.relay:run_relay", SERVICE), Settings, "send the outbox to Kafka"),
    "consume": kafka_process(later(f"{_COMMANDS}.consume:consume"), Settings, "store what trakt-sync reports of lists"),
    "run": process(later(f"{_COMMANDS}.run:run"), RunSettings, "schedule and carry out the runs that fill lists"),
    "republish": Command(
        later(f"{_COMMANDS}.republish:republish"),
        "send again the newest state of every list that trakt-sync has not confirmed, or of all",
        later(f"{_COMMANDS}.republish:add_arguments"),
    ),
    "recover": kafka_process(
        later(f"{_COMMANDS}.recover:recover"),
        Settings,
        "after a restore: bring the lists up to what the topic knows of them",
    ),
    **outbox_commands(SERVICE),
    "import": Command(
        later(f"{_COMMANDS}.list_import:list_import"),
        "make lists of a file that another tool exported",
        later(f"{_COMMANDS}.list_import:add_arguments"),
    ),
    "catalogue import": Command(
        later(f"{_COMMANDS}.catalogue_import:catalogue_import"),
        "fill the catalogue of titles from files",
        later(f"{_COMMANDS}.catalogue_import:add_arguments"),
    ),
    "catalogue stats": process(
        later(f"{_COMMANDS}.catalogue_stats:catalogue_stats"), DatabaseSettings, "show how much the catalogue knows"
    ),
    "catalogue show": Command(
        later(f"{_COMMANDS}.catalogue_show:catalogue_show"),
        "show what the catalogue knows of a title",
        later(f"{_COMMANDS}.catalogue_show:add_arguments"),
    ),
    "catalogue export": Command(
        later(f"{_COMMANDS}.catalogue_export:catalogue_export"),
        "write the catalogue to a file",
        later(f"{_COMMANDS}.catalogue_export:add_arguments"),
    ),
    "user export": Command(
        later("chassis.export_command:export_user", SERVICE, "lists_api.store.personal"),
        "print everything that is known of a user here, as JSON",
        later("chassis.export_command:add_arguments"),
    ),
    "user erase": Command(
        later(f"{_COMMANDS}.user_erase:user_erase"),
        "delete everything of a user, here and in the other services",
        later(f"{_COMMANDS}.user_erase:add_arguments"),
    ),
    "migrate": process(
        later("chassis.bootstrap:migrate_only", SERVICE), DatabaseSettings, "bring the database up to date, and end"
    ),
    "openapi": Command(
        later("chassis.http.openapi:openapi", "lists_api.http.api:http_api"),
        "print the OpenAPI document of the HTTP API",
        later("chassis.http.openapi:add_arguments"),
    ),
}

if __name__ == "__main__":
    main("lists_api", "WatchBuddy's lists over HTTP, and their events.", COMMANDS)
