"""A list as its owner reads it."""

from dataclasses import dataclass, field
from datetime import datetime

from lists_api.mirror_state.domain.mirror import MirrorRecord, TraktAccount
from watchbuddy_contracts import ListType, MirrorSettings, Privacy


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list as its owner reads it, without its items. The fields are those of `MediaList`.

    Args:
        mirrored: as trakt-sync told it; `as_of` says how it stands.
        account: the owner's.
    """

    list_id: int
    title: str
    list_type: ListType
    description: str | None
    privacy: Privacy
    mirror: MirrorSettings
    version: int
    item_count: int
    created_at: datetime
    updated_at: datetime
    last_sync_at: datetime | None = None
    mirrored: MirrorRecord = field(default_factory=MirrorRecord)
    account: TraktAccount = field(default_factory=TraktAccount)
