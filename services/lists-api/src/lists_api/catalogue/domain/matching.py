"""Whether a title is one that the filters want.

The statement of `store/candidates.py` decides the same; a test compares the two on every shipped title.
"""

from collections.abc import Callable, Iterable
from typing import Final, Literal

from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.text import search_form
from lists_api.catalogue.domain.title import CatalogueTitle

Thumb = Literal[-1, 0, 1]
"""What the owner says of a title: 1 is a thumb up, -1 a thumb down, 0 nothing."""


def years_of(filters: Filters, *, today_year: int) -> tuple[int | None, int | None]:
    """Return the first and the last year that are wanted; None: no bound."""
    if filters.last_years is not None:
        return today_year - filters.last_years + 1, today_year
    return filters.year_from, filters.year_to


def matches(
    filters: Filters, title: CatalogueTitle, *, today_year: int, is_watched: bool = False, thumb: Thumb = 0
) -> bool:
    """Return whether the filters select the title. The gate of the discovery mode is no filter and is not asked.

    Args:
        is_watched: whether the owner has watched it.
        thumb: what the owner says of it.
    """
    first, last = years_of(filters, today_year=today_year)
    return (
        title.is_active
        and not title.is_adult
        and title.media_type in filters.media_types
        and _has_genres(filters, title)
        and _is_one_of(filters.languages, [title.language])
        and _is_one_of(filters.countries, title.countries)
        and _is_one_of(filters.keywords, title.keywords)
        and _is_within(title.year, first, last)
        and _is_within(title.runtime, filters.runtime_from, filters.runtime_to)
        and _is_within(title.rating, filters.min_rating, None)
        and _is_within(title.votes, filters.min_votes, None)
        and _has_words(filters.title_words, title)
        and _WATCHED[filters.watched](is_watched)
        and _RATED[filters.rated](thumb)
    )


def _has_genres(filters: Filters, title: CatalogueTitle) -> bool:
    wanted, own = set(filters.genres), set(title.genres)
    if not own.isdisjoint(filters.exclude_genres):
        return False
    return wanted <= own if filters.genre_mode == "all" else not wanted or not own.isdisjoint(wanted)


def _is_one_of(wanted: tuple[str, ...], own: Iterable[str | None]) -> bool:
    return not wanted or any(one in wanted for one in own)


def _is_within(value: int | None, first: int | None, last: int | None) -> bool:
    if value is None:
        return first is None and last is None
    return (first is None or first <= value) and (last is None or value <= last)


def _has_words(wanted: tuple[str, ...], title: CatalogueTitle) -> bool:
    own = search_form(title.name, title.original_name).split() if wanted else []
    return all(any(word.startswith(one) for word in own) for one in wanted)


_WATCHED: Final[dict[str, Callable[[bool], bool]]] = {
    "any": lambda _is_watched: True,
    "not_watched": lambda is_watched: not is_watched,
    "only_watched": lambda is_watched: is_watched,
}
_RATED: Final[dict[str, Callable[[int], bool]]] = {
    "any": lambda _thumb: True,
    "not_rated": lambda thumb: thumb == 0,
    "only_liked": lambda thumb: thumb > 0,
    "not_disliked": lambda thumb: thumb >= 0,
}
