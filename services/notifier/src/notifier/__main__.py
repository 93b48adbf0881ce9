"""`python -m notifier`: see `--help`. Each command loads what it needs itself."""

import chassis.lean  # noqa: F401 - first, for it says what the others do without
from chassis.process import Command, kafka_process, later, main, process
from chassis.settings import DatabaseSettings
from notifier.settings import SERVICE, DeliverSettings, HttpSettings, KeySettings, Settings

COMMANDS = {
    "serve": process(later("notifier.app:serve"), HttpSettings, "serve the HTTP API and the live stream"),
    "consume": kafka_process(
        later("notifier.consumer:consume"), Settings, "turn the events of both topics into messages"
    ),
    "deliver": process(later("notifier.channels.process:deliver"), DeliverSettings, "send messages to users' channels"),
    "channels rotate": process(
        later("notifier.channels.process:rotate"), KeySettings, "encrypt channels with the first of the keys"
    ),
    "channels pass-over": process(
        later("notifier.channels.process:pass_over"),
        DatabaseSettings,
        "after a restore: have the messages that are there count as sent",
    ),
    "user export": Command(
        later("chassis.export_command:export_user", SERVICE, "notifier.personal"),
        "print everything that is known of a user here, as JSON",
        later("chassis.export_command:add_arguments"),
    ),
    "migrate": process(
        later("chassis.bootstrap:migrate_only", SERVICE), DatabaseSettings, "bring the database up to date, and end"
    ),
    "openapi": Command(
        later("chassis.http.openapi:openapi", "notifier.routes:http_api"),
        "print the OpenAPI document of the HTTP API",
        later("chassis.http.openapi:add_arguments"),
    ),
}

if __name__ == "__main__":
    main("notifier", "Turns events into messages for users.", COMMANDS)
