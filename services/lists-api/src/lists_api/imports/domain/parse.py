"""From a file's bytes to the lists in it."""

import unicodedata
from dataclasses import replace
from typing import Final

from lists_api.errors import ImportNotRecognisedError
from lists_api.imports.domain.archive import Archive, ArchiveRefusedError, is_zip
from lists_api.imports.domain.cells import cleaned
from lists_api.imports.domain.decoding import decoded
from lists_api.imports.domain.formats.json_lists import parse_json_text
from lists_api.imports.domain.formats.texts import parse_text
from lists_api.imports.domain.formats.zips import parse_archive
from lists_api.imports.domain.rows import ParsedFile

EXPECTED: Final = (
    "a list, ratings or a watchlist of IMDb (CSV); a list, a watchlist or the whole export of Letterboxd (CSV, zip); "
    "the export of Trakt (zip) or a list of it (CSV, JSON); an export of TMDB or Yamtrack (CSV) or MDBList (JSON); "
    "ids, one a line; a list that WatchBuddy exported (CSV, JSON)"
)
DEFAULT_NAME: Final = "Imported list"
MAX_TITLE: Final = 255
_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that are drawn as nothing."""


def parse_file(content: bytes, file_name: str) -> ParsedFile:
    """Return the lists in the file, each with a name: the file's own where the list has none.

    Raises:
        ImportNotRecognisedError: the file is in none of the formats, or is a zip that is broken or too large.
    """
    try:
        found = _parsed_archive(content) if is_zip(content) else _parsed(content, file_name)
    except ArchiveRefusedError as exc:
        raise ImportNotRecognisedError(f"{exc}; expected was {EXPECTED}") from exc
    if found is None:
        reason = "the file is empty" if not content.strip() else "the file has no list in a form that is known here"
        raise ImportNotRecognisedError(f"{reason}; expected was {EXPECTED}")
    name = name_of(file_name)
    return replace(found, lists=tuple(one if one.name else replace(one, name=name) for one in found.lists))


def _parsed_archive(content: bytes) -> ParsedFile | None:
    return parse_archive(Archive.opened(content), _parsed)


def _parsed(content: bytes, file_name: str) -> ParsedFile | None:
    text = decoded(content)
    if text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{"):
        return parse_json_text(text)
    return None if file_name.lower().endswith(".json") else parse_text(text)


def name_of(file_name: str) -> str:
    """Return a list's name from that of its file."""
    stem = file_name.replace("\\", "/").rpartition("/")[2]
    return cleaned((stem.rpartition(".")[0] or stem).replace("_", " ")) or DEFAULT_NAME


def title_of(name: str) -> str:
    """Return a list's title from its name in the file. A name that nobody could see is none."""
    is_visible = any(unicodedata.category(one)[0] in "LNPS" and one not in _BLANK for one in name)
    return name[:MAX_TITLE].strip() if is_visible else DEFAULT_NAME
