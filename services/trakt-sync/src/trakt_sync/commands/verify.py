"""`python -m trakt_sync verify`: is each list on Trakt as it should be? Trakt is read, nothing is changed."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from chassis.clock import utc_now
from chassis.postgres.database import Pool
from chassis.settings import load
from trakt_sync.commands.arguments import add_list, add_user, names_nothing
from trakt_sync.commands.reading import reader, vault_of
from trakt_sync.errors import BadTokensError, TraktError
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.references import WATCHLIST
from trakt_sync.mirroring.texts import kind_of
from trakt_sync.mirroring.verification import Verification, is_too_early, verified
from trakt_sync.opened import opened
from trakt_sync.settings import ImportSettings
from trakt_sync.store import inspection, views
from trakt_sync.store.inspection import ListLine
from trakt_sync.trakt.client import TraktClient

NAMED = 5
"""Titles named of those that differ."""


@dataclass(frozen=True, slots=True)
class Line:
    """A list and what was found of it. Args: kind: `smart`, or `custom or manual`; found: None: Trakt was not asked."""

    one: ListLine
    kind: str
    found: Verification | None
    why: str = ""

    @property
    def state(self) -> str:
        return self.why if self.found is None else self.found.verdict.replace("_", " ")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_user(parser)
    add_list(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON object a line in place of the table")


async def verify(arguments: argparse.Namespace) -> int:
    """Print what was found; return 0: all equal, 1: something differs, 2: something could not be looked at."""
    settings = load(ImportSettings)
    lines: list[Line] = []
    async with opened(settings) as runtime, reader(settings) as trakt:
        chosen = await inspection.lists(runtime.pool, arguments.user, arguments.list)
        if names_nothing(arguments, chosen):
            return 2
        for user_id, lists in groupby(chosen, key=lambda one: one.user_id):
            print(f"looking at {user_id} ({len(lines)} of {len(chosen)} lists)", file=sys.stderr)
            lines += await _of_user(runtime.pool, settings, trakt, user_id, list(lists))
    (_print_json if arguments.json else _print_table)(lines)
    if any(line.found is None or line.found.verdict == "too_early" for line in lines):
        return 2
    return 0 if all(line.found is not None and line.found.is_equal for line in lines) else 1


async def _of_user(
    pool: Pool, settings: ImportSettings, trakt: TraktClient, user_id: str, lists: Sequence[ListLine]
) -> list[Line]:
    try:
        token = await inspection.access_token(pool, vault_of(settings), user_id, utc_now())
        began_at = utc_now()
        shown = {one.trakt_list_id: one for one in (await trakt.read_lists(token)).lists}
        lines = []
        for one in lists:
            view = await views.mirror(pool, user_id, one.list_id, utc_now(), Policy())
            if view is None:
                continue
            ref, remote = view.job.progress.trakt_list_id, shown.get(view.job.progress.trakt_list_number or 0)
            is_there = ref == WATCHLIST or remote is not None
            is_read = is_there and not is_too_early(view, began_at, Policy())
            items = await trakt.read_items(token, ref) if ref is not None and is_read else None
            found = verified(view, remote, items, began_at, Policy())
            lines.append(Line(one, kind_of(view.job.desired.details.description, one.list_id), found))
    except (TraktError, BadTokensError) as error:
        return [Line(one, "", None, error.detail) for one in lists]
    return lines


def _print_table(lines: Sequence[Line]) -> None:
    row = "{:>8}  {:<32.32}  {:<16}  {:>13}  {:>10}  {}".format
    print(row("id", "title", "type", "trakt_list_id", "item_count", "state"))
    for line in lines:
        count = None if line.found is None else line.found.item_count
        number = line.one.trakt_list_id
        print(
            row(
                line.one.list_id,
                line.one.title,
                line.kind or "-",
                "-" if number is None else number,
                "-" if count is None else count,
                line.state,
            )
        )
        for text in () if line.found is None else _differences(line.found):
            print(f"{'':>10}{text}")
    equal = sum(line.found is not None and line.found.is_equal for line in lines)
    print(f"{equal} of {len(lines)} lists are equal")


def _differences(found: Verification) -> Sequence[str]:
    texts = []
    for name, titles in (("missing", found.missing), ("extra", found.extra)):
        if titles:
            named = ", ".join(f"{title.media_type} {title.label}" for title in titles[:NAMED])
            texts.append(f"{len(titles)} {name}: {named}{' …' if len(titles) > NAMED else ''}")
    return [*texts, *(f"{other} differs" for other in found.others)]


def _print_json(lines: Sequence[Line]) -> None:
    for line in lines:
        found = line.found
        print(
            json.dumps(
                {
                    "list_id": line.one.list_id,
                    "user_id": line.one.user_id,
                    "title": line.one.title,
                    "type": line.kind or None,
                    "trakt_list_id": line.one.trakt_list_id,
                    "item_count": None if found is None else found.item_count,
                    "state": line.state,
                    "missing": [] if found is None else [title.ids for title in found.missing],
                    "extra": [] if found is None else [title.ids for title in found.extra],
                    "others": [] if found is None else list(found.others),
                }
            )
        )
