"""The HTTP routes: parse, call, status code."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BeforeValidator

from chassis.auth import BEARER, current_user
from chassis.paging import PageQuery
from chassis.problems import documented
from lists_api import lists
from lists_api.answers import (
    AddedOut,
    ItemOut,
    ItemsOut,
    ListOut,
    ListsOut,
    RemovedOut,
    ReplacedOut,
    RunOut,
    RunStartedOut,
)
from lists_api.errors import ListNotFoundError, RunNotFoundError
from lists_api.etags import IF_HEADER, etag_of, is_known, version_etag, versions
from lists_api.items import ItemsEdit, ListItem
from lists_api.schemas import AllItemsIn, ItemsIn, ListIn, ListPatch, ListsQuery, SyncQuery
from lists_api.settings import HttpSettings
from lists_api.state import ListSummary, MediaList
from lists_api.store import runs, views
from lists_api.use_cases import Changed, IdempotencyKey, UseCases

MAX_LIST_ID: Final = 2**63 - 1
PREFIX: Final = "/api/lists"


def _digits(value: str) -> str:
    # pydantic reads "1.0" and "+1" as 1 too; a list has one address
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number")
    return value


async def use_cases(request: Request) -> UseCases:
    """Return what the application was built with. A plain function would cost a thread per request."""
    cases: UseCases = request.app.state.use_cases
    return cases


Caller = Annotated[str, Depends(current_user)]
Cases = Annotated[UseCases, Depends(use_cases)]
ListId = Annotated[int, BeforeValidator(_digits), Path(ge=1, le=MAX_LIST_ID)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]
IfMatch = Annotated[str | None, Header(pattern=IF_HEADER)]
IfNoneMatch = Annotated[str | None, Header(pattern=IF_HEADER)]

router = APIRouter(
    prefix=PREFIX,
    dependencies=[Depends(BEARER)],
    responses=documented(401, 422, 500, 503),
)


@router.post("", status_code=201, responses=documented(413, 415))
async def create_list(
    user_id: Caller, cases: Cases, request: Request, response: Response, body: ListIn, idempotency_key: Key = None
) -> ListOut:
    settings: HttpSettings = request.app.state.settings
    key = None
    if idempotency_key is not None:
        fingerprint = hashlib.sha256(body.model_dump_json(exclude_unset=True).encode()).digest()
        key = IdempotencyKey(idempotency_key, fingerprint, keep=settings.idempotency_retention)
    summary = await cases.create(user_id, body.to_new_list(), key)
    response.headers["Location"] = f"{PREFIX}/{summary.list_id}"
    return _read(summary, response)


@router.get("")
async def read_lists(user_id: Caller, cases: Cases, query: Annotated[ListsQuery, Query()]) -> ListsOut:
    page, total = await views.read_lists(
        cases.pool, user_id=user_id, mirrored=query.mirrored, limit=query.limit, offset=query.offset
    )
    return ListsOut(lists=[ListOut.of(one) for one in page], page=query.page, limit=query.limit, total=total)


@router.get(
    "/{list_id}",
    response_model=ListOut,
    responses=documented(404) | {304: {"description": "The reader has it already."}},
)
async def read_list(
    user_id: Caller, cases: Cases, list_id: ListId, response: Response, if_none_match: IfNoneMatch = None
) -> ListOut | Response:
    summary = await views.read_list(cases.pool, list_id, user_id=user_id)
    if summary is None:
        raise ListNotFoundError(list_id)
    etag = etag_of(summary)
    if is_known(if_none_match, etag):
        return Response(status_code=304, headers={"ETag": etag})
    return _read(summary, response)


@router.patch("/{list_id}", responses=documented(404, 412, 413, 415))
async def edit_list(
    user_id: Caller, cases: Cases, list_id: ListId, body: ListPatch, response: Response, if_match: IfMatch = None
) -> ListOut:
    edit = body.to_edit()
    changed = await cases.change(
        user_id, list_id, lambda current: lists.edit_properties(current, edit), if_match=versions(if_match)
    )
    return _read(_summary(changed), response)


@router.delete("/{list_id}", status_code=204, responses=documented(404, 412))
async def delete_list(user_id: Caller, cases: Cases, list_id: ListId, if_match: IfMatch = None) -> None:
    await cases.change(user_id, list_id, lists.delete, if_match=versions(if_match))


@router.get("/{list_id}/items", responses=documented(404))
async def read_items(
    user_id: Caller, cases: Cases, list_id: ListId, query: Annotated[PageQuery, Query()], response: Response
) -> ItemsOut:
    page = await views.read_items(cases.pool, list_id, user_id=user_id, limit=query.limit, offset=query.offset)
    if page is None:
        raise ListNotFoundError(list_id)
    response.headers["ETag"] = version_etag(page.version)
    items = [ItemOut.of(item, rank=rank) for rank, item in enumerate(page.items, start=query.offset + 1)]
    return ItemsOut(items=items, page=query.page, limit=query.limit, total=page.total)


@router.post("/{list_id}/items", responses=documented(404, 412, 413, 415))
async def add_items(
    user_id: Caller, cases: Cases, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> AddedOut:
    edit, version = await _edit_items(user_id, cases, list_id, body.to_items(), lists.add_items, response, if_match)
    return AddedOut(added=edit.added, skipped=edit.skipped, version=version)


@router.delete("/{list_id}/items", responses=documented(404, 412, 413, 415))
async def remove_items(
    user_id: Caller, cases: Cases, list_id: ListId, body: ItemsIn, response: Response, if_match: IfMatch = None
) -> RemovedOut:
    edit, version = await _edit_items(user_id, cases, list_id, body.to_items(), lists.remove_items, response, if_match)
    return RemovedOut(removed=edit.removed, skipped=edit.skipped, version=version)


@router.put("/{list_id}/items", responses=documented(404, 412, 413, 415))
async def replace_items(
    user_id: Caller, cases: Cases, list_id: ListId, body: AllItemsIn, response: Response, if_match: IfMatch = None
) -> ReplacedOut:
    edit, version = await _edit_items(user_id, cases, list_id, body.to_items(), lists.replace_items, response, if_match)
    return ReplacedOut(added=edit.added, removed=edit.removed, skipped=edit.skipped, version=version)


@router.post("/{list_id}/sync", status_code=202, responses=documented(404, 412))
async def start_sync(
    user_id: Caller,
    cases: Cases,
    list_id: ListId,
    query: Annotated[SyncQuery, Query()],
    response: Response,
    if_match: IfMatch = None,
) -> RunStartedOut:
    run_id = await cases.sync(user_id, list_id, trigger=query.trigger, if_match=versions(if_match))
    status_url = f"{PREFIX}/{list_id}/runs/{run_id}"
    response.headers["Location"] = status_url
    return RunStartedOut(run_id=run_id, status_url=status_url)


@router.get("/{list_id}/runs/{run_id}", responses=documented(404))
async def read_run(user_id: Caller, cases: Cases, list_id: ListId, run_id: UUID) -> RunOut:
    summary = await runs.read_run(cases.pool, list_id, run_id, user_id=user_id)
    if summary is None:
        raise RunNotFoundError(list_id, run_id)
    return RunOut.of(summary)


def _read(summary: ListSummary, response: Response) -> ListOut:
    response.headers["ETag"] = etag_of(summary)
    return ListOut.of(summary)


def _summary(changed: Changed) -> ListSummary:
    assert changed.summary is not None, "only a deletion leaves nothing to read"  # noqa: S101
    return changed.summary


async def _edit_items(
    user_id: str,
    cases: UseCases,
    list_id: int,
    items: Sequence[ListItem],
    decide: Callable[[MediaList, Sequence[ListItem]], lists.Change],
    response: Response,
    if_match: str | None,
) -> tuple[ItemsEdit, int]:
    """Do with the items of the request what `decide` says; return what was done, and the list's version after it."""
    changed = await cases.change(user_id, list_id, lambda current: decide(current, items), if_match=versions(if_match))
    assert changed.change.edit is not None, "an edit of items counts them"  # noqa: S101
    summary = _summary(changed)
    response.headers["ETag"] = etag_of(summary)
    return changed.change.edit, summary.version
