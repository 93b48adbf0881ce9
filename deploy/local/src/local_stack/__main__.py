"""`python -m local_stack demo|run|kafka|token|console|account|catalogue|exec|status`."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from chassis.arguments import Parser, after_closed_pipe
from local_stack.commands.account import connect, show
from local_stack.commands.catalogue import import_titles
from local_stack.commands.console import console
from local_stack.commands.execute import PACKAGES, execute
from local_stack.commands.token import token
from local_stack.errors import CannotStartError, PartError
from local_stack.system.stack_file import FILE

HIGHEST_PORT = 65535


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="python -m local_stack",
        description="The whole of WatchBuddy list sync on this machine, without containers.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    play = commands.add_parser("demo", help="run the system on embedded parts and play the main job; nothing is kept")
    daily = commands.add_parser("run", help="run the system for daily use; its data are kept")
    broker = commands.add_parser("kafka", help="run a real Apache Kafka on one node (needs Java and Maven)")
    signed = commands.add_parser("token", help="print a token for a user of the running stack")
    signed.add_argument("--user", required=True, help="the user's id: the token's sub")
    signed.add_argument(
        "--stack",
        type=Path,
        help=f"the stack's file (default: {FILE}; without a running stack, the environment, .env or secrets/)",
    )
    link = commands.add_parser("console", help="print a one-time link to the console of the running stack")
    link.add_argument("--user", default="demo", help="who is logged in by it (default: demo)")
    link.add_argument("--stack", type=Path, help=f"the stack's file (default: {FILE}; without a running stack, .env)")
    account = commands.add_parser("account", help="connect a user's Trakt account on the running stack")
    whose = account.add_mutually_exclusive_group(required=True)
    whose.add_argument("--user", help="the user's id; the command reads the token pair as JSON from standard input")
    whose.add_argument("--list", action="store_true", help="show the connected accounts instead")
    account.add_argument("--stack", type=Path, default=FILE, help=f"the stack's file (default: {FILE})")
    titles = commands.add_parser("catalogue", help="import titles into the catalogue of the running stack")
    titles.add_argument("files", metavar="FILE", nargs="*", type=Path, help="default: the shipped titles")
    titles.add_argument("--stack", type=Path, default=FILE, help=f"the stack's file (default: {FILE})")
    other = commands.add_parser("exec", help="run a command of operations with the running stack's settings")
    other.add_argument("--stack", type=Path, default=FILE, help=f"the stack's file (default: {FILE})")
    other.add_argument("module", type=_module, metavar="MODULE", help="lists_api, trakt_sync, chassis.dead_letters, …")
    other.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…", help="the command's own: outbox list")
    doing = commands.add_parser("status", help="show how the running stack is doing, live")
    doing.add_argument("--once", action="store_true", help="print totals and end (as without a terminal)")
    doing.add_argument("--stack", type=Path, default=FILE, help=f"the stack's file (default: {FILE})")
    brokers = {play: "embedded", daily: "apache where Java and Maven are installed, else embedded"}
    for command, default in brokers.items():
        command.add_argument(
            "--kafka",
            choices=("embedded", "apache"),
            help=f"which broker (default: {default})",
        )
    play.add_argument("--no-play", action="store_true", help="start the system without the play, and leave it running")
    play.add_argument("--once", action="store_true", help="end after the play (as ONCE=1, or without a terminal)")
    daily.add_argument(
        "--state-dir", type=Path, help="where the data are (default: $XDG_STATE_HOME or ~/.local/state, /watchbuddy)"
    )
    broker.add_argument("--port", type=_port, default=9092, help="port on 127.0.0.1 (default: 9092)")
    broker.add_argument("--data-dir", type=Path, help="keeps the records (default: a temporary folder)")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"give 1 to {HIGHEST_PORT}")
    return int(text)


def _module(text: str) -> str:
    if text.partition(".")[0] not in PACKAGES:
        raise argparse.ArgumentTypeError(f"{text!r} is none of ours: {', '.join(PACKAGES)}.…")
    return text


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status: 0 fine, 1 a part failed or a step was not seen, 2 it cannot be started like this."""
    chosen = _options(sys.argv[1:] if arguments is None else arguments)
    try:
        if chosen.command in {"token", "console", "account", "catalogue", "exec", "status"}:
            ended = _on_running(chosen)
            sys.stdout.flush()
            return ended
        return _until_its_end(chosen)
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return 2
    except PartError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return after_closed_pipe()
    except KeyboardInterrupt:  # before the stack listens to signals itself
        return 130


def _on_running(chosen: argparse.Namespace) -> int:
    if chosen.command == "token":
        return token(chosen.user, chosen.stack)
    if chosen.command == "console":
        return console(chosen.user, chosen.stack)
    if chosen.command == "status":
        from local_stack.commands.status import status  # noqa: PLC0415 - a Kafka client, which the others do not need

        return status(chosen.stack, once=chosen.once)
    if chosen.command == "exec":
        return execute(chosen.module, chosen.arguments, chosen.stack)
    if chosen.command == "catalogue":
        return import_titles(chosen.files, chosen.stack)
    return show(chosen.stack) if chosen.list else connect(chosen.user, chosen.stack)


def _until_its_end(chosen: argparse.Namespace) -> int:
    # Here, so that --help and the small commands are quick, and a Ctrl-C meanwhile ends without a trace.
    from local_stack.commands.demo import demo  # noqa: PLC0415
    from local_stack.commands.kafka import kafka  # noqa: PLC0415
    from local_stack.commands.options import Options  # noqa: PLC0415
    from local_stack.commands.run import run  # noqa: PLC0415

    environment = dict(os.environ)
    if chosen.command == "kafka":
        return asyncio.run(kafka(chosen.port, chosen.data_dir))
    if chosen.command == "run":
        return asyncio.run(run(Options(environment, kafka=chosen.kafka, state=chosen.state_dir)))
    ends = chosen.once or bool(environment.get("ONCE", "").strip("0")) or not sys.stdout.isatty()
    plays = not chosen.no_play
    return asyncio.run(demo(Options(environment, kafka=chosen.kafka, plays=plays, ends=plays and ends)))


if __name__ == "__main__":
    sys.exit(main())
