"""Items of lists: read, add, remove, order."""

from collections.abc import Collection, Sequence
from http import HTTPStatus

import orjson

from trakt_simulator.clock import iso
from trakt_simulator.endpoints.access import is_visible, known_list, own_list, public_list, user_of
from trakt_simulator.endpoints.lists import read_rank, sort_headers
from trakt_simulator.endpoints.paging import Page, page_of
from trakt_simulator.endpoints.requests import Match, counts, read_elements
from trakt_simulator.endpoints.responses import list_state
from trakt_simulator.endpoints.sorting import SORTS, kinds_of, ordered
from trakt_simulator.http.errors import account_limit, vip_only
from trakt_simulator.http.routing import Auth, Route
from trakt_simulator.http.wire import JSON_TYPE, Answer, Call, TraktError, json_answer, no_content
from trakt_simulator.identifiers import number_in
from trakt_simulator.state.account import Account
from trakt_simulator.state.lists import MediaList, Rows
from trakt_simulator.state.simulator import Simulator

_MAX_NOTES = 500


def get_items(call: Call, sim: Simulator) -> Answer:
    owner = user_of(call, sim)
    media_list = known_list(call, owner)
    if is_visible(media_list, owner, call.account):
        return _items(call, sim, owner, media_list)
    status = HTTPStatus(sim.options.private_items_status)
    if status == HTTPStatus.OK:
        return json_answer([], headers=page_of(call, 0, sim.options).headers())
    raise TraktError(status, headers={"X-Private-User": "true"} if status == HTTPStatus.UNAUTHORIZED else None)


def get_public_items(call: Call, sim: Simulator) -> Answer:
    return _items(call, sim, *public_list(call, sim))


def _items(call: Call, sim: Simulator, owner: Account, media_list: MediaList) -> Answer:
    rows = _rows(call, media_list)
    kinds, sort = _asked(call)
    applied = sort or (media_list.sort_by, media_list.sort_how)
    positions = ordered(
        rows,
        media_list,
        applied,
        kinds=kinds_of(kinds),
        without=_watched(call),
        viewer=call.account,
        catalogue=sim.catalogue,
    )
    page = page_of(call, len(positions), sim.options)
    shown = _page_rows(call, positions, page)
    headers = [JSON_TYPE, *page.headers(), *sort_headers(media_list)]
    if sort is not None:
        headers += [(b"x-applied-sort-by", sort[0].encode()), (b"x-applied-sort-how", sort[1].encode())]
    headers.append((b"x-private-user", b"true" if owner.is_private else b"false"))
    return Answer(HTTPStatus.OK, _rows_json(call, sim, media_list, rows, shown), headers)


def _rows(call: Call, media_list: MediaList) -> Rows:
    stale_ms = call.effects.stale_ms
    rows = media_list.rows_at(call.now_ms, stale_ms) if stale_ms else media_list.rows
    if rows != media_list.rows:
        call.effects.take("stale_items")
    return rows


def _asked(call: Call) -> tuple[str, tuple[str, str] | None]:
    """Return the type filter and the wanted order (None: the list's own).

    Forms: `/items`, `/items/{type}`, `/items/{type}/{sort_by}/{sort_how}`, and the query's type, sort_by, sort_how. The
    short form `/items/{sort_by}/{sort_how}` is known, but its order is not honoured, as at Trakt.
    """
    params = call.params
    kinds = params.get("type") or call.query.get("type", "")
    by = params.get("sort_by") or call.query.get("sort_by", "")
    how = params.get("sort_how") or call.query.get("sort_how", "")
    if by not in SORTS:
        return kinds, None
    return kinds, (by, "desc" if how == "desc" else "asc")


def _watched(call: Call) -> Collection[int]:
    if call.query.get("ignore_watched") != "true" or call.account is None:
        return ()
    return {play.key for play in call.account.history or ()}


def _page_rows(call: Call, positions: Sequence[int], page: Page) -> Sequence[int]:
    shown = page.cut(positions)
    if call.effects.has_duplicate_rows and page.page > 1 and shown:
        call.effects.take("duplicate_rows")
        # Trakt's defect: a row repeated over the border, another left out.
        return [positions[page.start - 1], *shown[1:]]
    return shown


def _rows_json(call: Call, sim: Simulator, media_list: MediaList, rows: Rows, shown: Sequence[int]) -> bytes:
    """Write the rows. By hand, from parts kept per title: three times faster than building and dumping objects."""
    notes = media_list.notes or {}
    if "full" in call.query.get("extended", ""):
        return orjson.dumps(
            [
                {
                    "rank": at + 1,
                    "id": rows.ids[at],
                    "listed_at": iso(rows.listed_ms[at]),
                    "notes": notes.get(rows.ids[at]),
                    **sim.catalogue.fields(rows.keys[at], is_full=True),
                }
                for at in shown
            ]
        )
    row = sim.catalogue.row
    ids, keys, listed_ms = rows.ids, rows.keys, rows.listed_ms
    return b"[%b]" % b",".join(
        [
            b'{"rank":%d,"id":%d,"listed_at":"%b","notes":%b,%b}'
            % (
                at + 1,
                ids[at],
                iso(listed_ms[at]).encode(),
                orjson.dumps(notes[ids[at]]) if ids[at] in notes else b"null",
                row(keys[at]),
            )
            for at in shown
        ]
    )


