"""Who may see and change what."""

from http import HTTPStatus

from trakt_simulator.http.wire import Call, TraktError
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.simulator import Simulator


def user_of(call: Call, sim: Simulator) -> Account:
    """Return the account in the path: a slug, or `me` for the caller.

    Raises:
        TraktError: 401 `me` without a token, 404 no such user.
    """
    name = call.params["id"]
    if name == "me":
        return call.caller
    # Not by username: `an.kah` is at `/users/an-kah`, whoever else has the username `an-kah`.
    account = sim.world.accounts.get(name)
    if account is None or account.is_deactivated:
        raise TraktError(HTTPStatus.NOT_FOUND)
    return account


def visible_user(call: Call, sim: Simulator) -> Account:
    """As `user_of`, but a private user is shown to itself and to its friends only (401 with X-Private-User)."""
    user = user_of(call, sim)
    if user.is_private and not _is_friend(call.account, user):
        raise TraktError(HTTPStatus.UNAUTHORIZED, headers={"X-Private-User": "true"})
    return user


def own_user(call: Call, sim: Simulator) -> Account:
    """Return the account in the path, which must be the caller's (403): nobody changes another's lists."""
    user = user_of(call, sim)
    if user is not call.caller:
        raise TraktError(HTTPStatus.FORBIDDEN)
    return user


def is_visible(media_list: MediaList, owner: Account, viewer: Account | None) -> bool:
    """Tell whether a list shows up for this viewer.

    `link` lists show up for nobody else: their share link is what opens them.
    """
    if viewer is owner:
        return True
    if media_list.privacy == "public":
        return not owner.is_private or _is_friend(viewer, owner)
    return media_list.privacy == "friends" and _is_friend(viewer, owner)


def known_list(call: Call, owner: Account) -> MediaList:
    """Return the owner's list in the path, by trakt id or slug.

    Raises:
        TraktError: 404 no such list, or one that a fault keeps unknown for its first seconds.
    """
    media_list = owner.find_list(call.params["list_id"])
    if media_list is None:
        raise TraktError(HTTPStatus.NOT_FOUND)
    hidden_ms = call.effects.new_list_404_ms
    if hidden_ms and call.now_ms - media_list.created_ms < hidden_ms:
        call.effects.take("new_list_404")
        raise TraktError(HTTPStatus.NOT_FOUND)
    return media_list


def own_list(call: Call, sim: Simulator) -> tuple[Account, MediaList]:
    """Return the caller and its list in the path, for a change."""
    owner = own_user(call, sim)
    return owner, known_list(call, owner)


def public_list(call: Call, sim: Simulator) -> tuple[Account, MediaList]:
    """Return owner and list of `/lists/{id}`: a number, and public (404)."""
    number = number_in(call.params["list_id"])
    owner = None if number is None else sim.world.owners.get(number)
    if owner is None:
        raise TraktError(HTTPStatus.NOT_FOUND)
    media_list = known_list(call, owner)
    if media_list.privacy != "public" or not is_visible(media_list, owner, call.account):
        raise TraktError(HTTPStatus.NOT_FOUND)
    return owner, media_list


def _is_friend(viewer: Account | None, owner: Account) -> bool:
    return viewer is owner or (viewer is not None and viewer.username in owner.friends)
