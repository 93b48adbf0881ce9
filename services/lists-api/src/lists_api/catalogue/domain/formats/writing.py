"""The catalogue as a file that `catalogue import` reads back: a row a title, with the columns of our own format."""

import json
from collections.abc import Mapping
from typing import Final

from lists_api.catalogue.domain.formats.tables import OWN_COLUMNS
from lists_api.catalogue.domain.title import CatalogueTitle

COLUMNS: Final = tuple(OWN_COLUMNS)


def record_of(title: CatalogueTitle) -> Mapping[str, str]:
    """Return the texts of a title by column, "" where it has none."""
    return {
        "media_type": title.media_type,
        "title": title.name,
        "year": _text(title.year),
        "imdb_id": _text(title.ids.imdb),
        "tmdb_id": _text(title.ids.tmdb),
        "genres": "|".join(title.genres),
        "original_language": _text(title.language),
        "runtime": _text(title.runtime),
        "vote_average": "" if title.rating is None else _decimal(title.rating),
        "vote_count": "" if title.rating is None else str(title.votes),
        "popularity": _decimal(title.popularity),
        "tvdb_id": _text(title.tvdb),
        "trakt_id": _text(title.ids.trakt),
        "original_title": _text(title.original_name),
        "release_date": _text(title.release_date),
        "keywords": "|".join(title.keywords),
        "countries": "|".join(title.countries),
        "rating_source": _text(title.rating_source),
        "poster_path": _text(title.poster_path),
        "is_adult": str(title.is_adult).lower(),
        "is_active": str(title.is_active).lower(),
        "overview": _text(title.overview),
    }


def json_line(title: CatalogueTitle) -> str:
    """Return the title as a line of JSON, without its end and without what it has not."""
    return json.dumps({name: text for name, text in record_of(title).items() if text}, ensure_ascii=False)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
