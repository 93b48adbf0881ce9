"""The objects of movies, shows and people in responses."""

from trakt_simulator.catalogue.episodes import EPISODES_PER_SEASON, SEASONS_PER_SHOW
from trakt_simulator.catalogue.media import Kind
from trakt_simulator.catalogue.titles import Title

# No catalogue file has air times, but clients read the object (pytrakt fails without it).
_NO_AIRS = {"day": None, "time": None, "timezone": None}


def minimal_object(title: Title) -> dict[str, object]:
    ids: dict[str, object] = {"trakt": title.trakt, "slug": title.slug, "imdb": title.imdb, "tmdb": title.tmdb}
    if title.kind is Kind.PERSON:
        return {"name": title.name, "ids": ids}
    if title.kind is Kind.SHOW:
        ids = {"trakt": title.trakt, "slug": title.slug, "tvdb": title.tvdb, "imdb": title.imdb, "tmdb": title.tmdb}
    return {"title": title.name, "year": title.year, "ids": ids}


def full_object(title: Title) -> dict[str, object]:
    """Return the object of `extended=full`. Fields that the catalogue does not know are null or empty."""
    is_show = title.kind is Kind.SHOW
    dates: dict[str, object] = {"first_aired": None, "airs": _NO_AIRS} if is_show else {"released": None}
    counts = {"network": None, "aired_episodes": SEASONS_PER_SHOW * EPISODES_PER_SEASON} if is_show else {}
    return {
        **minimal_object(title),
        "tagline": "",
        "overview": None,
        **dates,
        "runtime": title.runtime,
        "country": None,
        "status": None,
        "rating": title.rating,
        "votes": title.votes,
        "comment_count": 0,
        "trailer": None,
        "homepage": None,
        "updated_at": None,
        "language": title.language,
        "languages": [title.language] if title.language else [],
        "available_translations": [],
        "genres": [genre.strip().lower().replace(" ", "-") for genre in title.genres.split("|") if genre],
        "subgenres": [],
        "certification": None,
        "original_title": title.name,
        **counts,
    }
