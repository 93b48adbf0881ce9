"""The objects of section "Objects": users and lists as answers show them."""

import hashlib

from trakt_simulator.clock import iso
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
    """Return a list; `user` is left out when no owner is given."""
    shown: dict[str, object] = {
        "name": media_list.name,
        "description": media_list.description,
        "privacy": media_list.privacy,
        "share_link": share_link(media_list),
        "type": "personal",
        "display_numbers": media_list.display_numbers,
        "allow_comments": media_list.allow_comments,
        "sort_by": media_list.sort_by,
        "sort_how": media_list.sort_how,
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


def list_state(media_list: MediaList) -> dict[str, object]:
    """Return `list` of the answers to item changes: the trustworthy stamp and count."""
    return {"updated_at": iso(media_list.updated_ms), "item_count": len(media_list.rows)}


def share_link(media_list: MediaList) -> str:
    if media_list.privacy == "link":
        digest = hashlib.md5(str(media_list.trakt).encode(), usedforsecurity=False).hexdigest()
        return f"https://trakt.tv/lists/share/{digest}"
    return f"https://trakt.tv/lists/{media_list.trakt}"