def add_items(call: Call, sim: Simulator) -> Answer:
    owner, media_list = own_list(call, sim)
    elements = read_elements(call.json_object(), sim)
    if not owner.is_vip and sim.options.free_notes == "refused" and any(_note(m) for m in elements.matches):
        raise vip_only()
    wanted = elements.named()
    fresh = media_list.missing(wanted)
    room = _room(owner, media_list, sim)
    if len(fresh) > room:
        if sim.options.limit_batch == "partial":
            sim.world.append_items(owner, media_list, fresh[:room], call.now_ms)
        elif call.effects.is_limit_partial and room:
            call.effects.take("account_limit_partial")
            sim.world.append_items(owner, media_list, fresh[:room], call.now_ms)
        is_documented = sim.options.documented_limit_headers
        raise account_limit(owner, owner.limits.items_per_list, is_documented=is_documented)
    sim.world.append_items(owner, media_list, fresh, call.now_ms)
    if owner.is_vip:
        _keep_notes(media_list, elements.matches, set(fresh))
    if wanted and not fresh and sim.options.existing_moves_updated_at:
        media_list.touch(call.now_ms)
        sim.world.lists_changed(owner, call.now_ms)
    added, sent = counts(fresh), counts(wanted)
    return json_answer(
        {
            "added": added,
            "existing": {name: sent[name] - added[name] for name in sent},
            "not_found": elements.not_found,
            "list": list_state(media_list),
        },
        HTTPStatus.CREATED,
    )


def _room(owner: Account, media_list: MediaList, sim: Simulator) -> int:
    """Return how many more items the account may put on the list."""
    limits = owner.limits
    if len(owner.lists) > limits.lists and sim.options.over_limit_is_read_only:
        return 0
    return max(0, min(limits.items_per_list - len(media_list.rows), limits.total_items - owner.item_total))


def _note(match: Match) -> str | None:
    note = match.element.get("notes")
    return note[:_MAX_NOTES] if isinstance(note, str) and note else None


def _keep_notes(media_list: MediaList, matches: Sequence[Match], fresh: Collection[int]) -> None:
    noted = {match.key: note for match in matches if match.key in fresh and (note := _note(match))}
    if not noted:
        return
    notes = media_list.notes = media_list.notes or {}
    for item, key in zip(media_list.rows.ids, media_list.rows.keys, strict=True):
        if key in noted:
            notes[item] = noted[key]


def remove_items(call: Call, sim: Simulator) -> Answer:
    """What exists, but is not on the list, counts neither as deleted nor as not found (not confirmed)."""
    owner, media_list = own_list(call, sim)
    elements = read_elements(call.json_object(), sim)
    gone = sim.world.remove_items(owner, media_list, elements.named(), call.now_ms)
    return json_answer(
        {"deleted": counts(gone), "not_found": elements.not_found, "list": list_state(media_list)},
    )


def reorder_items(call: Call, sim: Simulator) -> Answer:
    owner, media_list = own_list(call, sim)
    rank = read_rank(call)
    is_noop = call.effects.is_reorder_noop
    if not is_noop:
        sim.world.about_to_change(media_list, call.now_ms)
    done = media_list.reorder(rank, now_ms=call.now_ms, is_noop=is_noop)
    if done.is_changed and is_noop:
        call.effects.take("reorder_noop")
    elif done.is_changed:
        sim.world.lists_changed(owner, call.now_ms)
    return json_answer({"updated": done.updated, "skipped_ids": done.skipped, "list": list_state(media_list)})


def update_item(call: Call, sim: Simulator) -> Answer:
    """Set notes or rank of an item: for VIP accounts only."""
    owner, media_list = own_list(call, sim)
    if not owner.is_vip:
        raise vip_only()
    body = call.json_object()
    item = number_in(call.params["list_item_id"])
    if item is None or item not in media_list.rows.ids:
        raise TraktError(HTTPStatus.NOT_FOUND)
    notes, rank = body.get("notes"), body.get("rank")
    if not isinstance(notes, str | None) or not (rank is None or type(rank) is int):
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="notes or rank: wrong type")
    if not body.keys() & {"notes", "rank"}:
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message="nothing to change")
    sim.world.about_to_change(media_list, call.now_ms)
    is_noted = "notes" in body and media_list.note(item, (notes or "")[:_MAX_NOTES], now_ms=call.now_ms)
    is_moved = rank is not None and media_list.move(item, rank, now_ms=call.now_ms)
    if is_noted or is_moved:
        sim.world.lists_changed(owner, call.now_ms)
    return no_content()


_FORMS = ("", "/{type}", "/{short_by}/{short_how}", "/{type}/{sort_by}/{sort_how}")
ROUTES = (
    *(Route("GET", f"/users/{{id}}/lists/{{list_id}}/items{form}", get_items, Auth.OPTIONAL) for form in _FORMS),
    *(Route("GET", f"/lists/{{list_id}}/items{form}", get_public_items, Auth.OPTIONAL) for form in _FORMS),
    Route("POST", "/users/{id}/lists/{list_id}/items", add_items),
    Route("POST", "/users/{id}/lists/{list_id}/items/remove", remove_items),
    Route("POST", "/users/{id}/lists/{list_id}/items/reorder", reorder_items),
    Route("POST", "/users/{id}/lists/{list_id}/reorder", reorder_items),
    Route("PUT", "/users/{id}/lists/{list_id}/items/{list_item_id}", update_item),
)
