"""A list's filters over HTTP."""

from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from chassis.http.examples import examples
from lists_api.catalogue.domain.filters import Discovery, Filters, GenreMode, RatedRule, WatchedRule
from lists_api.catalogue.domain.genres import genre_slugs
from lists_api.catalogue.domain.text import fold
from lists_api.errors import PatchRefusedError
from lists_api.http.schemas.strict import OMITTED, Omittable, ResponseModel, StrictModel, without_default
from lists_api.http.schemas.written import Written
from watchbuddy_contracts import MediaType

FIRST_YEAR: Final = 1870
LAST_YEAR: Final = 2200
MAX_CHOICES: Final = 50
"""Values of one filter. The vocabulary of genres has fewer."""
_HUNDREDTH: Final = 100

_NULLABLE: Final = {"year_from", "year_to", "last_years", "min_rating", "min_votes", "runtime_from", "runtime_to"}
"""What may be null, as in an answer: the filters of a list that was read can be sent as they are."""

FILTERS: Final[dict[str, Any]] = {"genres": ["comedy"], "year_from": 1990, "year_to": 1999, "watched": "not_watched"}
"""Filters for examples: best comedies of the nineties, not seen yet."""


def _genres(name: str) -> tuple[str, ...]:
    slugs = genre_slugs(name)
    if not slugs:
        raise ValueError(f'there is no genre "{name}"')
    return slugs


def _hundredths(points: float) -> float:
    if abs(points * _HUNDREDTH - round(points * _HUNDREDTH)) > 1e-6:  # noqa: PLR2004 - what a float loses
        raise ValueError("must have at most two decimals")
    return points


def _folded(text: str) -> str:
    if not fold(text):
        raise ValueError("must have a letter or a digit")
    return text


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
_Genre = Annotated[_Name, AfterValidator(lambda name: _genres(name) and name)]
_Words = Annotated[_Name, AfterValidator(_folded)]
_Code = Annotated[str, Written(r"^[A-Za-z]{2}$", "must be a code of two letters")]
_Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
_LastYears = Annotated[int, Field(ge=1, le=200)]
_Minutes = Annotated[int, Field(ge=1, le=10_000)]
_Votes = Annotated[int, Field(ge=0, le=2**31 - 1)]
_Points = Annotated[float, Field(ge=0, le=10, json_schema_extra={"multipleOf": 0.01}), AfterValidator(_hundredths)]

_T = TypeVar("_T")
Choices = Annotated[list[_T], Field(max_length=MAX_CHOICES)]


class FiltersIn(StrictModel):
    """Which titles of the catalogue a list wants. What is left out, or null, selects everything."""

    model_config = examples(FILTERS, {})

    genres: Choices[_Genre] = Field(default_factory=list)
    """Names or slugs of genres, any spelling that the catalogue knows: `science-fiction`, "Sci-Fi", "scifi"."""
    genre_mode: Omittable[GenreMode] = OMITTED
    """Whether a title needs any of the genres, or all. Left out: any."""
    exclude_genres: Choices[_Genre] = Field(default_factory=list)
    """A title with any of these is left out."""
    languages: Choices[_Code] = Field(default_factory=list)
    """Of the original: ISO 639-1 codes. A title needs one of them."""
    countries: Choices[_Code] = Field(default_factory=list)
    """ISO 3166-1 alpha-2 codes. A title needs one of them."""
    year_from: _Year | None = Field(default=None, json_schema_extra=without_default)
    """Of the first release, this one included."""
    year_to: _Year | None = Field(default=None, json_schema_extra=without_default)
    """Of the first release, this one included. Not before `year_from`."""
    last_years: _LastYears | None = Field(default=None, json_schema_extra=without_default)
    """Only titles of the last so many years, this one included. Not together with `year_from` or `year_to`."""
    media_types: Choices[MediaType] = Field(default_factory=list)
    """Empty: movies and shows."""
    min_rating: _Points | None = Field(default=None, json_schema_extra=without_default)
    """In points, with at most two decimals."""
    min_votes: _Votes | None = Field(default=None, json_schema_extra=without_default)
    """On the scale of the title's source."""
    runtime_from: _Minutes | None = Field(default=None, json_schema_extra=without_default)
    """Minutes, included. A title without a known runtime is left out by either bound."""
    runtime_to: _Minutes | None = Field(default=None, json_schema_extra=without_default)
    """Minutes, included. Not less than `runtime_from`."""
    keywords: Choices[_Name] = Field(default_factory=list)
    """A title needs any of them."""
    title_words: Choices[_Words] = Field(default_factory=list)
    """Each begins a word of the name or of the original name. Case and accents do not matter."""
    discovery: Omittable[Discovery] = OMITTED
    """How well known the titles shall be. Left out: balanced."""
    watched: Omittable[WatchedRule] = OMITTED
    """By what you have watched. Left out: any."""
    rated: Omittable[RatedRule] = OMITTED
    """By your thumbs. Left out: any."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        for name in type(self).model_fields:
            if name in self.model_fields_set - _NULLABLE and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null; leave it out")
        for first, last in (("year_from", "year_to"), ("runtime_from", "runtime_to")):
            if (low := getattr(self, first)) and (high := getattr(self, last)) and low > high:
                raise ValueError(f"{first} must not be above {last}")
        if self.last_years and (self.year_from or self.year_to):
            raise ValueError("last_years does not go together with year_from or year_to")
        return self

    def to_filters(self) -> Filters:
        """Return the canonical form."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
        for name, canonical in _CANONICAL.items():
            if name in given:
                given[name] = canonical(given[name])
        return Filters(**given)


