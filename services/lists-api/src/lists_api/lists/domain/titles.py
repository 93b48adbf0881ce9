"""The title that a list has while its owner gives it none: made from the filters, by a fixed rule.

`{Mood} {Genres} {Movies|Shows|Movies & Shows} ({years}) [{LANG}]`, for example
`Hidden Comedy or Romance Movies (1990s) [EN]`.
"""

from collections.abc import Sequence
from typing import Final

from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.genres import GENRES
from lists_api.catalogue.domain.matching import years_of

MAX_LENGTH: Final = 100
"""Characters of a title. Trakt takes more; a screen does not."""
MAX_LANGUAGES: Final = 4
"""Languages that are named; more are counted."""
DECADE: Final = 10
CUT: Final = "…"

_WATCHED: Final = {"any": "", "not_watched": "Unseen", "only_watched": "Seen"}
_RATED: Final = {"any": "", "not_rated": "Unrated", "only_liked": "Favourite", "not_disliked": ""}
_DISCOVERY: Final = {
    "mainstream": "Blockbuster",
    "popular": "Popular",
    "balanced": "",
    "obscure": "Hidden",
    "very_obscure": "Deep-Cut",
}
_NOUNS: Final = {("movie",): "Movies", ("show",): "Shows", ("movie", "show"): "Movies & Shows"}


def dynamic_title(filters: Filters, *, year: int) -> str:
    """Return the title of a list with these filters. Equal filters have equal titles.

    Args:
        year: the present one; "the last 3 years" are named by their numbers, so that the title says what is on the
            list.
    """
    mood = [_WATCHED[filters.watched], _RATED[filters.rated], _DISCOVERY[filters.discovery]]
    before = [word for word in mood if word]
    after = [_NOUNS[filters.media_types], *_years(filters, year), *_languages(filters)]
    room = MAX_LENGTH - sum(len(word) + 1 for word in before + after)
    names = [GENRES.get(slug, slug) for slug in filters.genres]
    genres = _joined(names, "&" if filters.genre_mode == "all" else "or")
    if len(genres) > room:
        genres = _cut(names, room)
    return " ".join([*before, *([genres] if genres else []), *after])


def _years(filters: Filters, year: int) -> list[str]:
    match years_of(filters, today_year=year):
        case None, None:
            return []
        case int(first), None:
            return [f"(from {first})"]
        case None, int(last):
            return [f"(until {last})"]
        case int(first), int(last) if first == last:
            return [f"({first})"]
        case int(first), int(last) if first % DECADE == 0 and last == first + DECADE - 1:
            return [f"({first}s)"]
        case first, last:
            return [f"({first}-{last})"]


def _languages(filters: Filters) -> list[str]:
    codes = [code.upper() for code in filters.languages]
    if len(codes) > MAX_LANGUAGES:
        codes = [*codes[:MAX_LANGUAGES], f"+{len(codes) - MAX_LANGUAGES}"]
    return [f"[{', '.join(codes)}]"] if codes else []


def _joined(names: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _cut(names: Sequence[str], room: int) -> str:
    """Return the first names, as many as there is room for, and a sign that there are more."""
    shown = ""
    for name in names:
        longer = f"{shown}, {name}" if shown else name
        if len(longer) + len(CUT) + 2 > room:
            break
        shown = longer
    return f"{shown}, {CUT}" if shown else CUT
