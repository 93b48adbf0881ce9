"""Ready-made smart lists: some for everybody, and those that the user's thumbs and history ask for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.genres import GENRES
from lists_api.taste.domain.taste import Taste
from watchbuddy_contracts import MediaType

MOST: Final = 12
LEAST: Final = 5
FEW: Final = 10
"""A list of fewer titles is not worth suggesting, unless there is nothing better."""
LIKED_WEIGHT: Final = 3
"""A thumb says more of a genre than a title that was watched: so many times."""
FAVOURITES: Final = 3
ENOUGH: Final = 5
"""Points that make a genre a favourite."""

MOVIES: Final[tuple[MediaType, ...]] = ("movie",)
SHOWS: Final[tuple[MediaType, ...]] = ("show",)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A smart list that the user may want.

    Args:
        reason: why it is suggested.
    """

    filters: Filters
    reason: str


FOR_EVERYBODY: Final = (
    Suggestion(Filters(media_types=MOVIES, discovery="mainstream"), "What everybody has seen"),
    Suggestion(Filters(media_types=SHOWS, discovery="popular"), "Series that people speak of"),
    Suggestion(Filters(last_years=3, discovery="popular"), "New, and many like it"),
    Suggestion(Filters(media_types=MOVIES, discovery="obscure", min_rating=700), "Good films that few know"),
    Suggestion(Filters(genres=("comedy",), media_types=MOVIES, year_from=1990, year_to=1999), "To laugh"),
    Suggestion(Filters(genres=("animation", "family"), genre_mode="all"), "For the whole family"),
    Suggestion(Filters(genres=("crime", "drama"), genre_mode="all", media_types=SHOWS), "To lose a weekend to"),
    Suggestion(Filters(media_types=MOVIES, year_to=1979, min_rating=750), "Classics"),
    Suggestion(Filters(genres=("science-fiction",), discovery="popular"), "Other worlds"),
    Suggestion(Filters(media_types=MOVIES, runtime_to=95, min_rating=650), "For a short evening"),
)


def suggest(taste: Taste) -> list[Suggestion]:
    """Return suggestions, the most personal first, each with other filters."""
    favourites = _favourites(taste)
    personal = [
        Suggestion(
            Filters(genres=(slug,), watched="not_watched", rated="not_disliked"), f"You like {GENRES.get(slug, slug)}"
        )
        for slug in favourites
    ]
    personal += [
        Suggestion(
            Filters(genres=(slug,), discovery="obscure", watched="not_watched", rated="not_disliked"),
            f"You like {GENRES.get(slug, slug)}, and few know these",
        )
        for slug in favourites[:1]
    ]
    if len(favourites) > 1:
        names = [GENRES.get(slug, slug) for slug in sorted(favourites[:2])]
        pair = Filters(genres=tuple(favourites[:2]), genre_mode="all", watched="not_watched", rated="not_disliked")
        personal.append(Suggestion(pair, f"You like {names[0]} and {names[1]}"))
    if language := _foreign_language(taste):
        filters = Filters(languages=(language,), watched="not_watched", rated="not_disliked")
        personal.append(Suggestion(filters, f"You watch titles in {language.upper()}"))
    return [*personal, *FOR_EVERYBODY]


def worth_showing(suggestions: Sequence[Suggestion], counts: Sequence[int]) -> list[Suggestion]:
    """Return those with enough titles, in their order; others only where there would be fewer than `LEAST`.

    Args:
        counts: of titles that match, of each suggestion.
    """
    order = sorted(range(len(suggestions)), key=lambda place: (counts[place] < FEW, place))
    full = sum(count >= FEW for count in counts)
    return [suggestions[place] for place in order[: max(min(full, MOST), LEAST)]]


def _favourites(taste: Taste) -> list[str]:
    points: Counter[str] = Counter(dict(taste.watched_genres))
    for genres in taste.liked:
        points.update(dict.fromkeys(genres, LIKED_WEIGHT))
    for genres in taste.disliked:
        points.subtract(dict.fromkeys(genres, LIKED_WEIGHT))
    ranked = sorted(points, key=lambda slug: (-points[slug], slug))
    return [slug for slug in ranked if points[slug] >= ENOUGH][:FAVOURITES]


def _foreign_language(taste: Taste) -> str | None:
    ranked = sorted(taste.languages, key=lambda code: (-taste.languages[code], code))
    return next((code for code in ranked if code != "en" and taste.languages[code] >= ENOUGH), None)
