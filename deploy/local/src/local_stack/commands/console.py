"""`python -m local_stack console`: a one-time link to the console of the running stack."""

import os
import subprocess
import sys
from pathlib import Path

from chassis.env_file import EnvFileError, read_env_file
from local_stack.commands.token import key_of
from local_stack.errors import CannotStartError, NoStackError
from local_stack.system import stack_file
from local_stack.system.console import new_link


def console(user: str, stack: Path | None) -> int:
    """Print a link that logs one browser in; return the exit status.

    Args:
        user: who the browser is logged in as.
        stack: its stack.json; None: the stack of this folder, and where none runs, the one of Docker Compose.

    Raises:
        NoStackError: no stack is ready at `stack`.
        CannotStartError: lists-api does not answer, or makes no link.
    """
    signed = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "chassis.token", "--user", user],
        env={**os.environ, **key_of(stack)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if signed.returncode:
        return signed.returncode
    print(new_link(_lists_api(stack), signed.stdout.strip()))
    return 0


def _lists_api(stack: Path | None) -> str:
    try:
        return str(stack_file.read(stack or stack_file.FILE)["lists_api"]["url"])
    except NoStackError:
        port = os.environ.get("LISTS_API_PORT") or _of_env_file().get("LISTS_API_PORT") or "8001"
        return f"http://localhost:{port}"


def _of_env_file() -> dict[str, str]:
    try:
        return dict(read_env_file())
    except EnvFileError as error:
        raise CannotStartError(str(error)) from error
