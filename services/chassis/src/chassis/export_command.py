"""`python -m <service> user export`: everything that the service has of a user, on standard output."""

import argparse
import shutil
import sys
from importlib import import_module

from chassis.bootstrap import bootstrap
from chassis.export import scratch_file, write_export
from chassis.settings import DatabaseSettings, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="ID", help="the sub of their tokens")


async def export_user(service: str, module: str, arguments: argparse.Namespace) -> int:
    """Print the export as JSON; return 1, and print nothing of it, when the service has nothing of the user.

    Args:
        module: where the service's `TABLES` are.
    """
    with scratch_file() as file:
        async with bootstrap(service, load(DatabaseSettings), connections=1) as base:
            rows = await write_export(base.pool, import_module(module).TABLES, arguments.user, file.write)
        if not rows:
            sys.stderr.write(f"{service} has nothing of the user {arguments.user!r}\n")
            return 1
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout.buffer)
    return 0
