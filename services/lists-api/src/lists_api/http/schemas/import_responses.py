"""What came of an import, as lists-api tells it over HTTP."""

from collections.abc import Sequence
from typing import Final, Self, TypeVar

from chassis.http.examples import examples
from lists_api.http.schemas.item_responses import IdsOut
from lists_api.http.schemas.strict import ResponseModel
from lists_api.imports.domain.matching import Ambiguous, KnownTitle, NotRecognised, NotRecognisedReason
from lists_api.imports.domain.report import ImportReport, ListReport
from lists_api.imports.domain.rows import MAX_NAMED, LeftOut, LeftOutReason, LeftOutRows
from watchbuddy_contracts import MediaType

_Row = TypeVar("_Row")
_ROW: Final = {"row": 14, "text": "The Insider", "reason": "not_in_catalogue"}
_CHOICE: Final = {
    "media_type": "movie",
    "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"},
    "title": "Heat",
    "year": 1995,
}
_LIST: Final = {
    "list_id": 7,
    "title": "Heists",
    "taken": 120,
    "skipped": 0,
    "refused": None,
    "not_recognised": {"total": 1, "rows": [_ROW]},
    "ambiguous": {"total": 1, "rows": [{"row": 9, "text": "Heat", "choices": [_CHOICE]}]},
    "left_out": {
        "total": 1,
        "reasons": {"episode": 1},
        "rows": [{"row": 6, "text": "Breaking Bad: Pilot (2008)", "reason": "episode"}],
    },
}


class UnknownRowOut(ResponseModel):
    """A row that means no title that is known."""

    row: int
    """The line where it begins, from 1; in JSON the place in the array."""
    text: str
    reason: NotRecognisedReason
    """`unknown_kind`: it has an id, and neither the file nor the catalogue says whether of a movie or a show."""

    @classmethod
    def of(cls, one: NotRecognised) -> Self:
        return cls(row=one.number, text=one.text, reason=one.reason)


class UnknownRowsOut(ResponseModel):
    """The rows that mean no title that is known."""

    total: int
    rows: list[UnknownRowOut]
    """The first 1,000."""


class RowChoiceOut(ResponseModel):
    """A title that a row could mean. Media type and ids are an item as `add_items` takes it."""

    media_type: MediaType
    ids: IdsOut
    title: str
    year: int | None

    @classmethod
    def of(cls, one: KnownTitle) -> Self:
        ids = IdsOut(trakt=one.ids.trakt, tmdb=one.ids.tmdb, imdb=one.ids.imdb)
        return cls(media_type=one.media_type, ids=ids, title=one.name, year=one.year)


class AmbiguousRowOut(ResponseModel):
    """A row that could mean each of several titles."""

    row: int
    text: str
    choices: list[RowChoiceOut]
    """At least one, the likeliest first. A single one: the row has no year, so it could be another title."""

    @classmethod
    def of(cls, one: Ambiguous) -> Self:
        return cls(row=one.number, text=one.text, choices=[RowChoiceOut.of(choice) for choice in one.choices])


class AmbiguousRowsOut(ResponseModel):
    """The rows that could mean each of several titles."""

    total: int
    rows: list[AmbiguousRowOut]
    """The first 1,000."""


class LeftOutRowOut(ResponseModel):
    """A row that names no movie and no show, or one that came before."""

    row: int
    text: str
    reason: LeftOutReason

    @classmethod
    def of(cls, one: LeftOut) -> Self:
        return cls(row=one.number, text=one.text, reason=one.reason)


class LeftOutRowsOut(ResponseModel):
    """The rows that were left out."""

    total: int
    reasons: dict[LeftOutReason, int]
    """How many rows of each reason there are."""
    rows: list[LeftOutRowOut]
    """The first 1,000."""

    @classmethod
    def of(cls, rows: LeftOutRows) -> Self:
        return cls(total=rows.total, reasons=dict(rows.counts), rows=[LeftOutRowOut.of(one) for one in rows.rows])


class ImportedListOut(ResponseModel):
    """What came of one list of the file."""

    list_id: int | None
    """Null: no list was made, for it is a dry run, or no title was taken."""
    title: str
    taken: int
    skipped: int
    """Titles that the list had before."""
    refused: str | None
    """Why the list could not be made, though others of the file were. Null: it could."""
    not_recognised: UnknownRowsOut
    ambiguous: AmbiguousRowsOut
    left_out: LeftOutRowsOut

    @classmethod
    def of(cls, report: ListReport) -> Self:
        matched = report.matched
        return cls(
            list_id=report.list_id,
            title=report.title,
            taken=report.taken,
            skipped=report.skipped,
            refused=report.refused,
            not_recognised=UnknownRowsOut(
                total=len(matched.not_recognised),
                rows=[UnknownRowOut.of(one) for one in _named(matched.not_recognised)],
            ),
            ambiguous=AmbiguousRowsOut(
                total=len(matched.ambiguous), rows=[AmbiguousRowOut.of(one) for one in _named(matched.ambiguous)]
            ),
            left_out=LeftOutRowsOut.of(report.left_out),
        )


class ImportOut(ResponseModel):
    """What came of a file."""

    model_config = examples(
        {"format": "imdb", "dry_run": False, "lists": [_LIST], "files_left_alone": []},
        {
            "format": "letterboxd",
            "dry_run": True,
            "lists": [_LIST | {"list_id": None}],
            "files_left_alone": ["ratings.csv"],
        },
    )

    format: str
    """What the file was recognised as."""
    dry_run: bool
    lists: list[ImportedListOut]
    files_left_alone: list[str]
    """Files of a zip that are no lists. The first 1,000."""

    @classmethod
    def of(cls, report: ImportReport) -> Self:
        return cls(
            format=report.format,
            dry_run=report.is_dry_run,
            lists=[ImportedListOut.of(one) for one in report.lists],
            files_left_alone=list(report.files_left_alone),
        )


def _named(rows: Sequence[_Row]) -> Sequence[_Row]:
    return rows[:MAX_NAMED]
