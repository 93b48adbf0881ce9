"""What operators read in the log after a step. Titles and payloads stay out of it.

The texts "Created Trakt list with ID: {id}", "Trakt sync:", "Deleted Trakt list" and "Item {id} not found on Trakt" are
those that operators have always searched for.
"""

import structlog

from trakt_sync.mirroring.job import Change
from watchbuddy_contracts import (
    Event,
    TraktDriftFound,
    TraktListCreated,
    TraktListDeleted,
    TraktSynced,
    TraktSyncFailed,
)

log = structlog.get_logger()


def report(list_id: int, change: Change) -> None:
    """Log what a recorded step did."""
    for entry in change.ledger.append:
        if entry.state == "not_found":
            text = f"Item {entry.title.label} not found on Trakt"
            log.info("item_not_found", message=text, list_id=list_id, media_type=entry.title.media_type)
    for event in change.events:
        _report(event)


def _report(event: Event) -> None:
    match event:
        case TraktListCreated():
            text = f"Created Trakt list with ID: {event.trakt_list_id}"
            log.info("trakt_list_created", message=text, list_id=event.list_id, adopted=event.adopted)
        case TraktSynced():
            log.info(
                "list_mirrored",
                message=f"Trakt sync: +{event.added} -{event.removed}",
                list_id=event.list_id,
                version=event.version,
                unchanged=event.unchanged,
                not_found=len(event.not_found),
                left_out=len(event.left_out),
            )
        case TraktListDeleted():
            text = f"Deleted Trakt list {event.trakt_list_id}"
            log.info("trakt_list_deleted", message=text, list_id=event.list_id)
        case TraktDriftFound(kind="items_edited"):
            log.info("list_edited_on_trakt", list_id=event.list_id)
        case TraktDriftFound(kind="list_deleted"):
            log.warning("list_gone_on_trakt", list_id=event.list_id)
        case TraktSyncFailed():
            log.warning("mirroring_failed", list_id=event.list_id, operation=event.operation, reason=event.reason)
