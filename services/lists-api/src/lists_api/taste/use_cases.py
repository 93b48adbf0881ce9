"""Users' thumbs: give, take back."""

from datetime import datetime

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.reference import TitleReference
from lists_api.store import catalogue, ratings
from lists_api.taste.domain.rating import Rating, Vote
from watchbuddy_contracts import MediaType, Title


async def rate(
    pool: Pool, user_id: str, media_type: MediaType, reference: TitleReference, vote: Vote, *, now: datetime
) -> Rating:
    """Store the user's thumb under every id that the catalogue has of the title; under the one given when it has none.

    The user may rate what the catalogue does not know: a later import may.
    """
    known = [one for one in await catalogue.read_by_reference(pool, reference) if one.media_type == media_type]
    title = known[0].ids if known else _title(media_type, reference)
    name, year = (known[0].name, known[0].year) if known else (None, None)
    rating = Rating(title, vote, now, name, year)
    async with pool.acquire() as connection, connection.transaction():
        await ratings.put_rating(connection, user_id, rating)
    return rating


async def take_back(pool: Pool, user_id: str, media_type: MediaType, reference: TitleReference) -> None:
    """Take the user's thumb back, if there is one. Any id of the title names it."""
    known = [one for one in await catalogue.read_by_reference(pool, reference) if one.media_type == media_type]
    await ratings.delete_rating(pool, user_id, known[0].ids if known else _title(media_type, reference))


def _title(media_type: MediaType, reference: TitleReference) -> Title:
    match reference.kind, reference.value:
        case "imdb", str(value):
            return Title(media_type, imdb=value)
        case "tmdb", int(value):
            return Title(media_type, tmdb=value)
        case _, value:
            return Title(media_type, trakt=int(value))
