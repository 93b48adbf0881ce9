"""Lists for other programs, as lists-api gives them over HTTP."""

from datetime import datetime
from typing import Final, Literal

from pydantic import RootModel

from chassis.http.examples import examples
from lists_api.http.schemas.filters import FiltersOut
from lists_api.http.schemas.strict import ResponseModel
from watchbuddy_contracts import ListType, MediaType

CSV_EXAMPLE: Final = (
    "Position,Const,Created,Modified,Description,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,"
    "Genres,Num Votes,Release Date,Directors,Your Rating,Date Rated,TMDB ID,Trakt ID,TVDB ID\r\n"
    "1,tt0113277,2026-11-20,2026-11-20,,Heat,Heat,https://www.imdb.com/title/tt0113277/,Movie,8.3,170,1995,"
    '"Crime, Drama",760000,1995-12-15,,,,949,,\r\n'
)


class ExportedIdsOut(ResponseModel):
    """All ids that are known of a title."""

    trakt: int | None
    tmdb: int | None
    imdb: str | None
    tvdb: int | None


class ExportedItemOut(ResponseModel):
    """An item at its place. Null where the catalogue does not know the title."""

    rank: int
    media_type: MediaType
    ids: ExportedIdsOut
    title: str | None
    year: int | None
    added_at: datetime


class ExportOut(ResponseModel):
    """A list in WatchBuddy's own form. `POST /api/imports` takes it."""

    model_config = examples(
        {
            "format": "watchbuddy-list",
            "version": 1,
            "name": "Heists",
            "description": None,
            "list_type": "manual",
            "filters": None,
            "items": [
                {
                    "rank": 1,
                    "media_type": "movie",
                    "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277", "tvdb": None},
                    "title": "Heat",
                    "year": 1995,
                    "added_at": "2026-11-20T18:04:05Z",
                }
            ],
        }
    )

    format: Literal["watchbuddy-list"]
    version: Literal[1]
    name: str
    description: str | None
    list_type: ListType
    filters: FiltersOut | None
    """Null: a manual list."""
    items: list[ExportedItemOut]


class RadarrMovieOut(ResponseModel):
    """A movie, as Radarr's "StevenLu Custom" list has it."""

    title: str
    imdb_id: str
    poster_url: str | None


class RadarrListOut(RootModel[list[RadarrMovieOut]]):
    """The movies of a list that have an IMDb id."""

    model_config = examples([{"title": "Heat", "imdb_id": "tt0113277", "poster_url": None}])  # type: ignore[arg-type]


class SonarrShowOut(ResponseModel):
    """A show, as Sonarr's "Custom List" has it."""

    tvdbId: int  # noqa: N815 - Sonarr's name
    title: str | None


class SonarrListOut(RootModel[list[SonarrShowOut]]):
    """The shows of a list whose TheTVDB id the catalogue knows."""

    model_config = examples([{"tvdbId": 75299, "title": "The Sopranos"}])  # type: ignore[arg-type]


class FeedOut(ResponseModel):
    """Whether a list has a private feed."""

    model_config = examples({"has_feed": True, "created_at": "2026-11-20T18:04:05Z"})

    has_feed: bool
    created_at: datetime | None


class NewFeedOut(ResponseModel):
    """A new feed. Its token stands in the paths, and is shown this once."""

    model_config = examples(
        {
            "radarr": "/api/feeds/q3Zb0yB7mYJ4cV1n8o2rT5uW6xA9dEfGhIjKlMnOpQr/radarr.json",
            "sonarr": "/api/feeds/q3Zb0yB7mYJ4cV1n8o2rT5uW6xA9dEfGhIjKlMnOpQr/sonarr.json",
            "list_csv": "/api/feeds/q3Zb0yB7mYJ4cV1n8o2rT5uW6xA9dEfGhIjKlMnOpQr/list.csv",
            "list_json": "/api/feeds/q3Zb0yB7mYJ4cV1n8o2rT5uW6xA9dEfGhIjKlMnOpQr/list.json",
            "created_at": "2026-11-20T18:04:05Z",
        }
    )

    radarr: str
    """For Radarr: Settings, Lists, StevenLu Custom."""
    sonarr: str
    """For Sonarr: Settings, Import Lists, Custom List."""
    list_csv: str
    list_json: str
    created_at: datetime
