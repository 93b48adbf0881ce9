"""Naming a title of the catalogue in a path or on a command line: `tt0113277`, `tmdb:949`, `trakt:481`."""

from typing import Literal, NamedTuple

from lists_api.catalogue.domain import values
from lists_api.catalogue.domain.imported import RowError


class TitleReference(NamedTuple):
    """One id of a title. An id of TMDB or Trakt may be a movie's and a show's; an IMDb id is one title's."""

    kind: Literal["imdb", "tmdb", "trakt"]
    value: int | str


def title_reference(text: str) -> TitleReference | None:
    """Return the id that a text names; None: it names none."""
    try:
        if text.startswith("tt"):
            imdb = values.imdb_id(text)
            return None if imdb is None else TitleReference("imdb", imdb)
        kind, _, digits = text.partition(":")
        number = values.number_id(digits) if digits.isdecimal() else None
    except RowError:
        return None
    if number is None:
        return None
    if kind == "tmdb":
        return TitleReference("tmdb", number)
    return TitleReference("trakt", number) if kind == "trakt" else None
