"""`python -m trakt_sync account show`: how a user's account and their lists on it are, without secrets."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from chassis.clock import utc_now
from chassis.postgres.database import Pool
from chassis.settings import load
from trakt_sync.http.schemas.status import StatusOut
from trakt_sync.opened import opened
from trakt_sync.settings import PageSettings
from trakt_sync.store import connections, inspection, views


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, help="the user's id: the `sub` of their tokens")
    parser.add_argument("--json", action="store_true", help="print a JSON object in place of the table")


async def account_show(arguments: argparse.Namespace) -> int:
    """Print the account; return the exit status: 1 when nothing is known of the user."""
    settings = load(PageSettings)
    async with opened(settings) as runtime:
        found = await _described(runtime.pool, arguments.user, utc_now(), settings.trakt_site)
    if found is None:
        print(f"nothing is known of the user {arguments.user!r}: no list, no Trakt account", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(found))
    else:
        for name, text in _lines(found):
            print(f"{name:<16}{text}")
    return 0


async def _described(pool: Pool, user_id: str, now: datetime, site: str) -> dict[str, object] | None:
    """Return what `GET /api/trakt/status` and `/account` say, lists by state, and when what comes."""
    view = await views.account(pool, user_id)
    if view is None:
        return None
    status = StatusOut.of(await connections.read_status(pool, user_id), now, site).model_dump(mode="json")
    times = await inspection.account_times(pool, user_id)
    lists = await inspection.mirror_views(pool, user_id)
    waits = Counter(reason for one in lists if one.state(now) == "waiting" and (reason := one.reason(now)) is not None)
    attempts = [one.next_attempt_at for one in lists if one.next_attempt_at is not None]
    is_known = status["state"] != "disconnected"
    limits = view.limits or {}
    return {
        "user_id": user_id,
        **status,
        "timezone": view.timezone if is_known else None,
        "token_expires_at": _text(times.expires_at),
        "limits": {
            "lists": limits.get("lists") if is_known else None,
            "items_per_list": limits.get("items") if is_known else None,
            "read_at": _text(view.settings_read_at) if is_known else None,
        },
        "used": {"lists": view.lists, "items": view.items},
        "lists": dict(Counter(one.state(now) for one in lists).most_common()),
        "waits": dict(waits.most_common()),
        "next_attempt_at": _text(min(attempts, default=None)),
        "next_write_at": _text(view.next_write_at) if is_known else None,
        "next_audit_at": _text(times.audit_at) if is_known else None,
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _lines(found: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the table, row by row: nested values on one row, what is not known as `-`."""
    for name, value in found.items():
        match value:
            case dict():
                text = ", ".join(f"{key} {'-' if one is None else one}" for key, one in value.items()) or "none"
            case bool():
                text = "yes" if value else "no"
            case _:
                text = "-" if value is None else str(value)
        yield name.removesuffix("_at").replace("_", " "), text
