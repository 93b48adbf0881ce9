"""Routes of imports from Trakt."""

from typing import Final
from uuid import UUID

from fastapi import Response

from lists_api.errors import ImportNotFoundError
from lists_api.http.dependencies import Caller
from lists_api.http.documentation import ABSENT, LOCATION, TRAKT_IMPORT, with_headers
from lists_api.http.json_route import users_router
from lists_api.http.schemas.trakt_imports import TraktImportIn, TraktImportOut, TraktImportStartedOut
from lists_api.imports.trakt import request_import
from lists_api.store import trakt_imports as store

PREFIX: Final = "/api/imports/trakt"
router: Final = users_router("imports", prefix=PREFIX)


@router.post("", status_code=202, responses=TRAKT_IMPORT | with_headers(202, "The import was started.", LOCATION))
async def import_from_trakt(caller: Caller, body: TraktImportIn, response: Response) -> TraktImportStartedOut:
    """Make a list of a list on Trakt, once: while the list that was made is there, its import is given again."""
    started = await request_import(caller.cases, caller.user_id, body.to_reference(), body.list_type)
    status_url = f"{PREFIX}/{started.import_id}"
    response.headers["Location"] = status_url
    return TraktImportStartedOut(import_id=started.import_id, status_url=status_url)


@router.get("/{import_id}", responses=ABSENT)
async def read_trakt_import(caller: Caller, import_id: UUID) -> TraktImportOut:
    """Read how far an import from Trakt is."""
    found = await store.read_import(caller.cases.pool, import_id, user_id=caller.user_id)
    if found is None:
        raise ImportNotFoundError(import_id)
    return TraktImportOut.of(found)
