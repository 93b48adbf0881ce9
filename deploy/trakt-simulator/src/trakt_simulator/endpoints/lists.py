"""Personal lists: read, create, change, delete, order."""

from http import HTTPStatus

from trakt_simulator.endpoints.access import is_visible, known_list, own_list, own_user, public_list, visible_user
from trakt_simulator.endpoints.list_fields import read_list_fields
from trakt_simulator.endpoints.paging import page_of
from trakt_simulator.endpoints.requests import read_rank
from trakt_simulator.endpoints.responses import list_object, sort_headers
from trakt_simulator.http.errors import TraktError, account_limit, invalid
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response, no_content
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.simulator import Simulator


def get_lists(request: Request, sim: Simulator) -> Response:
    owner = visible_user(request, sim)
    lists = _lists(request, owner)
    shown = [media_list for media_list in lists if is_visible(media_list, owner, request.account)]
    page = page_of(request, len(shown), sim.options)
    return json_response([list_object(media_list, owner) for media_list in page.cut(shown)], headers=page.headers())


def _lists(request: Request, owner: Account) -> list[MediaList]:
    lists = list(owner.lists.values())
    stale_ms = request.effects.stale_lists_ms
    seen = owner.lists_at(request.now_ms, stale_ms) if stale_ms else lists
    if seen != lists:
        request.effects.mark_applied("stale_lists")
    return seen


def create_list(request: Request, sim: Simulator) -> Response:
    owner = own_user(request, sim)
    fields = read_list_fields(request)
    if not fields.name:
        raise invalid("name: missing")
    if len(owner.lists) >= owner.limits.lists:
        raise account_limit(owner, owner.limits.lists, is_documented=sim.options.documented_limit_headers)
    media_list = sim.accounts.add_list(owner, fields.name, request.now_ms)
    fields.apply(media_list)
    # The contract shows `user` here. The Blueprint does not, and pytrakt fails on it.
    shown = list_object(media_list, owner if sim.options.user_in_created_list else None)
    return json_response(shown, HTTPStatus.CREATED)


def get_list(request: Request, sim: Simulator) -> Response:
    owner = visible_user(request, sim)
    media_list = known_list(request, owner)
    if not is_visible(media_list, owner, request.account):
        raise TraktError(HTTPStatus.NOT_FOUND)
    return json_response(list_object(media_list, owner), headers=sort_headers(media_list))


def get_public_list(request: Request, sim: Simulator) -> Response:
    owner, media_list = public_list(request, sim)
    return json_response(list_object(media_list, owner), headers=sort_headers(media_list))


def update_list(request: Request, sim: Simulator) -> Response:
    owner, media_list = own_list(request, sim)
    fields = read_list_fields(request)
    if not fields.model_fields_set:
        raise invalid("nothing to change")
    # The slug does not change, so that existing references do not break.
    if fields.apply(media_list):
        media_list.touch(request.now_ms)
        sim.accounts.lists_changed(owner, request.now_ms)
    return json_response(list_object(media_list, owner))


def delete_list(request: Request, sim: Simulator) -> Response:
    owner, media_list = own_list(request, sim)
    sim.accounts.delete_list(owner, media_list, request.now_ms)
    return no_content()


def reorder_lists(request: Request, sim: Simulator) -> Response:
    owner = own_user(request, sim)
    wanted = list(dict.fromkeys(read_rank(request)))
    known = [number for number in wanted if number in owner.lists]
    skipped = [number for number in wanted if number not in owner.lists]
    order = [*known, *(number for number in owner.lists if number not in set(known))]
    is_changed = order != list(owner.lists)
    if is_changed and request.effects.is_reorder_noop:
        request.effects.mark_applied("reorder_noop")
    elif is_changed:
        owner.lists = {number: owner.lists[number] for number in order}
        sim.accounts.lists_changed(owner, request.now_ms)
    return json_response({"updated": len(known), "skipped_ids": skipped})


def get_collaborations(request: Request, sim: Simulator) -> Response:
    visible_user(request, sim)
    return json_response([])


ROUTES = (
    Route("GET", "/users/{id}/lists", get_lists, Auth.OPTIONAL),
    Route("POST", "/users/{id}/lists", create_list),
    Route("POST", "/users/{id}/lists/reorder", reorder_lists),
    Route("GET", "/users/{id}/lists/collaborations", get_collaborations, Auth.OPTIONAL),
    Route("GET", "/users/{id}/lists/{list_id}", get_list, Auth.OPTIONAL),
    Route("PUT", "/users/{id}/lists/{list_id}", update_list),
    Route("DELETE", "/users/{id}/lists/{list_id}", delete_list),
    Route("GET", "/lists/{list_id}", get_public_list, Auth.OPTIONAL),
)
