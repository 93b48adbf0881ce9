"""Routes of the catalogue, which is the same for every user."""

from typing import Annotated, Final

from fastapi import APIRouter, Query

from lists_api.catalogue.domain.filters import MEDIA_TYPES
from lists_api.catalogue.domain.options import CatalogueOptions
from lists_api.catalogue.domain.search import Search
from lists_api.http.dependencies import Cases
from lists_api.http.json_route import JsonRoute
from lists_api.http.schemas.catalogue import CatalogueTitleOut, OptionsOut, SearchOut, SearchQuery
from lists_api.store.catalogue import read_options
from lists_api.store.catalogue_search import search_titles

router: Final = APIRouter(prefix="/api/catalogue", tags=["catalogue"], route_class=JsonRoute)


@router.get("/options")
async def read_catalogue_options(cases: Cases) -> OptionsOut:
    """Read what filters can choose, with the numbers of titles."""
    return OptionsOut.of(CatalogueOptions.of(await read_options(cases.pool)))


@router.get("/search")
async def search_catalogue(cases: Cases, query: Annotated[SearchQuery, Query()]) -> SearchOut:
    """Find titles by the beginnings of words, the best known first."""
    search = Search.of(query.q)
    if search is None:
        return SearchOut(titles=[])
    media_types = [query.media_type] if query.media_type else list(MEDIA_TYPES)
    titles = await search_titles(cases.pool, search, media_types=media_types, limit=query.limit)
    return SearchOut(titles=[CatalogueTitleOut.of(title) for title in titles])
