"""Ports of the loopback address."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

LOOPBACK = "127.0.0.1"
_CLAIMS: Final[dict[int, int]] = {}
"""Descriptors of locked files for the wanted ports that this process has got. The locks end with the process."""


def free_port() -> int:
    """Return a free port; the kernel gives it to no other program while this process lives."""
    return choose_ports({"any": 0})["any"]


def choose_ports(wanted: Mapping[str, int]) -> dict[str, int]:
    """Return a port for every name: the wanted one where it is free, else (and for 0) another, each only once.

    Each is kept for the life of this process. It is listened on seconds later and again after each restart, and a
    program that asks for any port meanwhile would get it, answer our health checks, and be taken for ours. A wanted
    port is claimed beside that: another stack asks for the same.
    """
    chosen = {}
    with ExitStack() as held:  # all are held until all are chosen, so that no two are the same
        for name, port in wanted.items():
            listener = held.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                _claim(port)
                listener.bind((LOOPBACK, port))
                listener.listen()  # with SO_REUSEADDR a bind alone may succeed beside another's
            except OSError:
                listener.close()
                listener = held.enter_context(socket.socket())
                listener.bind((LOOPBACK, 0))
            chosen[name] = listener.getsockname()[1]
    for port in chosen.values():
        _keep(port)
    return chosen


def _keep(port: int) -> None:
    """Bind the port and do not listen: a program that asks for any port does not get it.

    A program that asks for this one does, if it sets SO_REUSEADDR as servers do.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind((LOOPBACK, port))
    kept.detach()  # open until this process ends


def _claim(port: int) -> None:
    """Claim a port; 0 is any, and needs no claim.

    Raises:
        OSError: another process has claimed it, or the file of its claim is another account's.
    """
    if port == 0 or port in _CLAIMS:
        return
    file = Path(tempfile.gettempdir()) / f"watchbuddy-port-{port}.lock"
    claim = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.lockf(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(claim)
        raise
    _CLAIMS[port] = claim
