"""A list as JSON in WatchBuddy's own form, which the import reads back (`imports.domain.formats.json_lists`)."""

from typing import Any, Final

from lists_api.feeds.domain.listing import ListedTitle, Listing
from lists_api.imports.domain.formats.json_lists import OWN_FORMAT

VERSION: Final = 1
"""Of the form. A reader of version 1 can read a later one that only adds fields."""


def json_of(listing: Listing) -> dict[str, Any]:
    """Return the JSON value, without the filters: those stand in the form of the HTTP API."""
    properties = listing.properties
    return {
        "format": OWN_FORMAT,
        "version": VERSION,
        "name": properties.title,
        "description": properties.description,
        "list_type": properties.list_type,
        "items": [_item(title) for title in listing.titles],
    }


def _item(title: ListedTitle) -> dict[str, Any]:
    ids = title.ids
    return {
        "rank": title.rank,
        "media_type": title.media_type,
        "ids": {"trakt": ids.trakt, "tmdb": ids.tmdb, "imdb": ids.imdb, "tvdb": title.tvdb},
        "title": title.name,
        "year": title.year,
        "added_at": title.added_at,
    }
