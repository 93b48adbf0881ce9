"""Routes of a list's items."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from chassis.http.paging import PageQuery
from lists_api.errors import ListNotFoundError
from lists_api.http.dependencies import PREFIX, Caller, Cases, IfMatch, ListId
from lists_api.http.documentation import ABSENT, CHANGE, ETAG, ITEMS, with_headers
from lists_api.http.json_route import JsonRoute
from lists_api.http.schemas.etags import etag_of, version_etag, versions
from lists_api.http.schemas.item_requests import AllItemsIn, ItemsIn
from lists_api.http.schemas.item_responses import AddedOut, ItemOut, ItemsOut, RemovedOut, ReplacedOut
from lists_api.lists.domain import changes
from lists_api.lists.domain.items import ItemsEdit
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.use_cases import ListUseCases
from lists_api.store import views
from watchbuddy_contracts import Title

router: Final = APIRouter(prefix=PREFIX, tags=["items"], route_class=JsonRoute)
_DONE: Final = with_headers(200, "What was done.", ETAG)


@router.get("/{list_id}/items", responses=ABSENT | with_headers(200, "A page of items.", ETAG))
async def read_items(
    user_id: Caller, cases: Cases, list_id: ListId, query: Annotated[PageQuery, Query()], response: Response
) -> ItemsOut:
    """Read a page of a list's items, in order."""
    page = await views.read_items(cases.pool, list_id, user_id=user_id, limit=query.limit, offset=query.offset)
    if page is None:
        raise ListNotFoundError(list_id)
    response.headers["ETag"] = version_etag(page.version)
    items = [ItemOut.of(title, rank=rank) for rank, title in enumerate(page.items, start=query.offset + 1)]
    return ItemsOut(items=items, page=query.page, limit=query.limit, total=page.total)


@router.post("/{list_id}/items", responses=CHANGE | ITEMS | _DONE)
async def add_items(
    user_id: Caller, cases: Cases, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> AddedOut:
    """Append items that are not on the list yet."""
    edit, version = await _edit_items(user_id, cases, list_id, body.to_titles(), changes.add_items, response, if_match)
    return AddedOut(added=edit.added, skipped=edit.skipped, version=version)


@router.delete("/{list_id}/items", responses=CHANGE | ITEMS | _DONE)
async def remove_items(
    user_id: Caller, cases: Cases, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> RemovedOut:
    """Remove items."""
    edit, version = await _edit_items(
        user_id, cases, list_id, body.to_titles(), changes.remove_items, response, if_match
    )
    return RemovedOut(removed=edit.removed, skipped=edit.skipped, version=version)


@router.put("/{list_id}/items", responses=CHANGE | ITEMS | _DONE)
async def replace_items(
    user_id: Caller, cases: Cases, list_id: ListId, body: AllItemsIn, response: Response, if_match: IfMatch = None
) -> ReplacedOut:
    """Replace all items."""
    edit, version = await _edit_items(
        user_id, cases, list_id, body.to_titles(), changes.replace_items, response, if_match
    )
    return ReplacedOut(added=edit.added, removed=edit.removed, skipped=edit.skipped, version=version)


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
