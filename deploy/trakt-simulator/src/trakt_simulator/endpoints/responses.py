"""Users and lists in responses."""

import hashlib

from trakt_simulator.clock import iso
from trakt_simulator.http.response import Headers
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList


def user_object(account: Account) -> dict[str, object]:
    return {
        "username": account.username,
        "private": account.is_private,
        "deleted": False,
        "name": account.username,
        "vip": account.is_vip,
        "vip_ep": False,
        "director": False,
        "ids": {"slug": account.slug, "trakt": account.number},
    }


def list_object(media_list: MediaList, owner: Account | None) -> dict[str, object]:
    """Return a list's object, without `user` when no owner is given."""
    shown: dict[str, object] = {
        **media_list.fields(),
        "share_link": share_link(media_list),
        "type": "personal",
        "created_at": iso(media_list.created_ms),
        "updated_at": iso(media_list.updated_ms),
        "item_count": len(media_list.rows),
        "comment_count": 0,
        "likes": len(media_list.liked_by or ()),
        "ids": {"trakt": media_list.trakt, "slug": media_list.slug},
    }
    if owner is not None:
        shown["user"] = user_object(owner)
    return shown


def list_summary(media_list: MediaList) -> dict[str, object]:
    """Return `list` in the responses to changes of items: the list's new date and count."""
    return {"updated_at": iso(media_list.updated_ms), "item_count": len(media_list.rows)}


def share_link(media_list: MediaList) -> str:
    if media_list.privacy == "link":
        digest = hashlib.md5(str(media_list.trakt).encode(), usedforsecurity=False).hexdigest()
        return f"https://trakt.tv/lists/share/{digest}"
    return f"https://trakt.tv/lists/{media_list.trakt}"


def sort_headers(media_list: MediaList) -> Headers:
    """Return the headers that name the list, if Trakt has a number for it, and its own order."""
    own = [(b"x-sort-by", media_list.sort_by.encode()), (b"x-sort-how", media_list.sort_how.encode())]
    return [*own, (b"x-list-id", b"%d" % media_list.trakt)] if media_list.trakt > 0 else own
