"""A stack from its start to its end, whatever happens meanwhile."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

from local_stack.commands.signals import INTERRUPTED, end_on_signals
from local_stack.demo.errors import StepFailedError
from local_stack.demo.play import play
from local_stack.errors import PartFailedError
from local_stack.screen.guide import guide
from local_stack.screen.progress import AnyDisplay
from local_stack.system import stack_file
from local_stack.system.console import new_link
from local_stack.system.description import System
from local_stack.system.stack import Stack


async def run_to_its_end(stack: Stack, display: AnyDisplay, *, plays: bool, ends: bool) -> int:
    """Start the stack, play if asked, wait unless it ends by itself, and stop it. Return the exit status.

    Nothing is left running, however it ends.
    """
    end_on_signals()
    status = INTERRUPTED
    try:
        with display:
            running = await stack.start()
        if plays:
            if not ends:
                display.say(f"The console, for your browser: {await _link_to(running)}\n")
            await _beside_watch(stack, play(running, display.say))
            if ends:
                display.say("That was the play. In a terminal, without --once or ONCE=1, the system stays up.")
        status = 0
        if not ends:
            display.say(f"\n{guide(running, stack.file, await _link_to(running))}")
            await stack.supervisor.watch()
    except PartFailedError as failure:
        status = report_failure(failure)
    except StepFailedError as failure:
        print(f"✗ {failure}\nlogs: {stack_file.FILE.parent / 'logs'}", file=sys.stderr, flush=True)
        status = 1
    except asyncio.CancelledError:  # a signal: the usual end
        display.say("stopping")
    finally:
        await stack.stop()
    return status


async def _link_to(running: System) -> str:
    return await asyncio.to_thread(new_link, running.lists_api_url, running.token)


def report_failure(failure: PartFailedError) -> int:
    """Print what failed and the end of its log to standard error; return the exit status."""
    text = f"\n✗ {failure}"
    if tail := failure.tail():
        text += f"\n{tail}\n({failure.log})"
    print(text, file=sys.stderr, flush=True)
    return 1


async def _beside_watch(stack: Stack, acting: Coroutine[Any, Any, None]) -> None:
    """Do something while the supervisor watches the parts; the end of a part ends it."""
    tasks = {asyncio.create_task(acting), asyncio.create_task(stack.supervisor.watch())}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
