"""Between rows of our tables and values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from pydantic import TypeAdapter

from trakt_sync.mirroring.desired import Desired, Details, Policies
from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.progress import (
    Drift,
    Incident,
    Intent,
    Limit,
    Pending,
    Progress,
    Staleness,
    Tally,
    TraktList,
)
from watchbuddy_contracts import Title

V = TypeVar("V")

JOB_COLUMNS: Final = """
    desired_list.list_id, desired_list.user_id, desired_list.version, desired_list.is_present, desired_list.title,
    desired_list.description, desired_list.privacy, desired_list.display_numbers, desired_list.allow_comments,
    desired_list.is_ordered, desired_list.policies, desired_list.items, desired_list.trace_context,
    mirror.mirror_id, mirror.applied_version, mirror.trakt_list, mirror.former_ids, mirror.intent, mirror.pending,
    mirror.staleness, mirror.reread_after, mirror.account_limit, mirror.attempts, mirror.notified,
    mirror.failed_version, mirror.tally, mirror.recreated_version, mirror.drift,
    work_queue.remaining, work_queue.revision, work_queue.is_asked"""
"""Of desired_list with its mirror and its row of the queue; of the last two all may be NULL."""

_TRAKT_LIST: Final = TypeAdapter(TraktList)
_INTENT: Final = TypeAdapter(Intent)
_PENDING: Final = TypeAdapter(Pending)
_STALENESS: Final = TypeAdapter(Staleness)
_LIMIT: Final = TypeAdapter(Limit)
_TALLY: Final = TypeAdapter(Tally)
_DRIFT: Final = TypeAdapter(Drift)
_POLICIES: Final = TypeAdapter(Policies)
NO_POLICIES: Final = Policies()


class Row(Protocol):
    """A row of asyncpg."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401 - what a column holds is the schema's matter


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job with what its record must name.

    Args:
        revision: of the queue's row; None: it has none. Another one there: somebody made the list due meanwhile.
        is_asked: its owner asked for it: what waits is tried again.
        reread_after: the mark that the job's staleness takes up; see `mirrors.mark_stale`.
    """

    job: Job
    mirror_id: int
    revision: int | None
    reread_after: datetime | None
    is_asked: bool = False


def stored_job(row: Row, mirror_id: int, entries: tuple[Entry, ...] = ()) -> StoredJob:
    """Return the job of a row with `JOB_COLUMNS`."""
    details = Details(row["title"], row["description"], row["privacy"], row["display_numbers"], row["allow_comments"])
    items = tuple(Title(*item) for item in row["items"])
    progress = Progress() if row["mirror_id"] is None else _progress(row)
    incident = progress.incident.for_version(row["version"], is_present=row["is_present"])
    job = Job(
        list_id=row["list_id"],
        user_id=row["user_id"],
        version=row["version"],
        desired=Desired(row["is_present"], details, items, row["is_ordered"], _policies(row["policies"])),
        progress=replace(progress, incident=incident),
        entries=entries,
        remaining=row["remaining"],
        trace_context=row["trace_context"],
    )
    return StoredJob(job, mirror_id, row["revision"], row["reread_after"], bool(row["is_asked"]))


def _progress(row: Row) -> Progress:
    trakt_list = _loaded(_TRAKT_LIST, row["trakt_list"])
    staleness = _loaded(_STALENESS, row["staleness"])
    if row["reread_after"] is not None and trakt_list is not None:
        staleness = _marked(staleness or Staleness(None), row["reread_after"])
    return Progress(
        applied_version=row["applied_version"],
        trakt_list=trakt_list,
        former_ids=tuple(row["former_ids"]),
        intent=_loaded(_INTENT, row["intent"]),
        pending=_loaded(_PENDING, row["pending"]),
        staleness=staleness,
        limit=_loaded(_LIMIT, row["account_limit"]),
        incident=Incident(row["attempts"], row["notified"], row["failed_version"]),
        tally=_loaded(_TALLY, row["tally"]) or Tally(),
        recreated_version=row["recreated_version"],
        drift=_loaded(_DRIFT, row["drift"]) or Drift(),
    )


def dumped_trakt_list(trakt_list: TraktList | None) -> str | None:
    """Return a Trakt list as the column holds it, as text."""
    return None if trakt_list is None else _TRAKT_LIST.dump_json(trakt_list).decode()


def dumped_drift(drift: Drift) -> str | None:
    """Return what is remembered of other Trakt lists as the column holds it, as text."""
    return None if drift == Drift() else _DRIFT.dump_json(drift).decode()


def dumped_policies(policies: Policies) -> str:
    """Return a list's policies as the column holds them, as text."""
    return _POLICIES.dump_json(policies).decode()


def _policies(value: object) -> Policies:
    return NO_POLICIES if not value else _POLICIES.validate_python(value)


def _marked(staleness: Staleness, reread_after: datetime) -> Staleness:
    return replace(staleness, read_after=max(reread_after, staleness.read_after or reread_after))


def mirror_values(progress: Progress) -> Sequence[object]:
    """Return the columns of a mirror, as `steps.MIRROR_COLUMNS` names them."""
    return (
        progress.applied_version,
        progress.trakt_list_number,
        _dumped(_TRAKT_LIST, progress.trakt_list),
        list(progress.former_ids),
        _dumped(_INTENT, progress.intent),
        _dumped(_PENDING, progress.pending),
        _dumped(_STALENESS, progress.staleness),
        _dumped(_LIMIT, progress.limit),
        progress.incident.attempts,
        progress.incident.notified,
        progress.incident.version,
        None if progress.tally.is_empty else _dumped(_TALLY, progress.tally),
        progress.recreated_version,
        None if progress.drift == Drift() else _dumped(_DRIFT, progress.drift),
    )


def _loaded(adapter: TypeAdapter[V], value: object) -> V | None:
    return None if value is None else adapter.validate_python(value)


def _dumped(adapter: TypeAdapter[V], value: V | None) -> object:
    return None if value is None else adapter.dump_python(value, mode="json")
