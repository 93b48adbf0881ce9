"""`python -m <service> user export`: everything that the service has of a user, on standard output."""

import argparse
import sys
from importlib import import_module

from chassis.bootstrap import bootstrap
from chassis.export import write_export
from chassis.settings import DatabaseSettings, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="ID", help="the sub of their tokens")


async def export_user(service: str, module: str, arguments: argparse.Namespace) -> None:
    """Print the export as JSON. Args: module: where the service's `TABLES` are."""
    async with bootstrap(service, load(DatabaseSettings), connections=1) as base:
        await write_export(base.pool, import_module(module).TABLES, arguments.user, sys.stdout.buffer.write)
