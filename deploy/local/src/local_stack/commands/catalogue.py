"""`python -m local_stack catalogue`: import files into the catalogue of the running stack."""

from collections.abc import Sequence
from pathlib import Path

from local_stack.commands.execute import execute
from local_stack.system import stack_file
from trakt_simulator.catalogue.shipped import SHIPPED_TITLES


def import_titles(files: Sequence[Path], stack: Path = stack_file.FILE) -> int:
    """Import the files, or the shipped titles where none is given; return the exit status.

    Raises:
        NoStackError: no stack is ready there.
    """
    return execute("lists_api", ["catalogue", "import", *map(str, files or [SHIPPED_TITLES])], stack)
