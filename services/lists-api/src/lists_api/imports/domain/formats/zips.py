"""Zips of lists: Letterboxd's export, Trakt's, and any other with files that are lists."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from lists_api.imports.domain.archive import Archive, ArchiveRefusedError
from lists_api.imports.domain.cells import cleaned, number, text_of
from lists_api.imports.domain.decoding import decoded
from lists_api.imports.domain.formats.json_lists import description_of, json_value, read_items
from lists_api.imports.domain.rows import MAX_NAMED, FileList, ParsedFile

MAX_LISTS: Final = 200
"""Lists of a zip that are read. Trakt allows fewer to an account, and Letterboxd's users have fewer."""
MAX_ROWS_OF_ZIP: Final = 200_000
"""Rows of all lists together: some ten seconds of work."""
_NOT_READ: Final = ("deleted", "orphaned", "likes", "__macosx")
"""Folders with copies: of lists that were deleted, and of other people's."""
_TRAKT_LIST: Final = re.compile(r"lists-list-([0-9]+)(?:-(.*))?\.json", re.ASCII)
_TRAKT_OTHER: Final = re.compile(r"lists-(watchlist|favorites)(?:-([0-9]+))?\.json", re.ASCII)
_PAGE: Final = re.compile(r"(.*?)-?([0-9]+)", re.ASCII)
_TRAKT_META: Final = "lists-lists.json"

TextParser = Callable[[bytes, str], ParsedFile | None]


def parse_archive(archive: Archive, parse: TextParser) -> ParsedFile | None:
    """Return the zip's lists; None: it has none. `parse` reads one file.

    Raises:
        ArchiveRefusedError: see `Archive.read`; or the lists have too many rows.
    """
    trakt = {path: name for path in archive.paths if (name := _trakt_name(path)) is not None}
    if trakt:
        return _of_trakt(archive, trakt)
    wanted = archive.chosen(_is_list_file)
    letterboxd = [path for path in wanted if _is_letterboxd(path)]
    is_letterboxd = bool(letterboxd) and any(_base(path) in ("profile.csv", "watched.csv") for path in archive.paths)
    return _of_files(archive, letterboxd if is_letterboxd else wanted, parse, "letterboxd" if is_letterboxd else None)


def _of_files(archive: Archive, paths: Sequence[str], parse: TextParser, slug: str | None) -> ParsedFile | None:
    lists: list[FileList] = []
    read: set[str] = set()
    for path in paths[:MAX_LISTS]:
        found = parse(archive.read(path), path)
        if found is not None:
            read.add(path)
            slug = slug or found.format
            lists += [one if one.name else replace(one, name=_title_of(path)) for one in found.lists]
            _check_rows(lists)
    return ParsedFile(slug or "zip", tuple(lists), _left_alone(archive, read)) if lists else None


def _of_trakt(archive: Archive, names: dict[str, str]) -> ParsedFile | None:
    """Return Trakt's lists. A list has one file, or pages "…-1.json", "…-2.json"; a slug may end in "-1" as well.

    The number behind `lists-list-` is the list's id on Trakt, so files of one number are one list.
    """
    details = _details(archive, names)
    pages: dict[str, list[tuple[str, str]]] = {}
    for path, name in names.items():
        if (found := _TRAKT_LIST.fullmatch(name)) or (found := _TRAKT_OTHER.fullmatch(name)):
            pages.setdefault(found[1], []).append((found[2] or "", path))
    lists = []
    for key, files in list(pages.items())[:MAX_LISTS]:
        files.sort(key=lambda one: _page_key(one[0]))
        items = [item for _, path in files for item in _array(archive, path)]
        own = details.get(key, {})
        read = read_items(items)
        slug = files[0][0] if len(files) == 1 else _PAGE.sub(r"\1", files[0][0])
        name = text_of(own.get("name")) or (slug.replace("-", " ") if key.isdigit() else key).strip().capitalize()
        lists.append(replace(read, name=name or None, description=description_of(own) or None))
        _check_rows(lists)
    return ParsedFile("trakt", tuple(lists), _left_alone(archive, set(names))) if lists else None


def _check_rows(lists: Sequence[FileList]) -> None:
    if sum(len(one.rows) + one.left_out.total for one in lists) > MAX_ROWS_OF_ZIP:
        raise ArchiveRefusedError(f"the zip has lists of more than {MAX_ROWS_OF_ZIP:,} rows together")


def _details(archive: Archive, names: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return what the zip says of each list, by its id on Trakt."""
    paths = [path for path, name in names.items() if name == _TRAKT_META]
    found: dict[str, dict[str, Any]] = {}
    for entry in _array(archive, paths[0]) if paths else ():
        ids = entry.get("ids") if isinstance(entry, dict) else None
        if isinstance(ids, dict) and (trakt := number(text_of(ids.get("trakt")))) is not None:
            found[str(trakt)] = entry
    return found


def _array(archive: Archive, path: str) -> list[Any]:
    value = json_value(decoded(archive.read(path)))
    return value if isinstance(value, list) else []


def _page_key(rest: str) -> tuple[str, int]:
    """Order "top-2" before "top-10"."""
    found = _PAGE.fullmatch(rest)
    return (found[1], int(found[2][:9])) if found else (rest, 0)


def _trakt_name(path: str) -> str | None:
    """Return the name that a file has in the flat form; None: it is no list of Trakt.

    An earlier form has folders: `lists/watchlist.json`.
    """
    if _is_not_read(path):
        return None
    parts = path.lower().replace("\\", "/").split("/")
    name = parts[-1]
    if len(parts) > 1 and parts[-2] == "lists" and not name.startswith("lists-"):
        name = f"lists-{name}"
    is_known = name == _TRAKT_META or _TRAKT_LIST.fullmatch(name) or _TRAKT_OTHER.fullmatch(name)
    return name if is_known else None


def _is_list_file(path: str) -> bool:
    return path.lower().endswith((".csv", ".tsv", ".txt", ".json")) and not _is_not_read(path)


def _is_letterboxd(path: str) -> bool:
    parts = path.lower().replace("\\", "/").split("/")
    return parts[-1] == "watchlist.csv" or (len(parts) > 1 and parts[-2] == "lists")


def _is_not_read(path: str) -> bool:
    parts = path.lower().replace("\\", "/").split("/")
    return any(part in _NOT_READ for part in parts[:-1]) or parts[-1].startswith(".")


def _base(path: str) -> str:
    return path.lower().replace("\\", "/").rpartition("/")[2]


def _title_of(path: str) -> str:
    stem = path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    return cleaned(stem.replace("-", " ").replace("_", " ")).capitalize()


def _left_alone(archive: Archive, read: set[str]) -> tuple[str, ...]:
    return tuple(cleaned(path) for path in archive.paths if path not in read)[:MAX_NAMED]
