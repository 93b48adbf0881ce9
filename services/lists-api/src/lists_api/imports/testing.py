"""For tests of imports, exports and feeds: a small catalogue, and zips."""

import io
import zipfile
from collections.abc import Mapping

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.text import search_form
from lists_api.imports.domain.matching import KnownTitle
from watchbuddy_contracts import MediaType, Title

_INSERT = """
INSERT INTO catalogue_title (media_type, trakt, tmdb, imdb, tvdb, name, original_name, year, folded, poster_path, votes,
                             rating, genres)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 830, '{crime,drama}')"""


def known(
    name: str,
    year: int | None,
    *,
    kind: MediaType = "movie",
    trakt: int | None = None,
    tmdb: int | None = None,
    imdb: str | None = None,
    tvdb: int | None = None,
    original: str | None = None,
) -> KnownTitle:
    """Return a title of the catalogue."""
    return KnownTitle(0, Title(kind, trakt, tmdb, imdb), name, tvdb, original, year)


CATALOGUE = (
    known("Heat", 1995, trakt=5, tmdb=949, imdb="tt0113277"),
    known("Heat", 1986, tmdb=11281, imdb="tt0093164"),
    known("Pulp Fiction", 1994, tmdb=680, imdb="tt0110912"),
    known("The Good, the Bad and the Ugly", 1966, imdb="tt0060196", original="Il buono, il brutto, il cattivo"),
    known("2:37", 2006, tmdb=5236),
    known("Hold-Up!", 2013, tmdb=101, imdb="tt2170667", original="¡Atraco!"),
    known("Léon: The Professional", 1994, imdb="tt0110413", original="Léon"),
    known("Untitled", 2011, imdb="tt1764627"),
    known("The Insider", 1999, imdb="tt0140352"),
    known("Twins", 2001, tmdb=901),
    known("TWINS", 2001, tmdb=902),
    known("Crash", 2004, tmdb=1640),
    known("Crash", 2006, tmdb=884),
    known("Stalker", 1979, tmdb=1398, imdb="tt0079944"),
    known("The Sopranos", 1999, kind="show", tmdb=1398, imdb="tt0141842", tvdb=75299),
    known("Band of Brothers", 2001, kind="show", tmdb=4613, imdb="tt0185906", tvdb=74205),
    known("Lupin", 2021, kind="show", trakt=175, tmdb=96677, imdb="tt2531336", tvdb=362696),
    known("Toy Story", 1995, tmdb=862, imdb="tt0114709"),
)


async def fill_catalogue(pool: Pool) -> None:
    """Put the titles into the catalogue, anew."""
    await pool.execute("DELETE FROM catalogue_title")
    rows = [
        (
            *(title.media_type, title.ids.trakt, title.ids.tmdb, title.ids.imdb, title.tvdb),
            *(title.name, title.original_name, title.year, search_form(title.name, title.original_name)),
            f"/{title.ids.tmdb}.jpg" if title.ids.tmdb else None,
            100 - place,
        )
        for place, title in enumerate(CATALOGUE)
    ]
    await pool.executemany(_INSERT, rows)


def zip_of(files: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these files by path."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return written.getvalue()