_CANONICAL: Final[dict[str, Any]] = {
    "genres": lambda names: tuple(slug for name in names for slug in _genres(name)),
    "exclude_genres": lambda names: tuple(slug for name in names for slug in _genres(name)),
    "languages": lambda codes: tuple(code.lower() for code in codes),
    "countries": lambda codes: tuple(code.upper() for code in codes),
    "media_types": tuple,
    "keywords": lambda names: tuple(name.lower() for name in names),
    "title_words": lambda texts: tuple(word for text in texts for word in fold(text).split()),
    "min_rating": lambda points: round(points * _HUNDREDTH),
}


class FiltersPatch(StrictModel):
    """New filters of a list. What is left out stays; null takes a filter away."""

    model_config = examples({"genres": ["crime"], "year_to": None}, {})

    genres: Choices[_Genre] | None = Field(default=None, json_schema_extra=without_default)
    genre_mode: GenreMode | None = Field(default=None, json_schema_extra=without_default)
    exclude_genres: Choices[_Genre] | None = Field(default=None, json_schema_extra=without_default)
    languages: Choices[_Code] | None = Field(default=None, json_schema_extra=without_default)
    countries: Choices[_Code] | None = Field(default=None, json_schema_extra=without_default)
    year_from: _Year | None = Field(default=None, json_schema_extra=without_default)
    year_to: _Year | None = Field(default=None, json_schema_extra=without_default)
    last_years: _LastYears | None = Field(default=None, json_schema_extra=without_default)
    media_types: Choices[MediaType] | None = Field(default=None, json_schema_extra=without_default)
    min_rating: _Points | None = Field(default=None, json_schema_extra=without_default)
    min_votes: _Votes | None = Field(default=None, json_schema_extra=without_default)
    runtime_from: _Minutes | None = Field(default=None, json_schema_extra=without_default)
    runtime_to: _Minutes | None = Field(default=None, json_schema_extra=without_default)
    keywords: Choices[_Name] | None = Field(default=None, json_schema_extra=without_default)
    title_words: Choices[_Words] | None = Field(default=None, json_schema_extra=without_default)
    discovery: Discovery | None = Field(default=None, json_schema_extra=without_default)
    watched: WatchedRule | None = Field(default=None, json_schema_extra=without_default)
    rated: RatedRule | None = Field(default=None, json_schema_extra=without_default)

    def applied_to(self, filters: Filters) -> Filters:
        """Return the filters after the change.

        Raises:
            PatchRefusedError: they contradict one another.
        """
        given = {name: getattr(self, name) for name in self.model_fields_set}
        present = FiltersOut.of(filters).model_dump(exclude_none=True)
        wanted = {name: value for name, value in (present | given).items() if value is not None}
        try:
            return FiltersIn.model_validate(wanted).to_filters()
        except ValidationError as exc:
            raise PatchRefusedError(exc.errors()[0]["msg"].removeprefix("Value error, ")) from None


class FiltersOut(ResponseModel):
    """A list's filters in canonical form."""

    genres: list[str]
    """Slugs."""
    genre_mode: GenreMode
    exclude_genres: list[str]
    """Slugs."""
    languages: list[str]
    countries: list[str]
    year_from: int | None
    year_to: int | None
    last_years: int | None
    media_types: list[MediaType]
    min_rating: float | None
    """Points."""
    min_votes: int | None
    runtime_from: int | None
    runtime_to: int | None
    keywords: list[str]
    title_words: list[str]
    discovery: Discovery
    watched: WatchedRule
    rated: RatedRule

    @classmethod
    def of(cls, filters: Filters) -> Self:
        values = {name: getattr(filters, name) for name in cls.model_fields}
        points = None if filters.min_rating is None else filters.min_rating / _HUNDREDTH
        return cls(**values | {"min_rating": points})


FILTERS_OUT: Final[dict[str, Any]] = FiltersOut.of(
    Filters(genres=("comedy",), year_from=1990, year_to=1999, watched="not_watched")
).model_dump()
"""Filters in canonical form, for examples."""
