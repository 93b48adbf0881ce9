"""`python -m local_stack account`: the Trakt accounts of the running stack."""

import sys
from collections.abc import Mapping
from pathlib import Path

from local_stack.commands.subcommand import run_module
from local_stack.system import stack_file


def connect(user: str, stack: Path = stack_file.FILE) -> int:
    """Connect the Trakt account whose token pair is on standard input; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    environment = _trakt_sync(stack)
    if sys.stdin.isatty():
        sys.stderr.write("Paste the token pair as JSON, then press Ctrl-D:\n")
    return run_module(environment, "trakt_sync", "account", "import", "--user", user)


def show(stack: Path = stack_file.FILE) -> int:
    """Show the connected Trakt accounts, without secrets; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    return run_module(_trakt_sync(stack), "trakt_sync", "account", "list")


def _trakt_sync(stack: Path) -> Mapping[str, str]:
    """Return the environment of the stack's trakt-sync."""
    running = stack_file.read(stack)
    trakt = running["trakt"]
    return {
        "DATABASE_URL": running["postgres"]["trakt_sync"],
        "KAFKA_BOOTSTRAP_SERVERS": running["kafka"]["bootstrap_servers"],
        "TRAKT_API_URL": trakt["api_url"],
        "TRAKT_AUTH_URL": trakt["auth_url"],
        "TRAKT_CLIENT_ID": trakt["client_id"],
        "TRAKT_CLIENT_SECRET": trakt["client_secret"],
        "TOKEN_ENCRYPTION_KEYS": running["encryption_keys"],
    }
