"""What the admin API shows."""

from collections.abc import Iterator

import orjson

from trakt_simulator.clock import iso
from trakt_simulator.faults.faults import ActiveFault
from trakt_simulator.http.wire import is_too_deep
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.request_log import Entry
from trakt_simulator.state.simulator import Simulator


def state(sim: Simulator, username: str | None) -> dict[str, object]:
    """Return all accounts (or one) with their lists and items."""
    if username is None:
        accounts = list(sim.world.accounts.values())
    else:
        account = sim.world.account_named(username)
        accounts = [account] if account else []
    return {"accounts": [_account(sim, account) for account in accounts]}


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


def _account(sim: Simulator, account: Account) -> dict[str, object]:
    return {**account_summary(account), "lists": [_list(sim, media_list) for media_list in account.lists.values()]}


def _list(sim: Simulator, media_list: MediaList) -> dict[str, object]:
    return {
        "ids": {"trakt": media_list.trakt, "slug": media_list.slug},
        "name": media_list.name,
        "description": media_list.description,
        "privacy": media_list.privacy,
        "display_numbers": media_list.display_numbers,
        "allow_comments": media_list.allow_comments,
        "sort_by": media_list.sort_by,
        "sort_how": media_list.sort_how,
        "item_count": len(media_list.rows),
        "updated_at": iso(media_list.updated_ms),
        "created_at": iso(media_list.created_ms),
        "items": list(_items(sim, media_list)),
    }


def _items(sim: Simulator, media_list: MediaList) -> Iterator[dict[str, object]]:
    rows = media_list.rows
    for rank, (item, key, listed_ms) in enumerate(zip(rows.ids, rows.keys, rows.listed_ms, strict=True), start=1):
        fields = sim.catalogue.fields(key)
        word = str(fields["type"])
        thing = fields[word]
        assert isinstance(thing, dict)  # noqa: S101 (the catalogue's own shape)
        yield {
            "rank": rank,
            "id": item,
            "listed_at": iso(listed_ms),
            "type": word,
            "title": thing.get("title") or thing.get("name") or f"{word.title()} {thing.get('number')}",
            "year": thing.get("year"),
            "ids": thing["ids"],
        }


def fault(active: ActiveFault) -> dict[str, object]:
    return {"id": active.id, **active.fault.model_dump(), "left": active.left}


def request(entry: Entry) -> dict[str, object]:
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
        "answer": entry.answer.decode("utf-8", "replace"),
    }


def _parsed(body: bytes) -> object:
    """Return what was sent; None when it is no JSON, or nested more deeply than can be written again."""
    try:
        value = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None
    return None if is_too_deep(value) else value
