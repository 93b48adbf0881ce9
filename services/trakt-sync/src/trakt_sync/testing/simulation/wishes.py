"""What the users of a schedule want: their lists with all versions, and the events that tell of them."""

from dataclasses import dataclass, field, replace
from typing import Final

from trakt_simulator.state.lists import MediaList
from trakt_sync.mirroring.texts import description_of
from trakt_sync.testing.simulation import titles
from trakt_sync.testing.simulation.operations import Delete, Edit
from watchbuddy_contracts import ListCreated, ListDeleted, ListType, ListUpdated, MirrorSettings, Privacy

USER: Final = "ada"
WishEvent = ListCreated | ListUpdated | ListDeleted


@dataclass(frozen=True, slots=True)
class Wish:
    """A version of a list, as its user wants it. Args: items: short names of titles."""

    list_id: int
    version: int
    is_present: bool = True
    title: str = ""
    items: tuple[str, ...] = ()
    privacy: Privacy = "private"
    is_ordered: bool = False
    list_type: ListType = "manual"

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
        about = {"list_id": self.list_id, "user_id": USER, "version": self.version, "title": self.title}
        if not self.is_present:
            return ListDeleted(**about)
        model = ListCreated if self.version == 1 else ListUpdated
        return model(
            **about,
            list_type=self.list_type,
            privacy=self.privacy,
            items=tuple(titles.item(name) for name in self.items),
            mirror=MirrorSettings(order=self.is_ordered),
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
    """

    written: list[Wish] = field(default_factory=list)
    known: dict[int, list[Wish]] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _newest: dict[int, Wish] = field(default_factory=dict)

    def edit(self, operation: Edit) -> Wish:
        """Return the list's next version."""
        list_id = self._numbers.setdefault(operation.number, len(self._newest) + 1)
        before = self._newest.get(list_id)
        wish = before or Wish(list_id, 0, title=f"{list_id} a", list_type=operation.list_type)
        wish = replace(
            wish,
            version=wish.version + 1,
            title=wish.title if operation.title is None else f"{list_id} {operation.title}",
            items=wish.items if operation.items is None else operation.items,
            privacy=wish.privacy if operation.privacy is None else operation.privacy,
            is_ordered=wish.is_ordered if operation.is_ordered is None else operation.is_ordered,
        )
        return self._write(wish)

    def delete(self, operation: Delete) -> Wish | None:
        """Return the list's last version; None: there is no such list."""
        list_id = self._numbers.pop(operation.number, None)
        if list_id is None:
            return None
        before = self._newest[list_id]
        return self._write(replace(before, version=before.version + 1, is_present=False))

    def _write(self, wish: Wish) -> Wish:
        self._newest[wish.list_id] = wish
        self.written.append(wish)
        return wish

    @property
    def newest(self) -> list[Wish]:
        """Every list as it is wanted now, deleted ones too."""
        return list(self._newest.values())

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
