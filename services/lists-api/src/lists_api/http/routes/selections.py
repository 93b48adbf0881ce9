"""Routes of what a user may look at before a list is made or changed."""

from typing import Final

from lists_api.catalogue.suggesting import preview, suggestions
from lists_api.http.dependencies import PREFIX, Caller, ListId
from lists_api.http.documentation import AHEAD, BODY, SEARCH
from lists_api.http.json_route import users_router
from lists_api.http.schemas.requests import ListPatch
from lists_api.http.schemas.selection_bodies import (
    MAX_PREVIEW,
    ListPreviewOut,
    PreviewIn,
    PreviewOut,
    SomeTitlesOut,
    SuggestionOut,
    SuggestionsOut,
)
from lists_api.runs.ahead import look_ahead
from lists_api.runs.catalogue_selector import CatalogueSelector
from lists_api.store.names import read_names

router: Final = users_router("selections")


@router.post(f"{PREFIX}/preview", responses=BODY | SEARCH)
async def preview_list(caller: Caller, body: PreviewIn) -> PreviewOut:
    """Read what a list with these filters would hold. Nothing is made."""
    cases, filters, now = caller.cases, body.filters.to_filters(), caller.cases.now()
    shown = await preview(cases.pool, caller.user_id, filters, limit=body.item_limit, quotas=cases.quotas, now=now)
    return PreviewOut.of(filters, shown.ranked, matching=shown.matching, has_more=shown.has_more, year=now.year)


@router.post(f"{PREFIX}/{{list_id}}/preview", responses=AHEAD)
async def preview_change(caller: Caller, list_id: ListId, body: ListPatch) -> ListPreviewOut:
    """Read which titles would come to the list and leave it at its next full run, if it were changed so.

    Nothing is changed. A manual list keeps its titles, and so does one that no title fits.
    """
    cases = caller.cases
    would = await look_ahead(
        cases.pool, CatalogueSelector(), caller.user_id, list_id, body.applied_to, quotas=cases.quotas, now=cases.now()
    )
    shown = [
        SomeTitlesOut.of(len(titles), await read_names(cases.pool, titles[:MAX_PREVIEW]))
        for titles in (would.comes, would.leaves)
    ]
    return ListPreviewOut(comes=shown[0], leaves=shown[1])


@router.get("/api/suggestions", responses=SEARCH)
async def read_suggestions(caller: Caller) -> SuggestionsOut:
    """Read ready-made smart lists for you."""
    cases, now = caller.cases, caller.cases.now()
    found = await suggestions(cases.pool, caller.user_id, quotas=cases.quotas, now=now)
    return SuggestionsOut(suggestions=[SuggestionOut.of(one, year=now.year) for one in found])
