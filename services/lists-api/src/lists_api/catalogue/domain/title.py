"""A movie or a show of the catalogue."""

from dataclasses import dataclass
from datetime import date

from watchbuddy_contracts import MediaType, Title


@dataclass(frozen=True, slots=True)
class CatalogueTitle:
    """What the catalogue knows of a title. Numbers are whole, so that scores are the same on every machine.

    Args:
        title_id: the catalogue's own number of the title, which breaks ties.
        ids: the title's identity, with every id that is known.
        tvdb: TheTVDB's id, where known: Sonarr asks for it.
        name: the title as people call it.
        year: of the first release; None: not known.
        genres: slugs of the canonical vocabulary (`genres.py`), sorted.
        keywords: lower-case, sorted.
        language: of the original, ISO 639-1; None: not known.
        countries: ISO 3166-1 alpha-2, sorted.
        runtime: minutes.
        rating: hundredths of a point, 0 to 1000; None: nobody has voted.
        votes: count of votes behind the rating, on the scale of its source.
        rating_source: whose rating and votes these are: "imdb", "tmdb" or "own".
        popularity: hundredths, on the scale of its source.
        poster_path: TMDB's path of the poster.
        is_adult: pornography; it is never a candidate.
        is_active: False: it has left its source, and is no candidate any more.
    """

    title_id: int
    ids: Title
    name: str
    tvdb: int | None = None
    original_name: str | None = None
    year: int | None = None
    release_date: date | None = None
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str | None = None
    countries: tuple[str, ...] = ()
    runtime: int | None = None
    rating: int | None = None
    votes: int = 0
    popularity: int = 0
    overview: str | None = None
    poster_path: str | None = None
    is_adult: bool = False
    is_active: bool = True
    rating_source: str | None = None

    @property
    def media_type(self) -> MediaType:
        return self.ids.media_type
