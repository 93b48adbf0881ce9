"""What would be sent to Trakt, over HTTP."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from chassis.http.examples import examples
from trakt_sync.http.schemas.mirrors import IdsOut
from trakt_sync.mirroring.actions import (
    Action,
    AddItems,
    CreateList,
    LeaveWatchlist,
    ReadItems,
    RemoveItems,
    ReorderItems,
    UpdateList,
)
from trakt_sync.mirroring.desired import Mode, Target, WhenChanged, WhenDeleted, WhenRemoved
from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.views import MirrorView, WaitReason
from trakt_sync.trakt.pages import PAGE
from watchbuddy_contracts import MediaType, Privacy, Title
from watchbuddy_contracts.documented import Documented

MAX_TITLES: Final = 1000
"""Of all actions together: more would be no answer for a page."""
MAX_ITEMS: Final = 10_000
"""Of a list."""


class PlanQuery(BaseModel):
    """Which plan to read: that of the list as it is, or as it would be after a change that nobody has made yet.

    What is left out is as the list has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    mode: Mode | None = None
    """As if the list were mirrored in this mode, as the following."""
    when_deleted: WhenDeleted | None = None
    when_changed: WhenChanged | None = None
    when_removed: WhenRemoved | None = None
    target: Target | None = None
    privacy: Privacy | None = None
    display_numbers: bool | None = None
    allow_comments: bool | None = None
    order: bool | None = None
    item_limit: Annotated[int, Field(ge=1, le=MAX_ITEMS)] | None = None
    """As if only its first so many titles were on it."""
    reordered: bool = False
    """As if its titles stood in another order. Which one is no matter for what is sent."""

    def applied_to(self, job: Job) -> Job:
        """Return the job with these changes. They would be the list's next version, which repairs what was left."""
        if not self.model_fields_set:
            return job
        policies = {name: getattr(self, name) for name in _POLICIES if getattr(self, name) is not None}
        details = {name: getattr(self, name) for name in _DETAILS if getattr(self, name) is not None}
        desired = job.desired
        items = desired.items[: self.item_limit]
        changed = replace(
            desired,
            policies=replace(desired.policies, **policies),
            details=replace(desired.details, **details),
            is_ordered=desired.is_ordered if self.order is None else self.order,
            items=items[::-1] if self.reordered else items,
        )
        return replace(job, version=job.version + 1, desired=changed)


_POLICIES: Final = ("mode", "when_deleted", "when_changed", "when_removed", "target")
_DETAILS: Final = ("privacy", "display_numbers", "allow_comments")


class PlannedTitleOut(Documented):
    """A title that is added or removed."""

    media_type: MediaType
    ids: IdsOut

    @classmethod
    def of(cls, title: Title) -> Self:
        ids = IdsOut(trakt=title.trakt, tmdb=title.tmdb, imdb=title.imdb)
        return cls(media_type=title.media_type, ids=ids)


class ActionOut(Documented):
    """A step on the way to Trakt."""

    kind: str
    """`create_list`, `update_list`, `add_items`, `remove_items`, `reorder_items`, `delete_list`, `find_list`,
    `read_items`, `open_watchlist` (it is read first), `leave_watchlist`, or another kind that comes later."""
    requests: int
    fields: dict[str, str | bool] | None
    """Of the Trakt list, where the action sets any."""
    count: int
    """Titles that it sends."""
    titles: list[PlannedTitleOut]
    """Those of them that are added or removed: the first thousand of the whole plan."""


_ACTION: Final[dict[str, Any]] = {
    "kind": "add_items",
    "requests": 1,
    "fields": None,
    "count": 1,
    "titles": [{"media_type": "movie", "ids": {"trakt": None, "tmdb": 949, "imdb": "tt0113277"}}],
}


class PlanOut(Documented):
    """What would be sent to Trakt now. Nothing of it was sent."""

    model_config = examples(
        {
            "list_id": 7,
            "version": 3,
            "reason": None,
            "requests": 2,
            "actions": [
                {**_ACTION, "kind": "update_list", "fields": {"name": "Heist weekend"}, "count": 0, "titles": []},
                _ACTION,
            ],
        }
    )

    list_id: int
    version: int
    """The version of the list that Trakt would equal."""
    reason: WaitReason | None
    """What keeps it from being sent; null: nothing."""
    requests: int
    actions: list[ActionOut]
    """In their order. Each answer of Trakt may change those behind it."""

    @classmethod
    def of(cls, view: MirrorView, actions: Sequence[Action], now: datetime) -> Self:
        room, described = MAX_TITLES, []
        for action in actions:
            one = _described(action, view.job, room)
            room -= len(one.titles)
            described.append(one)
        return cls(
            list_id=view.job.list_id,
            version=view.job.version,
            reason=view.reason(now),
            requests=sum(one.requests for one in described),
            actions=described,
        )


def _described(action: Action, job: Job, room: int) -> ActionOut:
    titles: tuple[Title, ...] = ()
    fields: dict[str, str | bool] | None = None
    count, requests = 0, 1
    match action:
        case CreateList(details):
            fields = details.changes_from(None)
        case UpdateList(changes):
            fields = changes
        case AddItems(titles):
            count = len(titles)
        case RemoveItems(entries):
            titles = tuple(entry.title for entry in entries)
            count = len(titles)
        case ReorderItems(order):
            count = len(order)
        case LeaveWatchlist():
            requests = 0
        case ReadItems():
            requests = max(1, -(-(len(job.entries) + job.progress.foreign_count) // PAGE))
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(action).__name__).lower()
    shown = [PlannedTitleOut.of(title) for title in titles[:room]]
    return ActionOut(kind=kind, requests=requests, fields=fields, count=count, titles=shown)
