"""The events that carry a list's state."""

from typing import Any, Final

import watchbuddy_contracts as contracts
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.runs import SyncRun
from watchbuddy_contracts import ListCreated, ListDeleted, ListEvent, ListSynced, ListUpdated, to_items

_PROPERTIES: Final = ("title", "list_type", "description", "privacy", "mirror", "uses_watched")
"""Those that matter to Trakt's list. How a list fills itself is nobody else's business."""


def last_event(current: MediaList, event_type: str, run: SyncRun | None) -> ListEvent:
    """Make the newest state event of the list once more.

    Args:
        current: the list as that event left it.
        event_type: CloudEvents type of the event.
        run: the run that left this version; None when no run did.

    Raises:
        ValueError: no event of that type carries a list's state.
    """
    if event_type == ListDeleted.ce_type:
        return deleted_event(current)
    if event_type == ListSynced.ce_type and run is not None:
        return synced_event(current, run)
    for model in (ListCreated, ListUpdated):
        if event_type == model.ce_type:
            return state_event(current, model)
    raise ValueError(f"list {current.list_id} has no state event of type {event_type}")


def state_event(current: MediaList, model: type[ListCreated] | type[ListUpdated]) -> ListCreated | ListUpdated:
    """Return the event that carries the list's state."""
    state = _state(current)
    if model is ListCreated and current.source is not None:
        state["source"] = contracts.ListSource(kind=current.source.kind, url=current.source.url)
    return model(**state)


def synced_event(current: MediaList, run: SyncRun) -> ListSynced:
    """Return the event of a run that left the list as it is."""
    return ListSynced(
        **_state(current),
        run_id=run.run_id,
        trigger=run.trigger,
        updated=run.updated,
        removed=run.removed,
        total=run.total,
    )


def deleted_event(current: MediaList) -> ListDeleted:
    """Return the tombstone's event."""
    return ListDeleted(
        list_id=current.list_id, user_id=current.user_id, version=current.version, title=current.properties.title
    )


def _state(current: MediaList) -> dict[str, Any]:
    """Return the fields of `watchbuddy_contracts.ListState`."""
    return {
        "list_id": current.list_id,
        "user_id": current.user_id,
        "version": current.version,
        "items": to_items(current.items),
        **{name: getattr(current.properties, name) for name in _PROPERTIES},
    }
