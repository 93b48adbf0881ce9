"""What filters can choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from lists_api.catalogue.domain.genres import GENRES
from watchbuddy_contracts import MediaType

OptionKind = Literal["total", "genre", "language", "country", "year"]


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How many titles of a media type have a value. The kind "total" has the value ""."""

    kind: OptionKind
    media_type: MediaType
    value: str
    titles: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter can choose, its label, and how many titles have it."""

    value: str
    label: str
    movies: int = 0
    shows: int = 0

    @property
    def titles(self) -> int:
        return self.movies + self.shows


@dataclass(frozen=True, slots=True)
class CatalogueOptions:
    """All choices: genres by slug, years from the latest on, the others from the most frequent on."""

    total: Choice
    genres: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    countries: tuple[Choice, ...]
    years: tuple[Choice, ...]

    @classmethod
    def of(cls, counts: Iterable[OptionCount]) -> Self:
        """Return the choices that were counted."""
        found: dict[tuple[OptionKind, str], dict[MediaType, int]] = {}
        for one in counts:
            found.setdefault((one.kind, one.value), {})[one.media_type] = one.titles

        def choice(kind: OptionKind, value: str, label: str) -> Choice:
            titles = found.get((kind, value), {})
            return Choice(value, label, titles.get("movie", 0), titles.get("show", 0))

        def choices(kind: OptionKind) -> list[Choice]:
            return [choice(kind, value, value) for known, value in found if known == kind]

        return cls(
            total=choice("total", "", ""),
            genres=tuple(choice("genre", slug, label) for slug, label in GENRES.items()),
            languages=tuple(sorted(choices("language"), key=lambda one: (-one.titles, one.value))),
            countries=tuple(sorted(choices("country"), key=lambda one: (-one.titles, one.value))),
            years=tuple(sorted(choices("year"), key=lambda one: -int(one.value))),
        )
