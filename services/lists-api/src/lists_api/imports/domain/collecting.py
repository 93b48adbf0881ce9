"""Taking what a parser finds, within bounds and each title once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from lists_api.imports.domain.rows import (
    MAX_NAMED,
    MAX_TITLES,
    FileList,
    FileRow,
    LeftOut,
    LeftOutReason,
    LeftOutRows,
    TitleIds,
)
from watchbuddy_contracts import MediaType

Found = FileRow | LeftOut | None
_Key = tuple[MediaType | None, str, int | str]


@dataclass(slots=True)
class Collector:
    """Collects the rows of one list. However large the file, it keeps a bounded number of them."""

    _rows: list[FileRow] = field(default_factory=list)
    _named: list[LeftOut] = field(default_factory=list)
    _counts: dict[LeftOutReason, int] = field(default_factory=dict)
    _seen: set[_Key] = field(default_factory=set)

    def take(self, found: Found) -> None:
        """Take a row; None is a row that says nothing, such as one of commas only."""
        match found:
            case FileRow() if found.says_nothing:
                self._leave_out(LeftOut(found.number, "", "no_title"))
            case FileRow():
                self._take_title(found)
            case LeftOut():
                self._leave_out(found)

    def take_all(self, found: Iterable[Found]) -> Self:
        """Take the rows in their order."""
        for one in found:
            self.take(one)
        return self

    def finished(self, name: str | None = None, description: str | None = None) -> FileList:
        """Return the list of what was taken."""
        left_out = LeftOutRows(tuple(self._named), dict(self._counts))
        return FileList(name or None, tuple(self._rows), left_out, description or None)

    def _take_title(self, row: FileRow) -> None:
        keys = _keys(row.ids, row.media_type)
        if not self._seen.isdisjoint(keys):
            self._leave_out(LeftOut(row.number, row.text, "duplicate"))
        elif len(self._rows) >= MAX_TITLES:
            self._leave_out(LeftOut(row.number, row.text, "over_limit"))
        else:
            self._seen.update(keys)
            self._rows.append(row)

    def _leave_out(self, one: LeftOut) -> None:
        self._counts[one.reason] = self._counts.get(one.reason, 0) + 1
        if len(self._named) < MAX_NAMED:
            self._named.append(one)


def _keys(ids: TitleIds, media_type: MediaType | None) -> list[_Key]:
    """Return one key for each id that names one title. IMDb numbers movies and shows together, the others do not."""
    keys: list[_Key] = []
    if ids.imdb is not None:
        keys.append((None, "imdb", ids.imdb))
    for name, value in (("trakt", ids.trakt), ("tmdb", ids.tmdb), ("tvdb", ids.tvdb)):
        if value is not None and media_type is not None:
            keys.append((media_type, name, value))
    return keys
