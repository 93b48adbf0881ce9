"""A list as its owner reads it."""

from dataclasses import dataclass, field
from datetime import datetime

from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.schedule import Schedule
from lists_api.lists.domain.source import ListSource
from lists_api.mirror_state.domain.mirror import MirrorRecord, TraktAccount


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list without its items. The fields are those of `MediaList`.

    Args:
        mirrored: what trakt-sync reported last; `MirrorRecord.as_of` returns how the list stands now.
        account: the owner's.
        source: where it was imported from; None: it was made here.
        run_revision: counts what runs do to the status. Entity tags are made with it.
    """

    list_id: int
    properties: ListProperties
    version: int
    item_count: int
    created_at: datetime
    updated_at: datetime
    schedule: Schedule = field(default_factory=Schedule)
    mirrored: MirrorRecord = field(default_factory=MirrorRecord)
    account: TraktAccount = field(default_factory=TraktAccount)
    source: ListSource | None = None
    run_revision: int = 0
