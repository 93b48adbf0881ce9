"""Who may see and change which users and lists."""

from http import HTTPStatus

from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.simulator import Simulator


def user_of(request: Request, sim: Simulator) -> Account:
    """Return the account in the path: a slug, or `me` for the caller, as on paths without one (`/sync/…`).

    Raises:
        TraktError: 401 `me` without a token, 404 no such user.
    """
    name = request.params.get("id", "me")
    if name == "me":
        return request.caller
    # Not by username: `an.kah` is at `/users/an-kah`, even if another user has the username `an-kah`.
    account = sim.accounts.by_slug.get(name)
    if account is None or account.is_deactivated:
        raise TraktError(HTTPStatus.NOT_FOUND)
    return account


def visible_user(request: Request, sim: Simulator) -> Account:
    """Return the account as `user_of` does. Others than friends get 401 with X-Private-User for a private user."""
    user = user_of(request, sim)
    if user.is_private and not _is_friend(request.account, user):
        raise TraktError(HTTPStatus.UNAUTHORIZED, headers={"X-Private-User": "true"})
    return user


def viewed_account(request: Request, sim: Simulator) -> Account:
    """Return the account in the path as `visible_user` does, or the caller on paths without one (`/sync/…`)."""
    return visible_user(request, sim) if "id" in request.params else request.caller


def own_user(request: Request, sim: Simulator) -> Account:
    """Return the account in the path, which must be the caller's: 403 for another's lists."""
    user = user_of(request, sim)
    if user is not request.caller:
        raise TraktError(HTTPStatus.FORBIDDEN)
    return user


def is_visible(media_list: MediaList, owner: Account, viewer: Account | None) -> bool:
    """Tell whether this viewer sees a list.

    Only the owner sees a `link` list here. Others open it by its share link.
    """
    if viewer is owner:
        return True
    if media_list.privacy == "public":
        return not owner.is_private or _is_friend(viewer, owner)
    return media_list.privacy == "friends" and _is_friend(viewer, owner)


def known_list(request: Request, owner: Account) -> MediaList:
    """Return the owner's list in the path, by trakt id or slug; the watchlist on paths without one.

    Raises:
        TraktError: 404 no such list, or a new one that the fault `new_list_404` hides.
    """
    if "list_id" not in request.params:
        return owner.watchlist
    media_list = owner.find_list(request.params["list_id"])
    if media_list is None:
        raise TraktError(HTTPStatus.NOT_FOUND)
    hidden_ms = request.effects.new_list_404_ms
    if hidden_ms and request.now_ms - media_list.created_ms < hidden_ms:
        request.effects.mark_applied("new_list_404")
        raise TraktError(HTTPStatus.NOT_FOUND)
    return media_list


def own_list(request: Request, sim: Simulator) -> tuple[Account, MediaList]:
    """Return the caller and the caller's list in the path, for a change."""
    owner = own_user(request, sim)
    return owner, known_list(request, owner)


def public_list(request: Request, sim: Simulator) -> tuple[Account, MediaList]:
    """Return owner and list of `/lists/{id}`. The id is a number; 404 for a list that is not public."""
    number = number_in(request.params["list_id"])
    owner = None if number is None else sim.accounts.owners.get(number)
    if owner is None:
        raise TraktError(HTTPStatus.NOT_FOUND)
    media_list = known_list(request, owner)
    if media_list.privacy != "public" or not is_visible(media_list, owner, request.account):
        raise TraktError(HTTPStatus.NOT_FOUND)
    return owner, media_list


def _is_friend(viewer: Account | None, owner: Account) -> bool:
    return viewer is owner or (viewer is not None and viewer.username in owner.friends)
