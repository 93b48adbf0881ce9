"""A list as its owner reads it."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from lists_api.catalogue.domain.filters import Filters
from lists_api.lists.domain.filling import Filling, Sort
from lists_api.lists.domain.media_list import MediaList
from lists_api.lists.domain.schedule import ListStatus, Schedule
from lists_api.lists.domain.source import ListSource
from lists_api.mirror_state.domain.mirror import MirrorRecord, TraktAccount
from watchbuddy_contracts import ListType, MirrorSettings, Privacy


class ListSummary(NamedTuple):
    """A list without its items. The fields are those of `MediaList`, `ListProperties`, `Filling` and `Schedule`.

    A page has up to a hundred of them, made of rows. A flat named tuple takes a quarter of the time of the frozen
    values that it stands for.

    Args:
        filters: None, as all of the filling: a manual list.
        mirrored: what trakt-sync reported last; `MirrorRecord.as_of` returns how the list stands now.
        account: the owner's.
        source: where it was imported from; None: it was made here.
        run_revision: counts what runs do to the status. Entity tags are made with it.
    """

    list_id: int
    title: str
    list_type: ListType
    version: int
    item_count: int
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    privacy: Privacy = "private"
    has_own_title: bool = True
    item_limit: int | None = None
    sort: Sort | None = None
    exclude_watched: bool | None = None
    sync_interval_hours: int | None = None
    full_sync_days: int | None = None
    is_paused: bool | None = None
    status: ListStatus = "complete"
    next_sync_at: datetime | None = None
    last_sync_at: datetime | None = None
    run_revision: int = 0
    mirror: MirrorSettings = MirrorSettings()
    filters: Filters | None = None
    source: ListSource | None = None
    mirrored: MirrorRecord = MirrorRecord()
    account: TraktAccount = TraktAccount()


def summary_of_new(new: MediaList, schedule: Schedule, account: TraktAccount, *, now: datetime) -> ListSummary:
    """Return a list that is made now, as its owner reads it."""
    properties = new.properties
    return ListSummary(
        list_id=new.list_id,
        title=properties.title,
        list_type=properties.list_type,
        version=new.version,
        item_count=len(new.items),
        created_at=now,
        updated_at=now,
        description=properties.description,
        privacy=properties.privacy,
        mirror=properties.mirror,
        has_own_title=properties.has_own_title,
        **({} if properties.filling is None else _values(properties.filling)),
        status=schedule.status,
        next_sync_at=schedule.next_sync_at,
        last_sync_at=schedule.last_sync_at,
        account=account,
        source=new.source,
    )


def summary_after(
    own: ListSummary, after: MediaList, schedule: Schedule, *, keeps_status: bool, now: datetime
) -> ListSummary:
    """Return a list after an edit that was made now, as its owner reads it.

    Args:
        own: as they read it before.
        keeps_status: a run is under way. The status is the run's.
    """
    properties = after.properties
    return own._replace(
        title=properties.title,
        version=after.version,
        item_count=len(after.items),
        updated_at=now,
        description=properties.description,
        privacy=properties.privacy,
        mirror=properties.mirror,
        has_own_title=properties.has_own_title,
        **({} if properties.filling is None else _values(properties.filling)),
        status=own.status if keeps_status else schedule.status,
        next_sync_at=schedule.next_sync_at,
    )


_FILLING: Final = tuple(one.name for one in fields(Filling))


def _values(filling: Filling) -> dict[str, Any]:
    return {name: getattr(filling, name) for name in _FILLING}
