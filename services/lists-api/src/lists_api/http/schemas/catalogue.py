"""The catalogue over HTTP: what filters can choose, and titles."""

from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from chassis.http.examples import examples
from lists_api.catalogue.domain.options import CatalogueOptions, Choice
from lists_api.catalogue.domain.title import CatalogueTitle
from lists_api.http.schemas.item_requests import ITEM, ItemIn
from lists_api.http.schemas.item_responses import IdsOut, TitleOut
from lists_api.http.schemas.strict import Omittable, ResponseModel, StrictModel
from lists_api.store.names import TitleName
from watchbuddy_contracts import MediaType, Title

MAX_QUERY: Final = 200
MAX_NAMES: Final = 100
_HUNDREDTH: Final = 100


class SearchQuery(BaseModel):
    """What to search for."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    q: Annotated[str, Field(min_length=1, max_length=MAX_QUERY, examples=["amelie pou"])]
    """Beginnings of words of the title or the original title, in any order. Case, accents and punctuation make no
    difference. A word of one or two letters is a whole word, unless it is the last."""
    media_type: Omittable[MediaType] = None
    """Only movies, or only shows."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class CatalogueTitleOut(ResponseModel):
    """A title of the catalogue."""

    media_type: MediaType
    ids: IdsOut
    title: str
    original_title: str | None
    """Null: not known, or the same as the title."""
    year: int | None
    genres: list[str]
    """Slugs, as filters take them."""
    language: str | None
    """Of the original: ISO 639-1."""
    runtime: int | None
    """In minutes."""
    rating: float | None
    """From 0 to 10, with two decimals. Null: nobody has voted."""
    votes: int
    poster_path: str | None
    """TMDB's path of the poster."""

    @classmethod
    def of(cls, title: CatalogueTitle) -> Self:
        return cls(
            media_type=title.media_type,
            ids=IdsOut(trakt=title.ids.trakt, tmdb=title.ids.tmdb, imdb=title.ids.imdb),
            title=title.name,
            original_title=title.original_name,
            year=title.year,
            genres=list(title.genres),
            language=title.language,
            runtime=title.runtime,
            rating=None if title.rating is None else title.rating / _HUNDREDTH,
            votes=title.votes,
            poster_path=title.poster_path,
        )


class SearchOut(ResponseModel):
    """Titles that were found: a few of just this name, then the best known first."""

    model_config = examples(
        {
            "titles": [
                {
                    "media_type": "movie",
                    "ids": {"trakt": None, "tmdb": 194, "imdb": "tt0211915"},
                    "title": "Amélie",
                    "original_title": "Le Fabuleux Destin d'Amélie Poulain",
                    "year": 2001,
                    "genres": ["comedy", "romance"],
                    "language": "fr",
                    "runtime": 122,
                    "rating": 7.9,
                    "votes": 11_800,
                    "poster_path": None,
                }
            ]
        }
    )

    titles: list[CatalogueTitleOut]


class NamesIn(StrictModel):
    """Titles whose names are asked for. One id is enough to name a title."""

    model_config = examples({"items": [ITEM]})

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MAX_NAMES)]

    def to_titles(self) -> list[Title]:
        return [item.to_title() for item in self.items]


NAMED_TITLE: Final[dict[str, Any]] = {
    "media_type": "movie",
    "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"},
    "title": "Heat",
    "year": 1995,
}


class NamedTitleOut(TitleOut):
    """A title, by the ids of the request."""

    title: str | None
    """Null, as the year: the catalogue does not know."""
    year: int | None

    @classmethod
    def named(cls, known: TitleName) -> Self:
        return cls(**TitleOut.of(known.title).model_dump(), title=known.name, year=known.year)


class NamesOut(ResponseModel):
    """The titles of the request, in its order."""

    model_config = examples({"titles": [NAMED_TITLE]})

    titles: list[NamedTitleOut]


class CountsOut(ResponseModel):
    """Numbers of titles."""

    movies: int
    shows: int


class GenreOut(CountsOut):
    """A genre of the vocabulary, also one that no title has."""

    slug: str
    label: str


class ChoiceOut(CountsOut):
    """A code that filters can choose."""

    code: str

    @classmethod
    def of(cls, choice: Choice) -> Self:
        return cls(code=choice.value, movies=choice.movies, shows=choice.shows)


class YearOut(CountsOut):
    """A year of first releases."""

    year: int


class OptionsOut(ResponseModel):
    """What filters can choose, as the last import counted it."""

    model_config = examples(
        {
            "total": {"movies": 2091, "shows": 2007},
            "genres": [{"slug": "comedy", "label": "Comedy", "movies": 782, "shows": 715}],
            "languages": [{"code": "en", "movies": 1890, "shows": 1801}],
            "countries": [{"code": "FR", "movies": 12, "shows": 9}],
            "years": [{"year": 1995, "movies": 210, "shows": 14}],
        }
    )

    total: CountsOut
    genres: list[GenreOut]
    languages: list[ChoiceOut]
    """The most frequent first."""
    countries: list[ChoiceOut]
    """The most frequent first."""
    years: list[YearOut]
    """The latest first."""

    @classmethod
    def of(cls, options: CatalogueOptions) -> Self:
        return cls(
            total=CountsOut(movies=options.total.movies, shows=options.total.shows),
            genres=[
                GenreOut(slug=one.value, label=one.label, movies=one.movies, shows=one.shows) for one in options.genres
            ],
            languages=[ChoiceOut.of(one) for one in options.languages],
            countries=[ChoiceOut.of(one) for one in options.countries],
            years=[YearOut(year=int(one.value), movies=one.movies, shows=one.shows) for one in options.years],
        )
