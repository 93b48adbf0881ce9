"""What is asked of the stack that runs here: tokens of its users, their Trakt accounts."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local_stack import system
from local_stack.errors import NoStackError


def token(user: str, stack: Path | None) -> int:
    """Print a token that the stack accepts; return the exit status.

    Args:
        user: the token's `sub`.
        stack: its stack.json; None: the stack of this folder, and where none runs the key of the environment or of .env.

    Raises:
        NoStackError: there is none at `stack`.
    """
    environment = {}
    try:
        auth = system.read(stack or system.FILE)["auth"]
        environment = {
            "AUTH_LOCAL_KEY": auth["local_key"],
            "AUTH_ISSUER": auth["issuer"],
            "AUTH_AUDIENCE": auth["audience"],
        }
    except NoStackError:
        if stack is not None:
            raise
    return _run(environment, "chassis.token", "--user", user)


def connect(user: str, stack: Path = system.FILE) -> int:
    """Connect a Trakt account, whose token pair is on standard input; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    environment = _trakt_sync(stack)
    if sys.stdin.isatty():
        sys.stderr.write("the token pair as JSON, then Ctrl-D:\n")
    return _run(environment, "trakt_sync", "account", "import", "--user", user)


def list_accounts(stack: Path = system.FILE) -> int:
    """Show the Trakt accounts that are connected, without secrets; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    return _run(_trakt_sync(stack), "trakt_sync", "account", "list")


def _trakt_sync(stack: Path) -> Mapping[str, str]:
    running = system.read(stack)
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


def _run(environment: Mapping[str, str], module: str, *arguments: str) -> int:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode  # noqa: S603 - our own
