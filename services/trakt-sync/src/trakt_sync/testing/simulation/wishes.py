"""What the users of a schedule want: their lists with all versions, and the events that tell of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from trakt_simulator.state.lists import MediaList
from trakt_sync.mirroring.texts import description_of
from trakt_sync.testing.simulation import titles
from trakt_sync.testing.simulation.clock import START
from trakt_sync.testing.simulation.operations import Delete, Edit
from watchbuddy_contracts import (
    ListCreated,
    ListDeleted,
    ListType,
    ListUpdated,
    MirrorSettings,
    Privacy,
    Title,
    TraktDriftFound,
    keys_of,
)

USERS: Final = ("ada", "bob")
LISTS_EACH: Final = 2
AS_EVER: Final = MirrorSettings()
POLICIES: Final = ("mode", "when_deleted", "when_changed", "when_removed", "target")
WishEvent = ListCreated | ListUpdated | ListDeleted


def owner_of(number: int) -> str:
    """Return whose the list of a schedule is."""
    return USERS[(number - 1) // LISTS_EACH]


@dataclass(frozen=True, slots=True)
class Wish:
    """A version of a list, as its user wants it.

    Args:
        items: short names of titles.
        at: when it was written.
    """

    list_id: int
    version: int
    user: str = USERS[0]
    is_present: bool = True
    title: str = ""
    items: tuple[str, ...] = ()
    privacy: Privacy = "private"
    list_type: ListType = "manual"
    mirror: MirrorSettings = AS_EVER
    uses_watched: bool = False
    at: datetime = field(default=START, compare=False, repr=False)

    @property
    def is_for_watchlist(self) -> bool:
        return self.is_present and self.mirror.target == "watchlist"

    @property
    def is_ordered(self) -> bool:
        return self.mirror.order

    @property
    def description(self) -> str:
        return description_of(self.list_type, self.list_id, None)

    @property
    def keys(self) -> tuple[int, ...]:
        """The titles that Trakt knows, each once, by rank."""
        found = (titles.key(name) for name in self.items)
        return tuple(dict.fromkeys(key for key in found if key is not None)) if self.is_present else ()

    @property
    def unknown(self) -> set[str]:
        """The titles that Trakt does not know."""
        return {name for name in self.items if titles.key(name) is None}

    def event(self) -> WishEvent:
        about = {"list_id": self.list_id, "user_id": self.user, "version": self.version, "title": self.title}
        if not self.is_present:
            return ListDeleted(**about)
        model = ListCreated if self.version == 1 else ListUpdated
        return model(
            **about,
            list_type=self.list_type,
            privacy=self.privacy,
            items=tuple(titles.item(name) for name in self.items),
            mirror=self.mirror,
            uses_watched=self.uses_watched,
        )

    def is_shown_by(self, shown: MediaList) -> bool:
        """Whether a Trakt list is this list's, by its name: all names of a list begin with its number."""
        return shown.name.startswith(f"{self.list_id} ")


