"""`python -m local_stack exec`: an operator's command, with the settings of the running stack."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local_stack.commands.subcommand import run_module
from local_stack.system import stack_file

PACKAGES = ("lists_api", "trakt_sync", "notifier", "chassis")


def execute(module: str, arguments: Sequence[str], stack: Path = stack_file.FILE) -> int:
    """Run `python -m module` as if it were a process of the stack; return its exit status.

    Args:
        module: of one of `PACKAGES`; a service's has its database.

    Raises:
        NoStackError: no stack is ready there.
    """
    return run_module(environment_of(stack_file.read(stack), module), module, *arguments)


def environment_of(running: Mapping[str, Any], module: str) -> dict[str, str]:
    """Return the settings that a command needs. Args: running: as `stack_file.read` gives it."""
    trakt, keys, auth = running["trakt"], running["encryption_keys"], running["auth"]
    own = {"DATABASE_URL": running["postgres"][module]} if module in running["postgres"] else {}
    if trakt["admin_url"] is not None:
        own["TRAKT_SITE_URL"] = trakt["admin_url"]
    return {
        **own,
        "KAFKA_BOOTSTRAP_SERVERS": running["kafka"]["bootstrap_servers"],
        "TRAKT_API_URL": trakt["api_url"],
        "TRAKT_AUTH_URL": trakt["auth_url"],
        "TRAKT_CLIENT_ID": trakt["client_id"],
        "TRAKT_CLIENT_SECRET": trakt["client_secret"],
        "TOKEN_ENCRYPTION_KEYS": keys,
        "CHANNEL_ENCRYPTION_KEYS": keys,
        "AUTH_LOCAL_KEY": auth["local_key"],
        "AUTH_ISSUER": auth["issuer"],
        "AUTH_AUDIENCE": auth["audience"],
    }
