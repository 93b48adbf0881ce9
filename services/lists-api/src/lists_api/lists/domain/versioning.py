"""What a change makes of a list's history."""

from dataclasses import fields
from datetime import datetime

from lists_api.lists.domain.changes import Change
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.rows import RowEdit
from lists_api.lists.domain.versions import Version


def version_of(before: MediaList, change: Change, rows: RowEdit, *, at: datetime) -> Version:
    """Return the version that the change made. Args: rows: what it did to the items' rows."""
    after = change.after
    return Version(
        version=after.version,
        cause=change.cause,
        changed=_changed(before, after),
        title=after.properties.title,
        item_count=len(after.items),
        inserted=rows.insert,
        deleted=rows.delete,
        run_id=None if change.run is None else change.run.run_id,
        at=at,
    )


def _changed(before: MediaList, after: MediaList) -> tuple[str, ...]:
    old, new = before.properties, after.properties
    names = [one.name for one in fields(new) if one.name != "filling"]
    changed = [name for name in names if getattr(old, name) != getattr(new, name)]
    if old.filling is not None and new.filling is not None:
        filling = [one.name for one in fields(new.filling)]
        changed += [name for name in filling if getattr(old.filling, name) != getattr(new.filling, name)]
    return tuple(changed)
