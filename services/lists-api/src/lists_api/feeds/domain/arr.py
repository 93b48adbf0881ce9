"""The forms in which Radarr and Sonarr read lists."""

from collections.abc import Iterable
from typing import Any, Final

from lists_api.feeds.domain.listing import ListedTitle

POSTERS: Final = "https://image.tmdb.org/t/p/w500"


def radarr_of(titles: Iterable[ListedTitle]) -> list[dict[str, Any]]:
    """Return the movies that have an IMDb id: Radarr's "StevenLu Custom" list knows movies by nothing else."""
    return [
        {
            "title": title.name or title.ids.imdb,
            "imdb_id": title.ids.imdb,
            "poster_url": None if title.poster_path is None else POSTERS + title.poster_path,
        }
        for title in titles
        if title.media_type == "movie" and title.ids.imdb is not None
    ]


def sonarr_of(titles: Iterable[ListedTitle]) -> list[dict[str, Any]]:
    """Return the shows whose TheTVDB id the catalogue knows: Sonarr's "Custom List" knows shows by nothing else."""
    return [
        {"tvdbId": title.tvdb, "title": title.name}
        for title in titles
        if title.media_type == "show" and title.tvdb is not None
    ]
