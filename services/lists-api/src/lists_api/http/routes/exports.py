"""The route that gives a list as a file."""

from typing import Annotated, Final, Literal

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict

from lists_api.errors import ListNotFoundError
from lists_api.feeds.domain.file_names import content_disposition
from lists_api.http.dependencies import PREFIX, Caller, ListId
from lists_api.http.documentation import ABSENT, DISPOSITION, with_headers
from lists_api.http.exports import body_of
from lists_api.http.json_route import users_router
from lists_api.http.schemas.export_responses import CSV_EXAMPLE, ExportOut
from lists_api.store import listings

router: Final = users_router("exports", prefix=PREFIX)
CSV_BODY: Final = {"text/csv": {"schema": {"type": "string"}, "example": CSV_EXAMPLE}}
_FILE: Final = with_headers(200, "The list.", DISPOSITION)[200] | {"model": ExportOut, "content": CSV_BODY}


class ExportQuery(BaseModel):
    """How the list is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: Literal["csv", "json"] = "csv"
    """`csv` has IMDb's columns, and three ids behind them; `json` is WatchBuddy's own form."""


@router.get("/{list_id}/export", response_class=Response, responses=ABSENT | {200: _FILE})
async def export_list(caller: Caller, list_id: ListId, query: Annotated[ExportQuery, Query()]) -> Response:
    """Give a list with all its items as a file, in order."""
    listing = await listings.read_listing(caller.cases.pool, list_id, user_id=caller.user_id)
    if listing is None:
        raise ListNotFoundError(list_id)
    body = await body_of(listing, query.format)
    name = content_disposition(listing.properties.title, query.format)
    return Response(body.content, media_type=body.media_type, headers={"Content-Disposition": name})
