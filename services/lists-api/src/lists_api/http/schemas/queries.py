"""The query parameters that lists-api takes over HTTP."""

from pydantic import BaseModel, ConfigDict

from chassis.http.paging import PageQuery
from lists_api.http.schemas.strict import Omittable
from lists_api.lists.domain.item_page import Direction, ItemSort, PageChoice
from lists_api.runs.domain.run import Demand
from lists_api.store.held_titles import HeldChange


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


class RunTitlesQuery(PageQuery):
    """Which titles of a held run to read."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    change: HeldChange
    """`leaves`: those that it would take off the list, in the list's order; `comes`: those that it would put on it, in
    the order in which they would stand there."""


class SyncQuery(BaseModel):
    """What a sync run does."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    force_full: bool = False
    """Rank everything anew, whether the list is due or not. A manual list has nothing to rank."""
    watched_only: bool = False
    """Only take out what was watched, where the list wants that. A full run does so too, so that `force_full`
    wins where both are given."""

    @property
    def demand(self) -> Demand:
        is_watched_only = self.watched_only and not self.force_full
        return Demand("watched_only" if is_watched_only else "manual", self.force_full)


class SyncAllQuery(BaseModel):
    """Which lists to run, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    due_only: bool = False
    """Only lists whose next run is due."""
    force_full: bool = False
    """Rank everything anew, whether a list is due or not."""
