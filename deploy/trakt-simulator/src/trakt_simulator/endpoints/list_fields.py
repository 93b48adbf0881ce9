"""The fields of a list that a client may set."""

from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from trakt_simulator.http.errors import TraktError
from trakt_simulator.http.request import Request
from trakt_simulator.state.lists import MediaList, Privacy, SortHow

SortBy = Literal[
    "rank",
    "added",
    "title",
    "released",
    "runtime",
    "popularity",
    "random",
    "percentage",
    "imdb_rating",
    "tmdb_rating",
    "rt_tomatometer",
    "rt_audience",
    "metascore",
    "votes",
    "imdb_votes",
    "tmdb_votes",
    "my_rating",
    "watched",
    "collected",
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ListFields(BaseModel):
    """The fields of a new list, or changes of a list: only those that are sent change."""

    model_config = ConfigDict(strict=True, frozen=True)

    name: Name = ""
    description: str | None = None
    privacy: Privacy = "private"
    display_numbers: bool = False
    allow_comments: bool = True
    sort_by: SortBy = "rank"
    sort_how: SortHow = "asc"

    def apply(self, media_list: MediaList) -> bool:
        """Set the fields that were sent; return whether any is different."""
        is_changed = False
        for field in ListFields.model_fields.keys() & self.model_fields_set:
            value = getattr(self, field)
            if getattr(media_list, field) != value:
                setattr(media_list, field, value)
                is_changed = True
        return is_changed


def read_list_fields(request: Request) -> ListFields:
    """Return the fields in the body.

    Raises:
        TraktError: 422 a field is not valid; the message names the first.
    """
    try:
        return ListFields.model_validate(request.json_object())
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message=message) from error
