"""Temporary folders of stacks, named after the process that made them."""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

TEMPORARY_PREFIX = "watchbuddy-demo-"


def new_temporary() -> Path:
    """Return a new folder. mkdtemp chooses its name, so that nobody can have put something there before."""
    return Path(tempfile.mkdtemp(prefix=f"{TEMPORARY_PREFIX}{os.getpid()}-"))


def sweep_temporary() -> None:
    """Remove the folders of demos that were killed and could not do it themselves."""
    for pattern in (f"{TEMPORARY_PREFIX}*-*", "wb-pg-*-*"):
        for folder in Path(tempfile.gettempdir()).glob(pattern):
            found = re.search(r"-(\d+)-[^-]*$", folder.name)
            if found and not _is_alive(int(found[1])):
                shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        try:
            os.kill(pid, 0)
        except PermissionError:  # another user's
            return True
        return True
    return False
