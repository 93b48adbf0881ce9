"""Routes of a user's thumbs."""

from typing import Annotated, Final

from fastapi import Depends, Path, Query
from pydantic import AfterValidator

from chassis.http.paging import PageQuery
from lists_api.catalogue.domain.reference import TitleReference, title_reference
from lists_api.http.dependencies import Caller
from lists_api.http.documentation import BODY
from lists_api.http.json_route import users_router
from lists_api.http.schemas.rating_bodies import RatingOut, RatingsOut, ThumbIn
from lists_api.http.schemas.written import Written
from lists_api.store import ratings
from lists_api.taste.use_cases import rate, take_back
from watchbuddy_contracts import MediaType

router: Final = users_router("ratings", prefix="/api/ratings")


_WORDS: Final = "must be an id as tt0113277 (IMDb), tmdb:949 or trakt:481"


def _checked(text: str) -> str:
    if title_reference(text) is None:
        raise ValueError(_WORDS)
    return text


_ID: Final = r"^(tt([0-9]{7}|[1-9][0-9]{7,8})|(tmdb|trakt):[1-9][0-9]{0,8})$"
_Path = Annotated[
    str,
    Written(_ID, _WORDS),
    AfterValidator(_checked),
    Path(
        description="An id of the title: `tt0113277` (IMDb), `tmdb:949` or `trakt:481`.",
        examples=["tt0113277", "tmdb:949", "trakt:481"],
    ),
]


async def _referenced(reference: _Path) -> TitleReference:
    found = title_reference(reference)
    assert found is not None, "it was checked"  # noqa: S101
    return found


Reference = Annotated[TitleReference, Depends(_referenced)]


@router.put("/{media_type}/{reference}", responses=BODY)
async def rate_title(caller: Caller, media_type: MediaType, reference: Reference, body: ThumbIn) -> RatingOut:
    """Give a title a thumb up or down. It moves the title, and those like it, in the lists that fill themselves."""
    return RatingOut.rated(
        await rate(caller.cases.pool, caller.user_id, media_type, reference, body.thumb, now=caller.cases.now())
    )


@router.delete("/{media_type}/{reference}", status_code=204)
async def take_rating_back(caller: Caller, media_type: MediaType, reference: Reference) -> None:
    """Take the thumb back. Where there is none, nothing changes."""
    await take_back(caller.cases.pool, caller.user_id, media_type, reference)


@router.get("")
async def read_ratings(caller: Caller, query: Annotated[PageQuery, Query()]) -> RatingsOut:
    """Read a page of your thumbs, newest first."""
    page, total = await ratings.read_ratings(caller.cases.pool, caller.user_id, limit=query.limit, offset=query.offset)
    return RatingsOut(ratings=[RatingOut.rated(one) for one in page], page=query.page, limit=query.limit, total=total)
