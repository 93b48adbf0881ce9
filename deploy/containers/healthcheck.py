"""The images' health check: `healthcheck.py READY_PATH [LIVE_PATH]`, exit status 0 when READY_PATH answers 200.

Docker does not restart what is unhealthy. So, when LIVE_PATH answers 503 (stuck: only a restart helps), the
container's main process is asked to end, and the restart policy starts it anew.

Plain sockets: http.client would triple the time of a check that runs every ten seconds in every container.
"""  # noqa: INP001 - copied into the images as it is

import os
import signal
import socket
import sys

TIMEOUT_S = 3
MAIN_PROCESS = int(os.environ.get("MAIN_PID", "1"))


def status(path: str) -> int:
    """Return the HTTP status that the path answers with.

    Raises:
        OSError: nobody answers in time.
    """
    with socket.create_connection(("127.0.0.1", int(os.environ["HTTP_PORT"])), TIMEOUT_S) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        status_line = connection.makefile("rb").readline().split()
        return int(status_line[1]) if len(status_line) > 1 else 0


def main(ready_path: str, live_path: str | None = None) -> int:
    try:
        if status(ready_path) == 200:  # noqa: PLR2004
            return 0
        if live_path and status(live_path) == 503:  # noqa: PLR2004
            os.kill(MAIN_PROCESS, signal.SIGTERM)
    except OSError:
        pass  # not there yet, or too slow: not healthy
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