@dataclass
class Wishes:
    """All lists of a schedule.

    Attributes:
        written: every version that was ever wanted, oldest first.
        known: of each list, the versions that trakt-sync came to know in turn.
        erased: lists of users who were erased. Nobody has a wish for them.
    """

    now: Callable[[], datetime]
    written: list[Wish] = field(default_factory=list)
    known: dict[int, list[Wish]] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    _numbers: dict[int, int] = field(default_factory=dict)
    _newest: dict[int, Wish] = field(default_factory=dict)

    def edit(self, operation: Edit) -> Wish:
        """Return the list's next version."""
        list_id = self._numbers.setdefault(operation.number, len(self._newest) + 1)
        wish = self._newest.get(list_id) or Wish(
            list_id, 0, owner_of(operation.number), title=f"{list_id} a", list_type=operation.list_type
        )
        wanted: dict[str, Any] = {name: getattr(operation, name) for name in POLICIES}
        policies = {"order": operation.is_ordered, **wanted}
        given = {name: value for name, value in policies.items() if value is not None}
        if self._is_watchlist_taken(wish):  # lists-api refuses a second list for it
            given.pop("target", None)
        wish = replace(
            wish,
            version=wish.version + 1,
            title=wish.title if operation.title is None else f"{list_id} {operation.title}",
            items=wish.items if operation.items is None else operation.items,
            privacy=wish.privacy if operation.privacy is None else operation.privacy,
            mirror=wish.mirror.model_copy(update=given),
            uses_watched=wish.uses_watched if operation.uses_watched is None else operation.uses_watched,
        )
        return self._write(wish)

    def _is_watchlist_taken(self, wish: Wish) -> bool:
        return any(one.is_for_watchlist and one.user == wish.user for one in self.newest if one.list_id != wish.list_id)

    def delete(self, operation: Delete) -> Wish | None:
        """Return the list's last version; None: there is no such list."""
        list_id = self._numbers.pop(operation.number, None)
        if list_id is None:
            return None
        before = self._newest[list_id]
        return self._write(replace(before, version=before.version + 1, is_present=False))

    def take_over(self, event: TraktDriftFound) -> Wish | None:
        """Return the next version, which has what was done on Trakt, as lists-api makes it; None: nothing changes."""
        current = self._newest[event.list_id]
        then = self.version_of(event.list_id, event.version)
        gone = keys_of(Title.of(item) for item in event.removed_items)
        after = current
        if event.new_title is not None and current.title == event.title:
            after = replace(after, title=event.new_title)
        if event.new_privacy is not None and current.privacy == then.privacy:
            after = replace(after, privacy=event.new_privacy)
        left = tuple(name for name in current.items if gone.isdisjoint(Title.of(titles.item(name)).keys))
        after = replace(after, items=left)
        if after == current or not current.is_present or current.list_id in self.erased:
            return None
        return self._write(replace(after, version=current.version + 1))

    def erase(self, user: str) -> list[Wish]:
        """Forget a user's lists; return them as they were wanted last."""
        gone = [wish for wish in self.newest if wish.user == user]
        self.erased.update(wish.list_id for wish in gone)
        self._numbers = {number: one for number, one in self._numbers.items() if one not in self.erased}
        return gone

    def _write(self, wish: Wish) -> Wish:
        wish = replace(wish, at=self.now())
        self._newest[wish.list_id] = wish
        self.written.append(wish)
        return wish

    @property
    def newest(self) -> list[Wish]:
        """Every list as it is wanted now, deleted ones too."""
        return [wish for wish in self._newest.values() if wish.list_id not in self.erased]

    @property
    def take_over_anything(self) -> bool:
        """Whether some version wants anything taken over that is done on Trakt."""
        return any("take_over" in (wish.mirror.when_changed, wish.mirror.when_removed) for wish in self.written)

    def version_of(self, list_id: int, version: int) -> Wish:
        """Return a version that was written."""
        return next(wish for wish in self.written if (wish.list_id, wish.version) == (list_id, version))

    def shown_of(self, number: int, lists: list[MediaList]) -> list[MediaList]:
        """Return those Trakt lists that are the mirror of the user's list of this number."""
        list_id = self.list_of(number)
        return [] if list_id is None else [one for one in lists if self._newest[list_id].is_shown_by(one)]

    def list_of(self, number: int) -> int | None:
        """Return the id of the user's list of this number; None: there is none."""
        return self._numbers.get(number)

    def learn(self, wish: Wish) -> None:
        """Note that trakt-sync was told."""
        versions = self.known.setdefault(wish.list_id, [])
        if not versions or wish.version > versions[-1].version:
            versions.append(wish)

    def unknown(self) -> list[Wish]:
        """Return the newest versions that trakt-sync was not told."""
        return [wish for wish in self.newest if wish not in self.known.get(wish.list_id, ())[-1:]]
