"""`python -m local_stack token`: a token for a user of the running stack."""

from pathlib import Path
from typing import Final

from local_stack.commands.subcommand import run_module
from local_stack.errors import NoStackError
from local_stack.system import stack_file

COMPOSE_SECRETS: Final = "secrets"
"""Where `make up` keeps them."""


def token(user: str, stack: Path | None) -> int:
    """Print a token that the stack accepts; return the exit status.

    Args:
        user: the token's `sub`.
        stack: its stack.json; None: the stack of this folder. Where none runs, the key is the one of the environment,
            of .env, or of Compose's secrets.

    Raises:
        NoStackError: no stack is ready at `stack`.
    """
    return run_module(key_of(stack), "chassis.token", "--user", user)


def key_of(stack: Path | None) -> dict[str, str]:
    """Return the environment in which `chassis.token` signs for a stack. Args and Raises: as for `token`."""
    try:
        auth = stack_file.read(stack or stack_file.FILE)["auth"]
        return {
            "AUTH_LOCAL_KEY": auth["local_key"],
            "AUTH_ISSUER": auth["issuer"],
            "AUTH_AUDIENCE": auth["audience"],
        }
    except NoStackError:
        if stack is not None:
            raise
        return {"SECRETS_DIR": COMPOSE_SECRETS} if Path(COMPOSE_SECRETS).is_dir() else {}
