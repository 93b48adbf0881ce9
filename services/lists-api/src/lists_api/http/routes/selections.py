"""Routes of what a user may look at before a list is made."""

from typing import Final

from lists_api.catalogue.suggesting import preview, suggestions
from lists_api.http.dependencies import PREFIX, Caller
from lists_api.http.documentation import BODY
from lists_api.http.json_route import users_router
from lists_api.http.schemas.selection_bodies import PreviewIn, PreviewOut, SuggestionOut, SuggestionsOut

router: Final = users_router("selections")


@router.post(f"{PREFIX}/preview", responses=BODY)
async def preview_list(caller: Caller, body: PreviewIn) -> PreviewOut:
    """Read what a list with these filters would hold. Nothing is made."""
    filters, today = body.filters.to_filters(), caller.cases.now().date()
    shown = await preview(caller.cases.pool, caller.user_id, filters, limit=body.item_limit, today=today)
    return PreviewOut.of(filters, shown.ranked, matching=shown.matching, has_more=shown.has_more, year=today.year)


@router.get("/api/suggestions")
async def read_suggestions(caller: Caller) -> SuggestionsOut:
    """Read ready-made smart lists for you."""
    today = caller.cases.now().date()
    found = await suggestions(caller.cases.pool, caller.user_id, today=today)
    return SuggestionsOut(suggestions=[SuggestionOut.of(one, year=today.year) for one in found])
