"""Formats whose first row names the columns: a table of them, most specific first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lists_api.imports.domain.cells import ids_from, year_of
from lists_api.imports.domain.collecting import Found
from lists_api.imports.domain.media_words import meaning_of
from lists_api.imports.domain.references import reference
from lists_api.imports.domain.rows import FileRow, LeftOut, TitleIds
from lists_api.imports.domain.safe_cells import unguarded

Cells = Mapping[str, str]
"""A row's cells by head: letters and digits, lower-case. "TMDb ID" is `tmdbid`."""


@dataclass(frozen=True, slots=True)
class TableFormat:
    """A format of a table.

    Args:
        needs: heads that all must be there. any_of: heads of which one must be there; empty: none.
        read: what a row says; its number first.
    """

    slug: str
    needs: frozenset[str]
    read: Callable[[int, Cells], Found]
    any_of: frozenset[str] = frozenset()

    def fits(self, heads: Sequence[str]) -> bool:
        present = set(heads)
        return self.needs <= present and (not self.any_of or bool(self.any_of & present))


def _imdb(number: int, cells: Cells) -> Found:
    const = cells.get("const", "")
    name = unguarded(cells.get("title") or cells.get("name", ""))
    if const.lower().startswith("nm"):
        return LeftOut(number, name or const, "person")
    ids = ids_from(
        imdb=const, tmdb=cells.get("tmdbid", ""), trakt=cells.get("traktid", ""), tvdb=cells.get("tvdbid", "")
    )
    return _row(number, ids, cells.get("titletype", ""), name, cells.get("year", ""))


def _trakt(number: int, cells: Cells) -> Found:
    # The ids of the show stand in the first columns of its seasons and episodes too, so the type decides.
    ids = _plain_ids(cells)
    return _row(number, ids, cells["type"], cells.get("title", ""), cells.get("year", ""))


def _tmdb(number: int, cells: Cells) -> Found:
    ids, name = _plain_ids(cells), cells.get("name", "")
    if cells.get("episodenumber"):
        return LeftOut(number, name, "episode")
    if cells.get("seasonnumber"):
        return LeftOut(number, name, "season")
    return _row(number, ids, cells["type"], name, cells.get("releasedate", ""))


def _yamtrack(number: int, cells: Cells) -> Found:
    source, media_id = cells["source"].lower(), cells["mediaid"]
    name = cells.get("title", "") or media_id
    if source not in ("tmdb", "imdb", "trakt", "tvdb"):
        return LeftOut(number, name, "other_kind")
    return _row(number, ids_from(**{source: media_id}), cells["mediatype"], cells.get("title", ""), "")


def _letterboxd(number: int, cells: Cells) -> Found:
    # Letterboxd has no ids here, and has some shows among its films.
    return FileRow(number, name=cells["name"], year=year_of(cells.get("year", "")))


def _letterboxd_form(number: int, cells: Cells) -> Found:
    name = cells.get("title") or cells.get("name", "")
    return FileRow(number, _plain_ids(cells), name=name, year=year_of(cells.get("year", "")), assumed_type="movie")


def _anything(number: int, cells: Cells) -> Found:
    ids, name = _plain_ids(cells), _first(cells, "title", "name", "movie", "film")
    word = _first(cells, "mediatype", "titletype", "type", "kind")
    year = _first(cells, "year", "releaseyear", "releasedate", "firstairdate")
    if not ids and (linked := _linked(number, cells)) is not None:
        if isinstance(linked, LeftOut):
            return linked
        return _row(number, linked.ids, linked.media_type or word, name or linked.name, year or str(linked.year))
    return _row(number, ids, word, name, year)


def _linked(number: int, cells: Cells) -> Found:
    """Return what an address in the row names. Some tools write it into the column of the id."""
    for head in ("imdb", "imdbid", "tconst", "imdburl", "tmdb", "tmdbid", "tmdburl", "trakturl", "url", "uri", "link"):
        if (linked := reference(cells.get(head, ""), number_of_row=number)) is not None:
            return linked
    return None


def _plain_ids(cells: Cells) -> TitleIds:
    return ids_from(
        trakt=_first(cells, "traktid", "trakt"),
        tmdb=_first(cells, "tmdbid", "tmdb", "themoviedbid"),
        imdb=_first(cells, "imdbid", "imdb", "tconst", "imdbconst"),
        tvdb=_first(cells, "tvdbid", "tvdb", "thetvdbid"),
    )


def _first(cells: Cells, *heads: str) -> str:
    return next((cells[head] for head in heads if cells.get(head)), "")


def _row(number: int, ids: TitleIds, word: str, name: str, year: str) -> Found:
    """Return the row; None: it says nothing. `word` is the file's word for the kind of title."""
    if not (ids or ids.refused or name):
        return None if not word else LeftOut(number, word, "no_title")
    row = FileRow(number, ids, None, name, year_of(year))
    meaning = meaning_of(word)
    match meaning:
        case "movie" | "show" | None:
            return replace(row, media_type=meaning)
    return LeftOut(number, row.text, meaning)


_IDS: Final = frozenset({"imdb", "imdbid", "tconst", "tmdb", "tmdbid", "trakt", "traktid", "tvdb", "tvdbid"})
_LINKS: Final = frozenset({"imdburl", "tmdburl", "trakturl"})
_NAMES: Final = frozenset({"title", "name"})

FORMATS: Final = (
    TableFormat("imdb", frozenset({"const"}), _imdb),
    TableFormat("trakt", frozenset({"rank", "type", "traktid"}), _trakt),
    TableFormat("tmdb", frozenset({"tmdbid", "type", "name"}), _tmdb),
    TableFormat("yamtrack", frozenset({"mediaid", "source", "mediatype"}), _yamtrack),
    TableFormat("letterboxd", frozenset({"name", "year"}), _letterboxd, frozenset({"letterboxduri"})),
    TableFormat("letterboxd", frozenset({"position", "name", "year", "url"}), _letterboxd),
    TableFormat("letterboxd-import", frozenset({"letterboxduri"}), _letterboxd_form, _IDS | _NAMES),
    TableFormat("table", frozenset(), _anything, _IDS | _LINKS),
    TableFormat("table", frozenset(), _anything, _NAMES),
)


def format_of(heads: Sequence[str], raw: Sequence[str]) -> TableFormat | None:
    """Return the format whose heads these are; None: they are the heads of none.

    Args:
        heads: as they are compared. raw: as the file has them.
    """
    # Letterboxd's import form writes its ids in this very way, and has films alone.
    if "const" not in heads and {"tmdbID", "imdbID"} & {one.strip() for one in raw} and "type" not in heads:
        return TableFormat("letterboxd-import", frozenset(), _letterboxd_form)
    return next((one for one in FORMATS if one.fits(heads)), None)
