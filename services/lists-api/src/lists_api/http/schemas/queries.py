"""The query parameters that lists-api takes over HTTP."""

from pydantic import BaseModel, ConfigDict

from chassis.http.paging import PageQuery
from lists_api.http.schemas.strict import Omittable
from lists_api.lists.domain.item_page import Direction, ItemSort, PageChoice
from watchbuddy_contracts import Trigger


class ListsQuery(PageQuery):
    """Which lists to read."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    mirrored: Omittable[bool] = None
    """Only lists that have a Trakt list, or (false) that have none."""


class ItemsQuery(PageQuery):
    """Which items to read, and in which order. Of equal ones, the lower rank comes first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    sort: ItemSort = "rank"
    """What the catalogue does not know comes last."""
    order: Direction = "asc"
    include_watched: bool = True
    """False: without what you have watched."""

    @property
    def choice(self) -> PageChoice:
        return PageChoice(self.limit, self.offset, self.sort, self.order, self.include_watched)


class SyncQuery(BaseModel):
    """What a sync run does."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    force_full: bool = False
    """Rebuild from all candidates. A manual list has none: its run is the same with and without."""
    watched_only: bool = False
    """Refresh only what was watched."""

    @property
    def trigger(self) -> Trigger:
        return "watched_only" if self.watched_only else "manual"
