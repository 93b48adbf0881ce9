"""The commands: what they take, print and return."""

import argparse
import logging
import sys

from aiokafka.errors import KafkaError

from chassis.arguments import instant
from chassis.kafka.settings import KafkaSettings
from chassis.offsets.groups import GROUPS, BusyGroupError, lag, rewind
from chassis.settings import load


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--group", choices=GROUPS, help="of this group alone")


async def list_offsets(arguments: argparse.Namespace) -> int:
    """Print what each group has not handled; return 0: nothing, 1: some records, 2: Kafka does not answer."""
    settings, total = load(KafkaSettings), 0
    try:
        for group in [arguments.group] if arguments.group else GROUPS:
            for topic, count in (await lag(settings, group)).items():
                print(f"{group} {topic}: {count}")
                total += count
    except (ConnectionError, KafkaError) as exc:
        print(exc, file=sys.stderr)
        return 2
    return int(total > 0)


def add_rewind_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--group", choices=GROUPS, required=True, help="whose consumers are stopped")
    parser.add_argument("--since", type=instant, help="records of this time (ISO 8601) or later; without it, all")


async def rewind_offsets(arguments: argparse.Namespace) -> int:
    """Rewind a group; return 0: done, 2: its consumers are not stopped, or Kafka does not answer."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it warns of each partition; one line says it all
    try:
        count = await rewind(load(KafkaSettings), arguments.group, arguments.since)
    except (ConnectionError, KafkaError, BusyGroupError) as exc:
        print(exc, file=sys.stderr)
        return 2
    print(f"{arguments.group} reads {count} records once more")
    return 0
