"""Changing the items of lists and of the watchlist: add, remove, reorder, set notes and rank."""

from collections.abc import Collection, Sequence
from http import HTTPStatus

from trakt_simulator.catalogue.media import PLURAL, kind_of
from trakt_simulator.endpoints.access import own_list
from trakt_simulator.endpoints.requests import Match, RequestItems, counts, read_items, read_rank
from trakt_simulator.endpoints.responses import list_summary
from trakt_simulator.faults.named_titles import is_named
from trakt_simulator.http.errors import TraktError, account_limit, invalid, vip_only
from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Response, json_response, no_content
from trakt_simulator.http.routing import Route
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList
from trakt_simulator.state.simulator import Simulator

MAX_NOTES_LENGTH = 500


def add_items(request: Request, sim: Simulator) -> Response:
    owner, media_list = own_list(request, sim)
    items = read_items(request.json_object(), sim)
    if not owner.is_vip and sim.options.free_notes == "refused" and any(_notes(match) for match in items.matches):
        raise vip_only()
    wanted = items.keys()
    new = media_list.missing(wanted)
    room = _room(owner, media_list, sim)
    if len(new) > room:
        if sim.options.limit_batch == "partial":
            sim.accounts.append_items(owner, media_list, new[:room], request.now_ms)
        elif request.effects.is_limit_partial and room:
            request.effects.mark_applied("account_limit_partial")
            sim.accounts.append_items(owner, media_list, new[:room], request.now_ms)
        is_documented = sim.options.documented_limit_headers
        raise account_limit(owner, owner.max_items(media_list), is_documented=is_documented)
    sim.accounts.append_items(owner, media_list, new, request.now_ms)
    if owner.is_vip:
        _set_notes(media_list, items.matches, set(new))
    if wanted and not new and sim.options.existing_moves_updated_at:
        media_list.touch(request.now_ms)
        sim.accounts.items_changed(owner, media_list, request.now_ms)
    added, sent = counts(new), counts(wanted)
    return json_response(
        {
            "added": added,
            "existing": {name: sent[name] - added[name] for name in sent},
            "not_found": items.not_found,
            "list": list_summary(media_list),
        },
        HTTPStatus.CREATED,
    )


def _room(owner: Account, media_list: MediaList, sim: Simulator) -> int:
    """Return how many more items the account may put on the list."""
    limits, room = owner.limits, owner.max_items(media_list) - len(media_list.rows)
    if media_list is owner.watchlist:
        return max(0, room)
    if len(owner.lists) > limits.lists and sim.options.over_limit_is_read_only:
        return 0
    return max(0, min(room, limits.total_items - owner.item_total))


def _notes(match: Match) -> str | None:
    notes = match.element.get("notes")
    return notes[:MAX_NOTES_LENGTH] if isinstance(notes, str) and notes else None


def _set_notes(media_list: MediaList, matches: Sequence[Match], new: Collection[int]) -> None:
    by_key = {match.key: notes for match in matches if match.key in new and (notes := _notes(match))}
    if not by_key:
        return
    kept = media_list.notes = media_list.notes or {}
    for item_id, key in zip(media_list.rows.ids, media_list.rows.keys, strict=True):
        if key in by_key:
            kept[item_id] = by_key[key]


def remove_items(request: Request, sim: Simulator) -> Response:
    """Remove items. A known title that is not on the list is neither deleted nor not found (not confirmed)."""
    owner, media_list = own_list(request, sim)
    items = read_items(request.json_object(), sim)
    keys = _removable(request, media_list, items)
    removed = sim.accounts.remove_items(owner, media_list, keys, request.now_ms)
    return json_response(
        {"deleted": counts(removed), "not_found": items.not_found, "list": list_summary(media_list)},
    )


def _removable(request: Request, media_list: MediaList, items: RequestItems) -> list[int]:
    """Return the keys to remove. The others, by a fault, count as not found."""
    kept = [match for match in items.matches if _is_unremovable(request, media_list, match)]
    for match in kept:
        request.effects.mark_applied("unremovable")
        items.not_found[PLURAL[kind_of(match.key)]].append(match.element)
    stuck = {match.key for match in kept}
    return [match.key for match in items.matches if match.key not in stuck]


def _is_unremovable(request: Request, media_list: MediaList, match: Match) -> bool:
    plural = PLURAL[kind_of(match.key)]
    return match.key in media_list.rows.keys and any(
        fault.media in (None, plural) and (fault.ids is None or is_named(match.element, fault.ids))
        for fault in request.effects.unremovable
    )


def reorder_items(request: Request, sim: Simulator) -> Response:
    owner, media_list = own_list(request, sim)
    rank = read_rank(request)
    is_noop = request.effects.is_reorder_noop
    if not is_noop:
        sim.accounts.about_to_change(media_list, request.now_ms)
    result = media_list.reorder(rank, now_ms=request.now_ms, is_noop=is_noop)
    if result.is_changed and is_noop:
        request.effects.mark_applied("reorder_noop")
    elif result.is_changed:
        sim.accounts.items_changed(owner, media_list, request.now_ms)
    return json_response(
        {"updated": result.updated, "skipped_ids": result.skipped, "list": list_summary(media_list)},
    )


def update_item(request: Request, sim: Simulator) -> Response:
    """Set notes or rank of an item. Only VIP accounts may."""
    owner, media_list = own_list(request, sim)
    if not owner.is_vip:
        raise vip_only()
    body = request.json_object()
    item_id = number_in(request.params["list_item_id"])
    if item_id is None or item_id not in media_list.rows.ids:
        raise TraktError(HTTPStatus.NOT_FOUND)
    notes, rank = body.get("notes"), body.get("rank")
    if not isinstance(notes, str | None) or not (rank is None or type(rank) is int):
        raise invalid("notes or rank: wrong type")
    if not body.keys() & {"notes", "rank"}:
        raise invalid("nothing to change")
    now_ms = request.now_ms
    sim.accounts.about_to_change(media_list, now_ms)
    has_new_notes = "notes" in body and media_list.note(item_id, (notes or "")[:MAX_NOTES_LENGTH], now_ms=now_ms)
    is_moved = rank is not None and media_list.move(item_id, rank, now_ms=now_ms)
    if has_new_notes or is_moved:
        sim.accounts.items_changed(owner, media_list, now_ms)
    return no_content()


ROUTES = (
    Route("POST", "/users/{id}/lists/{list_id}/items", add_items),
    Route("POST", "/users/{id}/lists/{list_id}/items/remove", remove_items),
    Route("POST", "/users/{id}/lists/{list_id}/items/reorder", reorder_items),
    Route("POST", "/users/{id}/lists/{list_id}/reorder", reorder_items),
    Route("PUT", "/users/{id}/lists/{list_id}/items/{list_item_id}", update_item),
    Route("POST", "/sync/watchlist", add_items),
    Route("POST", "/sync/watchlist/remove", remove_items),
    Route("POST", "/sync/watchlist/reorder", reorder_items),
    Route("PUT", "/sync/watchlist/{list_item_id}", update_item),
)
