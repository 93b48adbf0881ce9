"""`python -m local_stack catalogue`: import files into the catalogue of the running stack."""

from collections.abc import Sequence
from pathlib import Path

from local_stack.commands.subcommand import run_module
from local_stack.system import stack_file
from trakt_simulator.catalogue.shipped import SHIPPED_TITLES


def import_titles(files: Sequence[Path], stack: Path = stack_file.FILE) -> int:
    """Import the files, or the shipped titles where none is given; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    environment = {"DATABASE_URL": stack_file.read(stack)["postgres"]["lists_api"]}
    return run_module(environment, "lists_api", "catalogue", "import", *map(str, files or [SHIPPED_TITLES]))
