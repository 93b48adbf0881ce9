"""`python -m local_stack account`: the Trakt accounts of the running stack."""

import sys
from pathlib import Path

from local_stack.commands.execute import environment_of, execute
from local_stack.commands.subcommand import run_module
from local_stack.system import stack_file


def connect(user: str, stack: Path = stack_file.FILE) -> int:
    """Connect the Trakt account whose token pair is on standard input; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    running = stack_file.read(stack)  # before anything is asked for
    if sys.stdin.isatty():
        sys.stderr.write("Paste the token pair as JSON, then press Ctrl-D:\n")
    environment = environment_of(running, "trakt_sync")
    return run_module(environment, "trakt_sync", "account", "import", "--user", user)


def show(stack: Path = stack_file.FILE) -> int:
    """Show the connected Trakt accounts, without secrets; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    return execute("trakt_sync", ["account", "list"], stack)
