"""Importing a file: parse it, ask the catalogue, decide, make the lists."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.postgres.database import Pool
from lists_api.catalogue.domain.filters import Filters
from lists_api.catalogue.domain.text import fold
from lists_api.errors import ListNotFoundError, QuotaExceededError, TooManyItemsError
from lists_api.imports.domain.matching import KnownIds, KnownTitle, Matched, by_ids, by_name, collected
from lists_api.imports.domain.parse import parse_file, title_of
from lists_api.imports.domain.report import ImportReport, ListReport
from lists_api.imports.domain.rows import FileList, FileRow
from lists_api.imports.rehearsal import Rehearsal, rehearsal
from lists_api.lists.domain import changes
from lists_api.lists.domain.filling import Filling
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.idempotency import IdempotencyKey
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
        read_filters: reads the filters of a file, for a custom list; None: they are none.
        key: a request with a key that was used before gets the lists that the first request made.
        is_dry_run: only report.
    """

    content: bytes
    file_name: str
    title: str | None = None
    list_id: int | None = None
    list_type: ListType = "manual"
    read_filters: Callable[[Mapping[str, object]], Filters | None] = lambda _given: None
    key: IdempotencyKey | None = None
    is_dry_run: bool = False


async def import_file(cases: ListUseCases, user_id: str, request: ImportRequest) -> ImportReport:
    """Take the lists of a file. A list of which no title is taken is not made.

    Raises:
        ImportNotRecognisedError: see `parse_file`.
        ListNotFoundError: the user has no list of that id.
        IdempotencyKeyReusedError: the key was used for another file or with other options.
        QuotaExceededError, TooManyItemsError, ListFillsItselfError: of the first list; see `ListUseCases`.
    """
    if request.list_id is not None and await views.read_list(cases.pool, request.list_id, user_id=user_id) is None:
        raise ListNotFoundError(request.list_id)
    rehearsed = await rehearsal(cases, user_id, request.list_id) if request.is_dry_run else None
    parsed = await asyncio.to_thread(parse_file, request.content, request.file_name)
    reports: list[ListReport] = []
    for one in parsed.lists:
        named = replace(one, name=request.title) if request.title and len(parsed.lists) == 1 else one
        report = await _report(cases.pool, named)
        reports.append(await _stored_or_refused(cases, user_id, request, named, report, rehearsed, number=len(reports)))
    return ImportReport(parsed.format, request.is_dry_run, tuple(reports), parsed.files_left_alone)


async def match_rows(pool: Pool, rows: Sequence[FileRow]) -> Matched:
    """Return which titles the rows mean."""
    titles = await store.read_by_ids(pool, [row.ids for row in rows if row.ids])
    known, sure = await asyncio.to_thread(_decided_by_ids, rows, titles)
    unsure = [row for row, title in zip(rows, sure, strict=True) if title is None]
    named = await store.read_by_names(pool, [(fold(row.name), row.name, row.year) for row in unsure])
    return await asyncio.to_thread(_decided, rows, sure, known, named)


def _decided_by_ids(rows: Sequence[FileRow], titles: Sequence[KnownTitle]) -> tuple[KnownIds, list[Title | None]]:
    known = KnownIds.of(titles)
    return known, [by_ids(row, known) for row in rows]


def _decided(
    rows: Sequence[FileRow], sure: Sequence[Title | None], known: KnownIds, named: Iterable[Sequence[KnownTitle]]
) -> Matched:
    names = iter(named)
    decisions = [title or by_name(row, known, next(names)) for row, title in zip(rows, sure, strict=True)]
    return collected(rows, decisions)


async def _report(pool: Pool, one: FileList) -> ListReport:
    matched = await match_rows(pool, one.rows)
    return ListReport(None, title_of(one.name or ""), matched, one.left_out.with_more(list(matched.duplicates)))


async def _stored_or_refused(
    cases: ListUseCases,
    user_id: str,
    request: ImportRequest,
    one: FileList,
    report: ListReport,
    rehearsed: Rehearsal | None,
    *,
    number: int,
) -> ListReport:
    """Store a list, or play it. After the first, a refusal is reported: what was made before it stays, and is told."""
    try:
        if rehearsed is not None:
            return rehearsed.play(report)
        return await _stored(cases, user_id, request, one, report, number=number)
    except (QuotaExceededError, TooManyItemsError) as exc:
        if number == 0:
            raise
        return replace(report, refused=exc.detail)


async def _stored(
    cases: ListUseCases, user_id: str, request: ImportRequest, one: FileList, report: ListReport, *, number: int
) -> ListReport:
    titles = report.matched.titles
    if not titles:
        return report
    if request.list_id is not None:
        return await _added(cases, user_id, request.list_id, titles, report)
    properties = ListProperties(report.title, request.list_type, one.description, filling=_filling(request, one))
    summary = await cases.create(user_id, properties, titles, _key(request, number), may_repeat=True)
    return replace(report, list_id=summary.list_id)


def _filling(request: ImportRequest, one: FileList) -> Filling | None:
    """Return how a custom list fills itself around the titles of the file. Without filters it waits for its owner."""
    if request.list_type != "custom":
        return None
    filters = None if one.filters is None else request.read_filters(one.filters)
    return Filling(is_paused=True) if filters is None else Filling(filters)


def _key(request: ImportRequest, number: int) -> IdempotencyKey | None:
    """Return the key under which a list of the file is made. No client's own key has the separator."""
    return None if request.key is None else replace(request.key, key=f"{request.key.key}\x1f{number}")


async def _added(
    cases: ListUseCases, user_id: str, list_id: int, titles: Sequence[Title], report: ListReport
) -> ListReport:
    changed = await cases.change(user_id, list_id, lambda current: changes.add_items(current, titles), size=len(titles))
    edit, summary = changed.change.edit, changed.summary_now
    return replace(report, list_id=list_id, title=summary.title, skipped=0 if edit is None else edit.skipped)
