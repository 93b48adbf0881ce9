"""`python -m notifier`: see `--help`."""

from functools import partial

from chassis.bootstrap import migrate_only
from chassis.health import Health
from chassis.http.openapi import openapi_command
from chassis.process import main, process
from chassis.settings import DatabaseSettings
from notifier import app
from notifier.routes import http_api
from notifier.settings import HttpSettings, Settings

COMMANDS = {
    "serve": process(app.serve, HttpSettings, "serve the HTTP API and the live stream"),
    "consume": process(app.consume, Settings, "turn the events of both topics into messages"),
    "migrate": process(partial(migrate_only, app.SERVICE), DatabaseSettings, "bring the database up to date, and end"),
    "openapi": openapi_command(partial(http_api, Health())),
}

if __name__ == "__main__":
    main("notifier", "Turns events into messages for users.", COMMANDS)
