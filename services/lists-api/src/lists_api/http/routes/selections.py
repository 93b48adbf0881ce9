"""Routes of what a user may look at before a list is made."""

from typing import Final

from lists_api.catalogue.suggesting import preview, suggestions
from lists_api.http.dependencies import PREFIX, Caller
from lists_api.http.documentation import BODY, SEARCH
from lists_api.http.json_route import users_router
from lists_api.http.schemas.selection_bodies import PreviewIn, PreviewOut, SuggestionOut, SuggestionsOut

router: Final = users_router("selections")


@router.post(f"{PREFIX}/preview", responses=BODY | SEARCH)
async def preview_list(caller: Caller, body: PreviewIn) -> PreviewOut:
    """Read what a list with these filters would hold. Nothing is made."""
    cases, filters, now = caller.cases, body.filters.to_filters(), caller.cases.now()
    shown = await preview(cases.pool, caller.user_id, filters, limit=body.item_limit, quotas=cases.quotas, now=now)
    return PreviewOut.of(filters, shown.ranked, matching=shown.matching, has_more=shown.has_more, year=now.year)


@router.get("/api/suggestions", responses=SEARCH)
async def read_suggestions(caller: Caller) -> SuggestionsOut:
    """Read ready-made smart lists for you."""
    cases, now = caller.cases, caller.cases.now()
    found = await suggestions(cases.pool, caller.user_id, quotas=cases.quotas, now=now)
    return SuggestionsOut(suggestions=[SuggestionOut.of(one, year=now.year) for one in found])
