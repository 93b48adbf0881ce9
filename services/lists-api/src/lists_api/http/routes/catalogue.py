"""Routes of the catalogue, which is the same for every user."""

from typing import Annotated, Final

from fastapi import Query

from lists_api.catalogue.domain.filters import MEDIA_TYPES
from lists_api.catalogue.domain.options import CatalogueOptions
from lists_api.catalogue.searching import search_catalogue as search
from lists_api.http.dependencies import Caller
from lists_api.http.documentation import BODY, SEARCH
from lists_api.http.json_route import users_router
from lists_api.http.schemas.catalogue import (
    CatalogueTitleOut,
    NamedTitleOut,
    NamesIn,
    NamesOut,
    OptionsOut,
    SearchOut,
    SearchQuery,
)
from lists_api.store.catalogue import read_options
from lists_api.store.names import read_names

router: Final = users_router("catalogue", prefix="/api/catalogue")


@router.get("/options")
async def read_catalogue_options(caller: Caller) -> OptionsOut:
    """Read what filters can choose, with the numbers of titles."""
    return OptionsOut.of(CatalogueOptions.of(await read_options(caller.cases.pool)))


@router.get("/search", responses=SEARCH)
async def search_catalogue(caller: Caller, query: Annotated[SearchQuery, Query()]) -> SearchOut:
    """Find titles by the beginnings of words, the best known first."""
    media_types = [query.media_type] if query.media_type else list(MEDIA_TYPES)
    titles = await search(
        caller.cases.pool,
        caller.user_id,
        query.q,
        media_types=media_types,
        limit=query.limit,
        quotas=caller.cases.quotas,
        now=caller.cases.now(),
    )
    return SearchOut(titles=[CatalogueTitleOut.of(title) for title in titles])


@router.post("/names", responses=BODY)
async def name_titles(caller: Caller, body: NamesIn) -> NamesOut:
    """Read what titles are called that other answers name by their ids. Nothing is made."""
    known = await read_names(caller.cases.pool, body.to_titles())
    return NamesOut(titles=[NamedTitleOut.named(one) for one in known])
