"""The commands: what they take, print and return. They print no setting."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis.arguments import instant, row_id
from chassis.dead_letters import shelf
from chassis.dead_letters.letters import SOURCES, Letter, Place, Selection
from chassis.dead_letters.shelf import UnfitError
from chassis.kafka.producer import start_producer
from chassis.kafka.settings import KafkaSettings
from chassis.printable import printable
from chassis.settings import load

Run = Callable[[argparse.Namespace], Awaitable[int]]


def _unless_away(run: Run) -> Run:
    @wraps(run)
    async def run_or_say(arguments: argparse.Namespace) -> int:
        try:
            return await run(arguments)
        except (ConnectionError, KafkaError) as exc:
            print(f"{exc or type(exc).__name__}", file=sys.stderr)
            return 2

    return run_or_say


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    _add_filters(parser)
    parser.add_argument("--json", action="store_true", help="each as an object, one a line")


@_unless_away
async def list_letters(arguments: argparse.Namespace) -> int:
    """Print the dead letters that nothing was done about; return 0: there are none, 1: there are some, 2: no Kafka."""
    count = 0
    async for letter in shelf.letters(load(KafkaSettings), _selection(arguments)):
        count += 1
        print(json.dumps(_as_object(letter)) if arguments.json else _as_line(letter))
    print(f"{count} dead letters", file=sys.stderr)
    return int(count > 0)


def add_show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", type=_place, metavar="PLACE", help="as `list` gives it: TOPIC/PARTITION/OFFSET")
    parser.add_argument("--value", action="store_true", help="write its value alone, as it is, to be mended")


@_unless_away
async def show_letters(arguments: argparse.Namespace) -> int:
    """Print one dead letter; return 2 when it is not there or done with."""
    async with aclosing(shelf.letters(load(KafkaSettings), Selection(places=[arguments.place]))) as found:
        async for letter in found:
            if arguments.value:
                sys.stdout.buffer.write(letter.value or b"")
                return 0
            print(_as_line(letter))
            for name, raw in letter.headers:
                print(f"{name}: {printable(raw or b'')}")
            print(printable(letter.value or b""))
            return 0
    print(f"there is no dead letter {arguments.place}, or it is done with", file=sys.stderr)
    return 2


def add_replay_arguments(parser: argparse.ArgumentParser) -> None:
    _add_choice(parser)
    parser.add_argument(
        "--value-file",
        type=_content,
        metavar="FILE",
        help="with one PLACE: send this file as its value",
    )
    parser.add_argument(
        "--header",
        type=_header,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="send this header in place of its own; without a VALUE, none of that name",
    )


@_unless_away
async def replay_letters(arguments: argparse.Namespace) -> int:
    """Send letters to their groups again; return 0: all, 1: some would become dead letters again, 2: none is there."""
    if arguments.value_file is not None and len(arguments.place) != 1:
        print("--value-file: name the one PLACE that it is for", file=sys.stderr)
        return 2
    value: bytes | None = arguments.value_file

    async def send(producer: AIOKafkaProducer | None, letter: Letter) -> None:
        whole = shelf.mended(letter, value, arguments.header)
        if producer is None:
            shelf.key_of(whole)
        else:
            await shelf.replay(producer, whole)

    return await _each(arguments, "replayed", send)


def add_drop_arguments(parser: argparse.ArgumentParser) -> None:
    _add_choice(parser)


@_unless_away
async def drop_letters(arguments: argparse.Namespace) -> int:
    """Mark letters as done with; return 0: all, 2: none is there."""

    async def drop(producer: AIOKafkaProducer | None, letter: Letter) -> None:
        if producer is not None:
            await shelf.settle(producer, letter, "dropped")

    return await _each(arguments, "dropped", drop)


async def _each(
    arguments: argparse.Namespace,
    done: str,
    act: Callable[[AIOKafkaProducer | None, Letter], Awaitable[None]],
) -> int:
    """Act on each chosen letter, without a producer on a dry run, and say what became of it."""
    selection = _selection(arguments)
    if selection == Selection() and not arguments.all:
        print("name dead letters, or what they have in common, or --all", file=sys.stderr)
        return 2
    settings, count, unfit = load(KafkaSettings), 0, 0
    async with _producing(settings, is_dry=arguments.dry_run) as producer:
        async for letter in shelf.letters(settings, selection):
            try:
                await act(producer, letter)
            except UnfitError as exc:
                unfit += 1
                print(f"left: {_as_line(letter)}\n      {exc}", file=sys.stderr)
            else:
                count += 1
                print(f"{'would be ' if arguments.dry_run else ''}{done}: {_as_line(letter)}")
    print(f"{count} {'would be ' if arguments.dry_run else ''}{done}, {unfit} left", file=sys.stderr)
    return 2 if count + unfit == 0 else int(unfit > 0)


@asynccontextmanager
async def _producing(settings: KafkaSettings, *, is_dry: bool) -> AsyncIterator[AIOKafkaProducer | None]:
    if is_dry:
        yield None
        return
    producer = await start_producer(settings)
    try:
        yield producer
    finally:
        await producer.stop()


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", type=_place, nargs="*", metavar="PLACE", help="as `list` gives it")
    parser.add_argument("--all", action="store_true", help="all that nothing was done about")
    parser.add_argument("--dry-run", action="store_true", help="only say which, and whether they can be sent")
    _add_filters(parser)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic", choices=sorted({source.topic for source in SOURCES.values()}), help="of this topic")
    parser.add_argument("--group", choices=sorted({source.group for source in SOURCES.values()}), help="of this group")
    parser.add_argument("--user", help="of this user: the record's key")
    parser.add_argument("--list", type=row_id, help="of this list, by its id")
    parser.add_argument("--since", type=instant, help="given up at this time (ISO 8601) or later")
    parser.add_argument("--until", type=instant, help="given up before this time")


def _selection(arguments: argparse.Namespace) -> Selection:
    return Selection(
        places=tuple(getattr(arguments, "place", ())),
        topic=arguments.topic,
        group=arguments.group,
        user=arguments.user,
        list_id=arguments.list,
        since=arguments.since,
        until=arguments.until,
    )


def _place(text: str) -> Place:
    try:
        place = Place.of_text(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no place: give TOPIC/PARTITION/OFFSET, as `list` does") from None
    if place.topic not in SOURCES:
        raise argparse.ArgumentTypeError(f"there is no dead-letter topic {place.topic}")
    return place


def _content(text: str) -> bytes:
    try:
        return Path(text).read_bytes()
    except OSError as exc:
        raise argparse.ArgumentTypeError(f"{text} cannot be read: {exc.strerror or exc}") from None


def _header(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise argparse.ArgumentTypeError("must be NAME=VALUE")
    return name, value


def _as_object(letter: Letter) -> dict[str, Any]:
    return {
        "place": str(letter.place),
        "at": letter.at.isoformat(),
        **letter.source._asdict(),
        "reason": letter.added.get("reason"),
        "error": letter.added.get("error"),
        "type": letter.ce_type,
        "user": letter.user_id,
        "list": letter.list_id,
        "origin": [letter.added.get("partition"), letter.added.get("offset")],
    }


def _as_line(letter: Letter) -> str:
    about = "" if letter.list_id is None else f" list {letter.list_id}"
    text = (
        f"{letter.place} {letter.at:%Y-%m-%dT%H:%M:%SZ} {letter.added.get('reason', 'no reason')}"
        f" {letter.ce_type or 'no type'} user {letter.user_id}{about}: {letter.added.get('error', '')}"
    )
    return printable(text)
