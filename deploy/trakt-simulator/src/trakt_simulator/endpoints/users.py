"""Profiles and settings."""

import uuid

from trakt_simulator.clock import iso
from trakt_simulator.endpoints.access import visible_user
from trakt_simulator.endpoints.responses import user_object
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.state.account import Account
from trakt_simulator.state.simulator import Simulator

# Limits that the settings show, but that no endpoint here enforces.
_FREE_OTHERS = {"favorites": 100, "search": 5, "collection": 1_000, "notes": 100}
_VIP_OTHERS = {"favorites": 100, "search": 25, "collection": 100_000, "notes": 2_000}


def get_settings(request: Request, sim: Simulator) -> Response:
    del sim
    account = request.caller
    others = _VIP_OTHERS if account.is_vip else _FREE_OTHERS
    return json_response(
        {
            "user": _full_user(account),
            "permissions": {"commenting": True, "liking": True, "following": True},
            "account": {
                "timezone": "Etc/UTC",
                "date_format": "mdy",
                "time_24hr": True,
                "cover_image": None,
                "display_ads": not account.is_vip,
            },
            "connections": dict.fromkeys(
                (
                    "facebook",
                    "twitter",
                    "mastodon",
                    "google",
                    "tumblr",
                    "medium",
                    "slack",
                    "apple",
                    "dropbox",
                    "microsoft",
                ),
                False,
            ),
            "sharing_text": {
                "watching": "I'm watching [item]",
                "watched": "I just watched [item]",
                "rated": "[item] [stars]",
            },
            "limits": {
                "list": {"count": account.limits.lists, "item_count": account.limits.items_per_list},
                "watchlist": {"item_count": account.limits.watchlist},
                "favorites": {"item_count": others["favorites"]},
                "search": {"recent_count": others["search"]},
                "collection": {"item_count": others["collection"]},
                "notes": {"item_count": others["notes"]},
            },
        }
    )


def get_profile(request: Request, sim: Simulator) -> Response:
    user = visible_user(request, sim)
    is_full = request.wants("full")
    return json_response(_full_user(user) if is_full else user_object(user))


def account_uuid(account: Account) -> str:
    """Return the id that stays when the user takes another name."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://trakt.tv/users/{account.slug}").hex


def _full_user(account: Account) -> dict[str, object]:
    return {
        **user_object(account),
        "ids": {
            "slug": account.slug,
            "trakt": account.number,
            "uuid": account_uuid(account),
        },
        "joined_at": iso(account.joined_ms),
        "location": "",
        "about": "",
        "gender": None,
        "age": None,
        "images": {"avatar": {"full": "https://walter.trakt.tv/hotlink-ok/placeholders/medium/zipper.png"}},
        "vip_og": False,
        "vip_years": 1 if account.is_vip else 0,
        "vip_cover_image": None,
    }


ROUTES = (
    Route("GET", "/users/settings", get_settings),
    Route("GET", "/users/{id}", get_profile, Auth.OPTIONAL),
)
