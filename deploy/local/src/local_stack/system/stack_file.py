"""`.local/stack.json`: the addresses and secrets of the running system, for commands, tests and benchmarks."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from local_stack.errors import NoStackError
from local_stack.system.description import AUDIENCE, ISSUER, System

FILE = Path(".local") / "stack.json"
LOCK = "lock"
"""A file beside it that the stack holds locked while it runs."""


class _Process(Protocol):
    name: str
    log: Path | None

    @property
    def health_url(self) -> str | None: ...

    @property
    def pid(self) -> int | None: ...


def write(system: System, processes: Iterable[_Process], path: Path = FILE) -> None:
    """Write stack.json, readable to its owner alone. Its shape is described in docs/operations.md."""
    content = {
        "kind": system.kind,
        "pid": os.getpid(),
        "lists_api": {"url": system.lists_api_url},
        "notifier": {"url": system.notifier_url},
        "trakt_sync": {"url": system.trakt_sync_url},
        "trakt": {
            "api_url": system.trakt.api_url,
            "auth_url": system.trakt.auth_url,
            "admin_url": system.trakt.admin_url,
            "client_id": system.trakt.client_id,
            "client_secret": system.trakt.client_secret,
        },
        "kafka": {"bootstrap_servers": system.bootstrap_servers, "kind": system.kafka_kind},
        "postgres": dict(system.postgres),
        "auth": {"local_key": system.keys.local_key, "issuer": ISSUER, "audience": AUDIENCE},
        "demo": {"user": system.user, "token": system.token},
        "encryption_keys": system.keys.encryption_keys,
        "processes": [
            {
                "name": process.name,
                "pid": process.pid,
                "log": str(process.log) if process.log else None,
                "health_url": process.health_url,
            }
            for process in processes
        ],
    }
    write_private(path, json.dumps(content, indent=2) + "\n")


def read(path: Path = FILE) -> dict[str, Any]:
    """Return stack.json as `write` wrote it.

    Raises:
        NoStackError: no stack is ready there. The file of a stack that was killed does not count.
    """
    if not path.exists() or not _is_locked(path.with_name(LOCK)):
        raise NoStackError(f"no stack runs here ({path}): make demo, make run")
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def _is_locked(path: Path) -> bool:
    """Return whether a process holds the lock. The kernel releases it when the process ends."""
    with contextlib.suppress(FileNotFoundError), path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)
