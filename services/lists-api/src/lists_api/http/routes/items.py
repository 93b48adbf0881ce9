"""Routes of a list's items."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final

from fastapi import Query, Response

from chassis.http.paging import PageQuery
from lists_api.errors import ListNotFoundError
from lists_api.http.dependencies import PREFIX, Caller, IfMatch, ListId
from lists_api.http.documentation import ABSENT, CHANGE, ETAG, ITEMS, with_headers
from lists_api.http.json_route import users_router
from lists_api.http.schemas.etags import etag_of, version_etag, versions
from lists_api.http.schemas.item_requests import AllItemsIn, ItemsIn, MoveIn
from lists_api.http.schemas.item_responses import (
    AddedOut,
    ExclusionsOut,
    ItemOut,
    ItemsOut,
    MovedOut,
    RemovedOut,
    ReplacedOut,
    TitleOut,
)
from lists_api.http.schemas.queries import ItemsQuery
from lists_api.lists.domain import changes
from lists_api.lists.domain.items import ItemsEdit
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.use_cases import ListUseCases
from lists_api.store import item_pages, views
from watchbuddy_contracts import Title

router: Final = users_router("items", prefix=PREFIX)
_DONE: Final = with_headers(200, "What was done.", ETAG)


@router.get("/{list_id}/items", responses=ABSENT | with_headers(200, "A page of items.", ETAG))
async def read_items(
    caller: Caller, list_id: ListId, query: Annotated[ItemsQuery, Query()], response: Response
) -> ItemsOut:
    """Read a page of a list's items."""
    page = await item_pages.read_items(caller.cases.pool, list_id, query.choice, user_id=caller.user_id)
    if page is None:
        raise ListNotFoundError(list_id)
    response.headers["ETag"] = version_etag(page.version)
    return ItemsOut(
        items=[ItemOut.at(item) for item in page.items], page=query.page, limit=query.limit, total=page.total
    )


@router.post("/{list_id}/items", responses=CHANGE | ITEMS | _DONE)
async def add_items(
    caller: Caller, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> AddedOut:
    """Append items that are not on the list yet."""
    edit, version = await _edit_items(
        caller.user_id, caller.cases, list_id, body.to_titles(), changes.add_items, response, if_match
    )
    return AddedOut(added=edit.added, skipped=edit.skipped, version=version)


@router.delete("/{list_id}/items", responses=CHANGE | ITEMS | _DONE)
async def remove_items(
    caller: Caller, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> RemovedOut:
    """Remove items."""
    edit, version = await _edit_items(
        caller.user_id, caller.cases, list_id, body.to_titles(), changes.remove_items, response, if_match
    )
    return RemovedOut(removed=edit.removed, skipped=edit.skipped, version=version)


@router.put("/{list_id}/items", responses=CHANGE | ITEMS | _DONE)
async def replace_items(
    caller: Caller, list_id: ListId, body: AllItemsIn, response: Response, if_match: IfMatch = None
) -> ReplacedOut:
    """Replace all items."""
    edit, version = await _edit_items(
        caller.user_id, caller.cases, list_id, body.to_titles(), changes.replace_items, response, if_match
    )
    return ReplacedOut(added=edit.added, removed=edit.removed, skipped=edit.skipped, version=version)


@router.post("/{list_id}/items/move", responses=CHANGE | ITEMS | _DONE)
async def move_item(
    caller: Caller, list_id: ListId, body: MoveIn, response: Response, if_match: IfMatch = None
) -> MovedOut:
    """Move an item of a manual list to another rank."""
    changed = await caller.cases.change(
        caller.user_id,
        list_id,
        lambda current: changes.move_item(current, body.item.to_title(), rank=body.rank),
        if_match=versions(if_match),
    )
    response.headers["ETag"] = etag_of(changed.summary_now)
    moved = len(changed.change.events)
    return MovedOut(moved=moved, skipped=1 - moved, version=changed.summary_now.version)


@router.delete("/{list_id}/pins", responses=CHANGE | ITEMS | _DONE)
async def unpin_items(
    caller: Caller, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> RemovedOut:
    """No longer pin titles of a custom list. They stay on it until its next run decides."""
    edit, version = await _edit_items(
        caller.user_id, caller.cases, list_id, body.to_titles(), changes.unpin, response, if_match
    )
    return RemovedOut(removed=edit.removed, skipped=edit.skipped, version=version)


@router.get("/{list_id}/exclusions", responses=ABSENT)
async def read_exclusions(caller: Caller, list_id: ListId, query: Annotated[PageQuery, Query()]) -> ExclusionsOut:
    """Read the titles that are kept out of a custom list, because they were taken off by hand."""
    page = await views.read_exclusions(
        caller.cases.pool, list_id, user_id=caller.user_id, limit=query.limit, offset=query.offset
    )
    if page is None:
        raise ListNotFoundError(list_id)
    items, total = page
    return ExclusionsOut(items=[TitleOut.of(one) for one in items], page=query.page, limit=query.limit, total=total)


@router.delete("/{list_id}/exclusions", responses=CHANGE | ITEMS | _DONE)
async def let_in(
    caller: Caller, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> RemovedOut:
    """No longer keep titles out of a custom list. Its next run may find them."""
    edit, version = await _edit_items(
        caller.user_id, caller.cases, list_id, body.to_titles(), changes.let_in, response, if_match
    )
    return RemovedOut(removed=edit.removed, skipped=edit.skipped, version=version)


async def _edit_items(
    user_id: str,
    cases: ListUseCases,
    list_id: int,
    items: Sequence[Title],
    decide: Callable[[MediaList, Sequence[Title]], changes.Change],
    response: Response,
    if_match: str | None,
) -> tuple[ItemsEdit, int]:
    """Change the list's items as `decide` says. Return what was done, and the list's version after it."""
    changed = await cases.change(
        user_id, list_id, lambda current: decide(current, items), if_match=versions(if_match), size=len(items)
    )
    assert changed.change.edit is not None, "`decide` edits items"  # noqa: S101
    summary = changed.summary_now
    response.headers["ETag"] = etag_of(summary)
    return changed.change.edit, summary.version
