"""Importing a file: parse it, ask the catalogue, decide, make the lists."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.text import fold
from lists_api.errors import ListNotFoundError, QuotaExceededError, TooManyItemsError
from lists_api.imports.domain.matching import Decision, KnownIds, Matched, by_ids, by_name, collected
from lists_api.imports.domain.parse import parse_file, title_of
from lists_api.imports.domain.report import ImportReport, ListReport
from lists_api.imports.domain.rows import FileList, FileRow
from lists_api.lists.domain import changes
from lists_api.lists.domain.filling import Filling
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.use_cases import ListUseCases
from lists_api.store import title_matches as store
from lists_api.store import views
from watchbuddy_contracts import ListType, Title


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file, and what becomes of it.

    Args:
        title: of the list, where the file has only one; None: the file's own, or its name.
        list_id: the list that gets the titles; None: a new one for each list of the file.
        is_dry_run: only report.
    """

    content: bytes
    file_name: str
    title: str | None = None
    list_id: int | None = None
    list_type: ListType = "manual"
    is_dry_run: bool = False


async def import_file(cases: ListUseCases, user_id: str, request: ImportRequest) -> ImportReport:
    """Take the lists of a file. A list of which no title is taken is not made.

    Raises:
        ImportNotRecognisedError: see `parse_file`.
        ListNotFoundError: the user has no list of that id.
        QuotaExceededError, TooManyItemsError, ListFillsItselfError: of the first list; see `ListUseCases`.
    """
    if request.list_id is not None and await views.read_list(cases.pool, request.list_id, user_id=user_id) is None:
        raise ListNotFoundError(request.list_id)
    parsed = await asyncio.to_thread(parse_file, request.content, request.file_name)
    reports: list[ListReport] = []
    for one in parsed.lists:
        named = replace(one, name=request.title) if request.title and len(parsed.lists) == 1 else one
        report = await _report(cases.pool, named)
        if not request.is_dry_run:
            report = await _stored_or_refused(cases, user_id, request, named, report, is_first=not reports)
        reports.append(report)
    return ImportReport(parsed.format, request.is_dry_run, tuple(reports), parsed.files_left_alone)


async def match_rows(pool: Pool, rows: Sequence[FileRow]) -> Matched:
    """Return which titles the rows mean."""
    known = KnownIds.of(await store.read_by_ids(pool, [row.ids for row in rows if row.ids]))
    decisions: list[Decision | None] = [by_ids(row, known) for row in rows]
    unsure = [place for place, decision in enumerate(decisions) if decision is None]
    names = [(fold(rows[place].name), rows[place].name, rows[place].year) for place in unsure]
    for place, named in zip(unsure, await store.read_by_names(pool, names), strict=True):
        decisions[place] = by_name(rows[place], known, named)
    return collected(rows, [one for one in decisions if one is not None])


async def _report(pool: Pool, one: FileList) -> ListReport:
    matched = await match_rows(pool, one.rows)
    return ListReport(None, title_of(one.name or ""), matched, one.left_out.with_more(list(matched.duplicates)))


async def _stored_or_refused(
    cases: ListUseCases, user_id: str, request: ImportRequest, one: FileList, report: ListReport, *, is_first: bool
) -> ListReport:
    """Store a list. After the first, a refusal is reported: what was made before it stays, and is told."""
    try:
        return await _stored(cases, user_id, request, one, report)
    except (QuotaExceededError, TooManyItemsError) as exc:
        if is_first:
            raise
        return replace(report, refused=exc.detail)


async def _stored(
    cases: ListUseCases, user_id: str, request: ImportRequest, one: FileList, report: ListReport
) -> ListReport:
    titles = report.matched.titles
    if not titles:
        return report
    if request.list_id is not None:
        return await _added(cases, user_id, request.list_id, titles, report)
    # A custom list has the titles pinned, and waits for its owner's filters before it fills itself.
    filling = Filling(is_paused=True) if request.list_type == "custom" else None
    properties = ListProperties(report.title, request.list_type, one.description, filling=filling)
    summary = await cases.create(user_id, properties, titles, may_repeat=True)
    return replace(report, list_id=summary.list_id)


async def _added(
    cases: ListUseCases, user_id: str, list_id: int, titles: Sequence[Title], report: ListReport
) -> ListReport:
    changed = await cases.change(user_id, list_id, lambda current: changes.add_items(current, titles), size=len(titles))
    edit, summary = changed.change.edit, changed.summary_now
    return replace(report, list_id=list_id, title=summary.properties.title, skipped=0 if edit is None else edit.skipped)
