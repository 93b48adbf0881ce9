"""What a process that sends may not do, whichever library wants to.

Python tells an audit hook of each connection with the address that a name was resolved to. So a name that leads
elsewhere a moment later leads nowhere. A hook cannot be taken out again.
"""

import os
import sys
from typing import Final

from notifier.channels.networks import Networks

PROGRAMS: Final = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty")
CONNECTIONLESS: Final = ("socket.sendto", "socket.sendmsg", "socket.bind")
LIBRARIES: Final = tuple(os.path.realpath(path) + os.sep for path in {sys.prefix, sys.base_prefix})
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Guard:
    """Refuses connections to other networks, files that are none of Python's and its packages', and other programs."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self.has_refused = False
        """Whether a connection was refused."""

    def close(self) -> None:
        """Refuse from now on, in this process."""
        sys.addaudithook(self._look)

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.connect":
            address = arguments[1]
            if not (isinstance(address, tuple) and self._networks.admit(address[0])):
                self.has_refused = True
                raise PermissionError("this address may not be connected to")
        elif event in CONNECTIONLESS or event in PROGRAMS:
            raise PermissionError(f"{event} is not for a process that sends")
        elif event == "open":
            _look_at_file(arguments[0], arguments[2])


def _look_at_file(path: object, flags: object) -> None:
    if isinstance(path, int):
        return  # it is open
    name = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes) else ""
    if not name.startswith(LIBRARIES) or (isinstance(flags, int) and flags & WRITING):
        raise PermissionError("this file is not for a process that sends")
