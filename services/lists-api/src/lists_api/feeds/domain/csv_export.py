"""A list as CSV with the columns of IMDb's own export (2024), which IMDb, Letterboxd, Trakt and others read.

Three ids stand behind them, which name titles that IMDb does not have. Readers leave out columns that they do not
know. The import reads it all back (`imports.domain.formats.tables`).
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

from lists_api.catalogue.domain.genres import GENRES
from lists_api.feeds.domain.listing import ListedTitle
from lists_api.imports.domain.safe_cells import guarded

IMDB_COLUMNS: Final = (
    "Position",
    "Const",
    "Created",
    "Modified",
    "Description",
    "Title",
    "Original Title",
    "URL",
    "Title Type",
    "IMDb Rating",
    "Runtime (mins)",
    "Year",
    "Genres",
    "Num Votes",
    "Release Date",
    "Directors",
    "Your Rating",
    "Date Rated",
)
OWN_COLUMNS: Final = ("TMDB ID", "Trakt ID", "TVDB ID")
_TYPES: Final = {"movie": "Movie", "show": "TV Series"}


def csv_of(titles: Iterable[ListedTitle]) -> str:
    """Return the CSV. Lines end as RFC 4180 has it, and no cell is a formula to a spreadsheet."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow((*IMDB_COLUMNS, *OWN_COLUMNS))
    table.writerows(_row(title) for title in titles)
    return written.getvalue()


def _row(title: ListedTitle) -> tuple[str, ...]:
    imdb, day = title.ids.imdb, title.added_at.date().isoformat()
    cells = (
        title.rank,
        imdb,
        day,
        day,
        None,
        title.name,
        title.original_name or title.name,
        imdb and f"https://www.imdb.com/title/{imdb}/",
        _TYPES[title.media_type],
        _decimal(title.imdb_rating),
        title.runtime,
        title.year,
        ", ".join(GENRES.get(slug, slug) for slug in title.genres),
        title.imdb_votes,
        title.release_date,
        None,
        None,
        None,
        title.ids.tmdb,
        title.ids.trakt,
        title.tvdb,
    )
    return tuple("" if cell is None else guarded(str(cell)) for cell in cells)


def _decimal(hundredths: int | None) -> str | None:
    return None if hundredths is None else f"{hundredths / 100:.1f}"
