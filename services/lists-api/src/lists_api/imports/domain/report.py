"""What came of an import: what was taken, and each row that was not, with the reason."""

from dataclasses import dataclass

from lists_api.imports.domain.matching import Matched
from lists_api.imports.domain.rows import LeftOutRows


@dataclass(frozen=True, slots=True)
class ListReport:
    """What came of one list of the file.

    Args:
        list_id: the list that was made or added to; None: none was, for this is a dry run, or nothing was taken.
        skipped: titles that the list had before.
        refused: why the list could not be made, though others of the file were; None: it could.
        left_out: with the duplicates that only the catalogue showed.
    """

    list_id: int | None
    title: str
    matched: Matched
    left_out: LeftOutRows
    skipped: int = 0
    refused: str | None = None

    @property
    def taken(self) -> int:
        return 0 if self.refused else len(self.matched.titles) - self.skipped


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file.

    Args:
        format: the format's slug.
        files_left_alone: files of a zip that are no lists.
    """

    format: str
    is_dry_run: bool
    lists: tuple[ListReport, ...]
    files_left_alone: tuple[str, ...]

    @property
    def has_made_anything(self) -> bool:
        return any(one.list_id is not None for one in self.lists)
