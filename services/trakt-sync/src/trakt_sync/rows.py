"""Between rows of our tables and values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from trakt_sync.ledger import Entry, Title
from trakt_sync.mirror import Intent, Job, Pending, Progress, Result
from trakt_sync.plan import Desired, Details
from watchbuddy_contracts import MediaType


class Row(Protocol):
    """A row of asyncpg, or a jsonb value."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401 - what a column holds is the schema's matter


TitleRow = tuple[MediaType, int | None, int | None, str | None]


def job_of(row: Row, entries: tuple[Entry, ...] = ()) -> Job:
    details = Details(row["title"], row["description"], row["privacy"], row["display_numbers"], row["allow_comments"])
    return Job(
        list_id=row["list_id"],
        user_id=row["user_id"],
        version=row["version"],
        desired=Desired(row["is_wanted"], details, titles_of(row["items"]), row["is_ordered"]),
        progress=progress_of(row),
        entries=entries,
        traceparent=row["traceparent"],
    )


def progress_of(row: Row) -> Progress:
    return Progress(
        applied_version=row["applied_version"],
        trakt_list_id=row["trakt_list_id"],
        slug=row["slug"],
        made_at=row["made_at"],
        former_ids=tuple(row["former_ids"]),
        details=None if row["details"] is None else Details(**row["details"]),
        is_trusted=row["is_trusted"],
        read_after=row["read_after"],
        written_at=row["written_at"],
        foreign_count=row["foreign_count"],
        pending=_pending_of(row["pending"]),
        intent=_intent_of(row["intent"]),
        capacity=row["capacity"],
        is_probing=row["is_probing"],
        limited_at=row["limited_at"],
        remaining=row["remaining"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        parked_for=row["parked_for"],
        told=row["told"],
        added=row["added"],
        removed=row["removed"],
        is_renamed=row["is_renamed"],
        recreated_version=row["recreated_version"],
        vain_reads=row["vain_reads"],
        is_order_owed=row["is_order_owed"],
        result=result_of(row["result"]),
    )


def progress_row(progress: Progress) -> dict[str, object]:
    """Return the columns of a progress by name, as asyncpg takes them."""
    return {
        **{name: getattr(progress, name) for name in Progress.__slots__},
        "former_ids": list(progress.former_ids),
        "details": None if progress.details is None else asdict(progress.details),
        "pending": pending_row(progress.pending),
        "intent": intent_row(progress.intent),
        "result": _result_row(progress.result),
    }


def titles_of(items: Sequence[TitleRow]) -> tuple[Title, ...]:
    return tuple(Title(*item) for item in items)


def entry_of(row: Row) -> Entry:
    return Entry(
        Title(row["media_type"], row["trakt"], row["tmdb"], row["imdb"]), row["state"], row["row_id"], row["place_id"]
    )


def pending_row(pending: Pending | None) -> dict[str, object] | None:
    if pending is None:
        return None
    return {"kind": pending.kind, "titles": [list(title) for title in pending.titles], "row_ids": list(pending.row_ids)}


def intent_row(intent: Intent | None) -> dict[str, object] | None:
    if intent is None:
        return None
    doubted_at = None if intent.doubted_at is None else intent.doubted_at.isoformat()
    return {
        "at": intent.at.isoformat(),
        "name": intent.name,
        "description": intent.description,
        "doubted_at": doubted_at,
    }


def result_of(value: Row | None) -> Result | None:
    if value is None:
        return None
    event_id = value["event_id"]
    return Result(value["version"], value["ce_type"], value["payload"], UUID(event_id) if event_id else None)


def _result_row(result: Result | None) -> dict[str, object] | None:
    if result is None:
        return None
    return {
        "version": result.version,
        "ce_type": result.ce_type,
        "payload": result.payload,
        "event_id": None if result.event_id is None else str(result.event_id),
    }


def _pending_of(value: Row | None) -> Pending | None:
    if value is None:
        return None
    return Pending(value["kind"], titles_of(value["titles"]), tuple(value["row_ids"]))


def _intent_of(value: Mapping[str, Any] | None) -> Intent | None:
    if value is None:
        return None
    doubted_at = value.get("doubted_at")
    return Intent(
        datetime.fromisoformat(value["at"]),
        value["name"],
        value["description"],
        None if doubted_at is None else datetime.fromisoformat(doubted_at),
    )
