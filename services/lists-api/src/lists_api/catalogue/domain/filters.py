"""Which titles of the catalogue a list wants."""

import json
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, Final, Literal, Self

from watchbuddy_contracts import MediaType

GenreMode = Literal["any", "all"]
Discovery = Literal["mainstream", "popular", "balanced", "obscure", "very_obscure"]
WatchedRule = Literal["any", "not_watched", "only_watched"]
RatedRule = Literal["any", "not_rated", "only_liked", "not_disliked"]
MEDIA_TYPES: Final[tuple[MediaType, ...]] = ("movie", "show")
_SETS: Final = ("genres", "exclude_genres", "languages", "countries", "media_types", "keywords", "title_words")


@dataclass(frozen=True, slots=True)
class Filters:
    """A list's filters in canonical form: two that say the same are equal. An empty one selects everything.

    Args:
        genres: slugs of the canonical vocabulary.
        genre_mode: whether a title needs any of the genres, or all.
        exclude_genres: a title with any of these is left out.
        languages: ISO 639-1; a title needs one of them.
        countries: ISO 3166-1 alpha-2; a title needs one of them.
        year_from, year_to: years of the first release, both included.
        last_years: only titles of the last so many years, this one included. Not together with the other two.
        min_rating: hundredths of a point, 0 to 1000.
        min_votes: on the scale of the title's source.
        runtime_from, runtime_to: minutes, both included. A title without a known runtime is left out by either.
        keywords: lower-case; a title needs any of them.
        title_words: lower-case, accents folded; every one begins a word of the name or the original name.
        discovery: how well known the titles shall be; it moves the score, and asks for a number of votes.
        watched: by the owner's history. rated: by the owner's thumbs.
    """

    genres: tuple[str, ...] = ()
    genre_mode: GenreMode = "any"
    exclude_genres: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    last_years: int | None = None
    media_types: tuple[MediaType, ...] = MEDIA_TYPES
    min_rating: int | None = None
    min_votes: int | None = None
    runtime_from: int | None = None
    runtime_to: int | None = None
    keywords: tuple[str, ...] = ()
    title_words: tuple[str, ...] = ()
    discovery: Discovery = "balanced"
    watched: WatchedRule = "any"
    rated: RatedRule = "any"

    def __post_init__(self) -> None:
        for name in _SETS:
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        if len(self.genres) < 2:  # noqa: PLR2004 - "any of one" is "all of one"
            object.__setattr__(self, "genre_mode", "any")
        if not self.media_types:
            object.__setattr__(self, "media_types", MEDIA_TYPES)
        if self.min_votes == 0:  # every title has as many
            object.__setattr__(self, "min_votes", None)

    def to_json(self) -> dict[str, Any]:
        """Return what differs from an empty filter, by field name: the form in which filters are stored."""
        empty = Filters()
        values = asdict(self)
        return {
            one.name: list(value) if isinstance(value, tuple) else value
            for one in fields(self)
            if (value := values[one.name]) != getattr(empty, one.name)
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Return the filters of `to_json`."""
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return cls(**known)

    @property
    def fingerprint(self) -> bytes:
        """A hash that is the same for filters that say the same."""
        return sha256(json.dumps(self.to_json(), sort_keys=True).encode()).digest()
