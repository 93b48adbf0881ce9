"""Ports of the loopback address."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port that was free a moment ago."""
    return choose_ports({"any": 0})["any"]


def choose_ports(wanted: Mapping[str, int]) -> dict[str, int]:
    """Return a port for every name: the wanted one where it is free, else (and for 0) another, each only once."""
    chosen = {}
    with ExitStack() as held:  # all are held until all are chosen, so that no two are the same
        for name, port in wanted.items():
            listener = held.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((LOOPBACK, port))
                listener.listen()  # with SO_REUSEADDR a bind alone may succeed beside another's
            except OSError:
                listener.close()
                listener = held.enter_context(socket.socket())
                listener.bind((LOOPBACK, 0))
            chosen[name] = listener.getsockname()[1]
    return chosen
