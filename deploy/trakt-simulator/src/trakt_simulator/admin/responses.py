"""What the admin API shows of accounts, lists, items and logged requests."""

from collections.abc import Iterator

import orjson

from trakt_simulator.catalogue.media import SINGULAR, kind_of
from trakt_simulator.clock import iso
from trakt_simulator.http.json_depth import is_too_deep
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.request_log import Entry
from trakt_simulator.state.simulator import Simulator


def state(sim: Simulator, name: str | None) -> dict[str, object]:
    """Return all accounts (or the one with this username or slug) with their lists and items."""
    if name is None:
        accounts = list(sim.accounts.by_slug.values())
    else:
        account = sim.accounts.find(name)
        accounts = [account] if account else []
    return {
        "accounts": [
            {
                **account_summary(account),
                "lists": [_list(sim, one) for one in account.lists.values()],
                "watchlist": _list(sim, account.watchlist),
            }
            for account in accounts
        ]
    }


def account_summary(account: Account) -> dict[str, object]:
    return {
        "username": account.username,
        "slug": account.slug,
        "vip": account.is_vip,
        "locked": account.is_locked,
        "deactivated": account.is_deactivated,
        "private": account.is_private,
        "friends": sorted(account.friends),
        "limits": account.limits._asdict(),
        "list_count": len(account.lists),
        "item_count": account.item_total,
    }


def _list(sim: Simulator, media_list: MediaList) -> dict[str, object]:
    return {
        "ids": {"trakt": media_list.trakt, "slug": media_list.slug},
        **media_list.fields(),
        "item_count": len(media_list.rows),
        "updated_at": iso(media_list.updated_ms),
        "created_at": iso(media_list.created_ms),
        "items": list(_items(sim, media_list)),
    }


def _items(sim: Simulator, media_list: MediaList) -> Iterator[dict[str, object]]:
    rows = media_list.rows
    for rank, (item_id, key, listed_ms) in enumerate(zip(rows.ids, rows.keys, rows.listed_ms, strict=True), start=1):
        kind, media = SINGULAR[kind_of(key)], sim.catalogue.media_object(key)
        yield {
            "rank": rank,
            "id": item_id,
            "listed_at": iso(listed_ms),
            "type": kind,
            "title": media.get("title") or media.get("name") or f"{kind.title()} {media.get('number')}",
            "year": media.get("year"),
            "ids": media["ids"],
        }


def logged_request(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "at": iso(entry.at_ms),
        "account": entry.account,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "fault": entry.fault,
        "duration_ms": entry.duration_ms,
        "body": _parsed(entry.body),
        "answer": entry.response.decode("utf-8", "replace"),
    }


def _parsed(body: bytes) -> object:
    """Return the JSON of a body; None when it is no JSON, or is nested too deeply to be written again."""
    try:
        value = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None
    return None if is_too_deep(value) else value
