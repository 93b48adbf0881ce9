"""The records of the state file: JSON, and the columns of a list's rows as they are in memory."""

from array import array
from collections import deque
from collections.abc import Mapping

import orjson

from trakt_simulator.catalogue.media import Kind
from trakt_simulator.catalogue.titles import Title
from trakt_simulator.state.account import Account, Limits, Play, Rating
from trakt_simulator.state.lists import CLIENT_FIELDS, MediaList, Rows
from trakt_simulator.state.tokens import Grant

_ACCOUNT_FIELDS = (
    "number",
    "username",
    "slug",
    "joined_ms",
    "is_vip",
    "is_locked",
    "is_deactivated",
    "is_private",
    "activities",
)
_LIST_FIELDS = ("trakt", "slug", "created_ms", "updated_ms", *CLIENT_FIELDS)
_GRANT_FIELDS = ("client_id", "access_token", "refresh_token", "created_ms", "lifetime_s")


def account(account: Account) -> bytes:
    return orjson.dumps(
        {
            **{name: getattr(account, name) for name in _ACCOUNT_FIELDS},
            "own_limits": list(account.own_limits) if account.own_limits else None,
            "friends": sorted(account.friends),
            # Lists have rows of their own. This is their order.
            "lists": list(account.lists),
        }
    )


def history(account: Account) -> bytes:
    return orjson.dumps(
        {
            "history": [list(play) for play in account.history or ()],
            "ratings": [[key, *rating] for key, rating in (account.ratings or {}).items()],
        }
    )


def account_from(content: bytes, history: bytes | None, lists: Mapping[int, MediaList]) -> Account:
    """Return an account with its own lists out of all. Its plays are in `content` when `history` is None (format 1)."""
    stored = orjson.loads(content)
    plays = stored if history is None else orjson.loads(history)
    restored = Account(**{name: stored[name] for name in _ACCOUNT_FIELDS})
    if own := stored["own_limits"]:  # of earlier versions without the watchlist's
        restored.own_limits = Limits(*own, *restored.profile_limits[len(own) :])
    restored.friends = set(stored["friends"])
    restored.history = deque(Play(*play) for play in plays["history"]) or None
    restored.ratings = {key: Rating(*rating) for key, *rating in plays["ratings"]} or None
    restored.lists = {number: lists[number] for number in stored["lists"]}
    restored.list_slugs = {one.slug: number for number, one in restored.lists.items()}
    restored.watchlist = lists.get(restored.watchlist.trakt, restored.watchlist)
    return restored


def list_content(media_list: MediaList) -> bytes:
    return orjson.dumps(
        {
            **{name: getattr(media_list, name) for name in _LIST_FIELDS},
            "liked_by": sorted(media_list.liked_by or ()),
            "notes": list((media_list.notes or {}).items()),
        }
    )


def list_rows(media_list: MediaList) -> bytes:
    """Return item ids, keys and dates one after the other, eight bytes each."""
    rows = media_list.rows
    return b"".join(column.tobytes() for column in (rows.ids, rows.keys, rows.listed_ms))


def list_from(content: bytes, rows: bytes) -> MediaList:
    stored = orjson.loads(content)
    restored = MediaList(**{name: stored[name] for name in _LIST_FIELDS})
    third = len(rows) // 3
    columns = [array("q", rows[start : start + third]) for start in (0, third, 2 * third)]
    restored.rows = Rows(*columns)
    restored.liked_by = set(stored["liked_by"]) or None
    restored.notes = dict(stored["notes"]) or None
    return restored


def grant(grant: Grant, *, is_access_alive: bool, is_refresh_alive: bool) -> bytes:
    return orjson.dumps(
        {
            **{name: getattr(grant, name) for name in _GRANT_FIELDS},
            "account": grant.account.slug,
            "is_access_alive": is_access_alive,
            "is_refresh_alive": is_refresh_alive,
        }
    )


def grant_from(content: bytes, accounts: Mapping[str, Account]) -> tuple[Grant, bool, bool]:
    """Return a grant, and whether its access token and its refresh token are alive."""
    stored = orjson.loads(content)
    restored = Grant(account=accounts[stored["account"]], **{name: stored[name] for name in _GRANT_FIELDS})
    return restored, stored["is_access_alive"], stored["is_refresh_alive"]


def title_from(content: bytes) -> Title:
    stored = orjson.loads(content)
    return Title(**{**stored, "kind": Kind(stored["kind"])})
