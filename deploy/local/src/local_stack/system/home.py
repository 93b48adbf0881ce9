"""Folders: where a stack keeps its data, its keys and its logs."""

import fcntl
import json
import os
import secrets
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from local_stack.errors import CannotStartError
from local_stack.processes.children import Account
from local_stack.system import stack_file
from local_stack.system.description import Keys
from local_stack.system.stack_file import write_private
from local_stack.system.temporary import new_temporary


class Home:
    """A data folder that no other stack uses while this object is open.

    Args:
        data: kept at the end; None: a new one below the temporary folder, gone at the end.
        folder: for the logs and stack.json.
    """

    def __init__(self, data: Path | None, folder: Path = stack_file.FILE.parent) -> None:
        self.is_kept = data is not None
        self.data = (data or new_temporary()).absolute()
        self.logs = folder.absolute() / "logs"
        self.stack_file = folder.absolute() / stack_file.FILE.name
        self._locks: list[int] = []

    def __enter__(self) -> Self:
        """Make and claim the folders. Raises: CannotStartError: one cannot be used, or another stack uses it."""
        try:
            self._claim()
        except OSError as error:
            self._give_up()
            raise CannotStartError(f"cannot use {error.filename or self.data}: {error.strerror}") from error
        except CannotStartError:
            self._give_up()
            raise
        return self

    def _claim(self) -> None:
        self.logs.parent.mkdir(parents=True, exist_ok=True)
        self._lock(self.logs.parent)
        if not self.is_kept or not self.data.exists():  # a folder that the user made keeps its permissions
            self.data.mkdir(parents=True, exist_ok=True)
            # As root, PostgreSQL's account must pass through to its own folder, which it alone can read.
            self.data.chmod(0o711 if Account.unprivileged() else 0o700)
        self._lock(self.data)
        self.stack_file.unlink(missing_ok=True)  # of a stack that was killed
        if self.logs.exists():  # the logs of the run before are kept: it may have failed
            older = self.logs.with_suffix(".old")
            shutil.rmtree(older, ignore_errors=True)
            self.logs.rename(older)
        self.logs.mkdir(parents=True)

    def __exit__(self, *_error: object) -> None:
        self._give_up()

    def _give_up(self) -> None:
        while self._locks:
            os.close(self._locks.pop())
        if not self.is_kept:
            shutil.rmtree(self.data, ignore_errors=True)

    def _lock(self, folder: Path) -> None:
        """Lock a folder. The kernel releases the lock when this process ends, however it ends."""
        self._locks.append(os.open(folder / stack_file.LOCK, os.O_WRONLY | os.O_CREAT, 0o600))
        try:
            fcntl.flock(self._locks[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStartError(f"a stack uses {folder} already; stop it first") from error

    def keys(self) -> Keys:
        """Return the keys kept here; new ones the first time.

        Raises:
            CannotStartError: their file is damaged.
        """
        path = self.data / "keys.json"
        if not path.exists():
            # A Fernet key is 32 random bytes, URL-safe base64: https://github.com/fernet/spec
            new = {
                "local_key": secrets.token_urlsafe(48),
                "encryption_keys": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            }
            write_private(path, json.dumps(new, indent=2) + "\n")
        try:
            return Keys(**json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise CannotStartError(
                f"{path} is damaged: restore it from a copy, for without its keys the Trakt accounts kept here "
                "cannot be read; or remove it, and connect them again"
            ) from error


def state_folder(environment: Mapping[str, str]) -> Path:
    """Return where `run` keeps its data."""
    if given := environment.get("XDG_STATE_HOME"):
        return Path(given) / "watchbuddy"
    if os.geteuid() == 0:
        # PostgreSQL does not run as root, and other accounts cannot look into root's home.
        return Path("/var/lib/watchbuddy")
    return Path.home() / ".local" / "state" / "watchbuddy"
