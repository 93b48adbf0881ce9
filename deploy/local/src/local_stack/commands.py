"""What `demo`, `run` and `kafka` do from their start to their end."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import sys
import tempfile
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from local_stack import children, system, trakt_choice
from local_stack.apache_kafka import ApacheKafka, KafkaDistribution
from local_stack.embedded_kafka import EmbeddedKafka
from local_stack.embedded_postgres import PostgresServer
from local_stack.errors import CannotStartError, MissingProgramError, PartError, PartFailedError
from local_stack.guide import guide
from local_stack.home import Home, state_folder, sweep_temporary
from local_stack.play import StepFailedError, play
from local_stack.ports import LOOPBACK, choose_ports
from local_stack.postgres_binaries import PostgresBinaries
from local_stack.processes import is_ready
from local_stack.progress import AnyDisplay, display_for_screen
from local_stack.stack import Kafka, Parts, Stack
from local_stack.system import KafkaKind, Trakt

INTERRUPTED = 130  # as a shell says it of Ctrl-C
SAME_SIGNAL_S = 1.0  # make passes on what its process group got: the same wish a second time
LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line and the environment ask for.

    Args:
        kafka: None: the command's own choice.
        state: where `run` keeps its data; None: the user's state folder.
        plays: whether the demo plays the main job.
        ends: whether the demo ends after its play.
    """

    environment: Mapping[str, str]
    kafka: KafkaKind | None = None
    state: Path | None = None
    plays: bool = True
    ends: bool = False


async def demo(options: Options) -> int:
    """Run the system on temporary data and play the main job; return the exit status."""
    sweep_temporary()
    display = display_for_screen()
    trakt = await _given_trakt(options, real_allowed=False)
    if options.plays and trakt and trakt.admin_url is None:
        raise CannotStartError(
            f"the play needs a simulator, and {trakt.api_url} (TRAKT_API_URL) is none; use --no-play"
        )
    with Home(None) as home:
        stack = _stack("demo", options, home, display, options.kafka or "embedded", trakt)
        return await _to_its_end(stack, display, plays=options.plays, ends=options.ends)


async def run(options: Options) -> int:
    """Run the system on kept data until it is stopped; return the exit status."""
    sweep_temporary()
    display = display_for_screen()
    trakt = await _given_trakt(options, real_allowed=True)
    with Home(options.state or state_folder(options.environment)) as home:
        stack = _stack("run", options, home, display, options.kafka or await _best_kafka(display), trakt)
        display.say(f"data: {home.data}")
        return await _to_its_end(stack, display, plays=False, ends=False)


async def kafka(port: int, data: Path | None) -> int:
    """Run Apache Kafka alone until it is stopped; return the exit status."""
    distribution = KafkaDistribution.find()
    if choose_ports({"kafka": port})["kafka"] != port:
        raise CannotStartError(f"port {port} of {LOOPBACK} is taken; choose another with --port")
    with contextlib.ExitStack() as stack:
        temporary = "" if data else stack.enter_context(tempfile.TemporaryDirectory(prefix="watchbuddy-kafka-"))
        folder = data or Path(temporary)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStartError(f"cannot use {folder}: {error.strerror}") from error
        broker = ApacheKafka(distribution, folder, log=folder / "kafka.log", port=port, say=_say)
        _end_on_signals()
        try:
            await broker.start()
            _say(f"Apache Kafka listens on {broker.bootstrap_servers} (log: {broker.log}); Ctrl-C stops it")
            await children.until(lambda: broker.exit_status() is not None, timedelta.max, every_s=LOOK_EVERY_S)
            return _failed(PartFailedError("kafka", f"ended with status {broker.exit_status()}", broker.log))
        except PartFailedError as failure:
            return _failed(failure)
        except asyncio.CancelledError:
            return 0
        finally:
            await broker.stop()


async def _given_trakt(options: Options, *, real_allowed: bool) -> Trakt | None:
    trakt = trakt_choice.given(options.environment, real_allowed=real_allowed)
    if trakt and trakt.admin_url and not await is_ready(f"{trakt.admin_url}/health"):
        return dataclasses.replace(trakt, admin_url=None)  # no simulator
    return trakt


async def _best_kafka(display: AnyDisplay) -> KafkaKind:
    try:
        distribution = KafkaDistribution.find()
        await distribution.download(display.say)
    except PartError as error:
        display.say(f"{error}: the embedded Kafka takes its place")
        return "embedded"
    return "apache"


def _kafka(kind: KafkaKind, home: Home, display: AnyDisplay) -> Kafka:
    log = home.logs / "kafka.log"
    if kind == "embedded":
        return EmbeddedKafka(log=log)
    return ApacheKafka(KafkaDistribution.find(), home.data / "kafka", log=log, say=display.say)


def _postgres(home: Home) -> PostgresServer:
    try:
        binaries = PostgresBinaries.embedded(home.data)
    except MissingProgramError:
        binaries = PostgresBinaries.of_system()
    data = home.data / f"postgres-{binaries.major}"
    others = [other.name for other in home.data.glob("postgres-[0-9]*") if other != data]
    if others and not data.exists():
        raise CannotStartError(
            f"the data in {home.data} are of {others[0]}, and this is PostgreSQL {binaries.major}: "
            "carry them over with pg_dumpall, or choose another --state-dir"
        )
    return PostgresServer(binaries, data, log=home.logs / "postgres.log", durable=home.is_kept)


def _stack(
    kind: system.Kind, options: Options, home: Home, display: AnyDisplay, kafka_kind: KafkaKind, trakt: Trakt | None
) -> Stack:
    parts = Parts(
        postgres=_postgres(home),
        kafka=_kafka(kafka_kind, home, display),
        kafka_kind=kafka_kind,
        trakt=trakt,
    )
    return Stack(kind, parts, home=home, display=display, outside=options.environment, restart=kind == "run")


async def _to_its_end(stack: Stack, display: AnyDisplay, *, plays: bool, ends: bool) -> int:
    """Start, play, wait, stop: whatever happens, nothing is left running."""
    _end_on_signals()
    status = INTERRUPTED
    try:
        with display:
            running = await stack.start()
        if plays:
            await _beside_watch(stack, play(running, display.say))
            if ends:
                display.say("That was the play. In a terminal, without --once or ONCE=1, the system stays up.")
        status = 0
        if not ends:
            display.say(f"\n{guide(running, stack.file)}")
            await stack.supervisor.watch()
    except PartFailedError as failure:
        status = _failed(failure)
    except StepFailedError as failure:
        _say(f"✗ {failure}\nlogs: {system.FILE.parent / 'logs'}", file=sys.stderr)
        status = 1
    except asyncio.CancelledError:  # by a signal: that is how it is stopped
        display.say("stopping")
    finally:
        await stack.stop()
    return status


async def _beside_watch(stack: Stack, acting: Coroutine[Any, Any, None]) -> None:
    """Do something while the parts are watched; the end of a part ends it."""
    tasks = {asyncio.create_task(acting), asyncio.create_task(stack.supervisor.watch())}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _end_on_signals() -> None:
    """End this task in order at the first signal; at the second one end at once, which takes the children along."""
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


def _failed(failure: PartFailedError) -> int:
    """Say what failed, with the end of its log; return the exit status."""
    _say(f"\n✗ {failure}", file=sys.stderr)
    if tail := failure.tail():
        _say(f"{tail}\n({failure.log})", file=sys.stderr)
    return 1


def _say(line: str, file: TextIO | None = None) -> None:
    print(line, file=file, flush=True)
