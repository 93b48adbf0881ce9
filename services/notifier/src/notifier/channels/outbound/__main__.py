"""`python -m notifier.channels.outbound NETWORKS`: jobs come as lines on standard input, answers go to standard output.

Each job is done by a fork of this process, which has loaded what it needs. This process ends when its input does.
"""

import json
import mimetypes
import os
import resource
import selectors
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from notifier.channels.networks import Networks
from notifier.channels.outbound.answers import Answer
from notifier.channels.outbound.guard import Guard

LIMIT_S: Final = 20
"""How long sending may take, all together: a receiver that answers a byte now and then never ends by itself."""
MEMORY: Final = 192 * 2**20
"""Bytes of data: the libraries have 40 MB, and an answer without end must not take the machine's."""
CHUNK: Final = 65536


def main(networks: Networks) -> None:
    """Do jobs until the input ends, then those that are under way."""
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    mimetypes.init()  # it reads files of the system
    running: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        is_open, rest = True, b""
        while is_open or running:
            for key, _ in selector.select():
                if key.fd == woken:
                    os.read(woken, CHUNK)
                elif chunk := os.read(0, CHUNK):
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        job = json.loads(line)
                        running[_start(job, networks)] = job["job"]
                else:
                    is_open = False
                    selector.unregister(0)
            _reap(running)


def _start(job: dict[str, Any], networks: Networks) -> int:
    """Do the job in a process of its own; return its id."""
    send = _loaded(job)
    if pid := os.fork():
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.alarm(LIMIT_S)  # unhandled, it ends the process
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        guard = Guard(networks)
        guard.close()
        answer = send()
        if answer.failure is not None and guard.has_refused:
            answer = Answer("address_refused")
        os.write(1, answer.line(job["job"]))
        status = 0
    finally:
        os._exit(status)


def _loaded(job: dict[str, Any]) -> Callable[[], Answer]:
    """Load what the job needs, once for all that follow: Apprise takes half a second and 30 MB."""
    if job["kind"] == "webhook":
        from notifier.channels.outbound import webhook  # noqa: PLC0415

        return partial(webhook.post, job["url"], job["headers"], job["body"])
    from notifier.channels.outbound import apprise_address  # noqa: PLC0415

    return partial(apprise_address.send, job["url"], title=job["title"], body=job["body"], severity=job["severity"])


def _reap(running: dict[int, int]) -> None:
    """Answer for those that ended without an answer of their own."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        job = running.pop(pid)
        if status != 0:
            is_late = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
            os.write(1, Answer("timeout" if is_late else "broken").line(job))


if __name__ == "__main__":
    main(Networks.of_setting(sys.argv[1]))
