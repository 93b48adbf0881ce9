"""`python -m lists_api`: see `--help`."""

from functools import partial

from chassis.bootstrap import migrate_only
from chassis.health import Health
from chassis.http.openapi import openapi_command
from chassis.outbox.relay import run_relay
from chassis.process import Command, main, process
from chassis.settings import DatabaseSettings
from lists_api import app
from lists_api.commands import catalogue_export, catalogue_import, catalogue_show, list_import
from lists_api.commands.catalogue_stats import catalogue_stats
from lists_api.http.api import http_api
from lists_api.settings import HttpSettings, RunSettings, Settings

COMMANDS = {
    "serve": process(app.serve, HttpSettings, "serve the HTTP API"),
    "relay": process(partial(run_relay, app.SERVICE), Settings, "send the outbox to Kafka"),
    "consume": process(app.consume, Settings, "store what trakt-sync reports of lists"),
    "run": process(app.run, RunSettings, "schedule and carry out the runs that fill lists"),
    "republish": process(
        app.republish, Settings, "send again the newest state of every list that trakt-sync has not confirmed"
    ),
    "import": Command(
        list_import.list_import, "make lists of a file that another tool exported", list_import.add_arguments
    ),
    "catalogue import": Command(
        catalogue_import.catalogue_import, "fill the catalogue of titles from files", catalogue_import.add_arguments
    ),
    "catalogue stats": process(catalogue_stats, DatabaseSettings, "show how much the catalogue knows"),
    "catalogue show": Command(
        catalogue_show.catalogue_show, "show what the catalogue knows of a title", catalogue_show.add_arguments
    ),
    "catalogue export": Command(
        catalogue_export.catalogue_export, "write the catalogue to a file", catalogue_export.add_arguments
    ),
    "migrate": process(partial(migrate_only, app.SERVICE), DatabaseSettings, "bring the database up to date, and end"),
    "openapi": openapi_command(partial(http_api, Health())),
}

if __name__ == "__main__":
    main("lists_api", "WatchBuddy's lists over HTTP, and their events.", COMMANDS)
