"""Ctrl-C and its like: the first one ends in order, the second one at once."""

import asyncio
import os
import signal

INTERRUPTED = 130
"""The exit status with which a shell reports Ctrl-C."""
SAME_SIGNAL_S = 1.0  # make repeats to its child what the process group got: that is not a second wish


def end_on_signals() -> None:
    """Cancel this task at the first signal. At the second one exit at once; the kernel then ends the children."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    first_at: float | None = None

    def on_signal() -> None:
        nonlocal first_at
        if first_at is None:
            first_at = loop.time()
            if task is not None:
                task.cancel()
        elif loop.time() - first_at > SAME_SIGNAL_S:
            os._exit(INTERRUPTED)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal)
