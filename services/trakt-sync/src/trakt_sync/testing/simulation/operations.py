"""What a schedule is made of. An operation's `repr` is the code that makes it."""

from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias, cast

from trakt_simulator.faults.fault import FaultKind
from watchbuddy_contracts import ListType, MirrorMode, MirrorTarget, Privacy, WhenChanged, WhenDeleted

Fate = Literal["now", "with_next", "late"]
Moment = Literal["before", "after"]
HandEdit = Literal["add", "add_other", "remove", "swap", "rename", "publish", "delete"]
WatchlistEdit = Literal["add", "remove", "swap"]


class Operation:
    """Shows only what differs from the defaults, so that a schedule can be read."""

    def __repr__(self) -> str:
        given = [
            f"{field.name}={value!r}"
            for field in fields(cast("Any", self))  # all subclasses are dataclasses
            if (value := getattr(self, field.name)) != field.default
        ]
        return f"{type(self).__name__}({', '.join(given)})"


@dataclass(frozen=True, repr=False)
class Edit(Operation):
    """A user makes list number `number`, or changes it. After its deletion the number is a new list.

    Args:
        number: 1 and 2 are ada's lists, 3 and 4 are bob's.
        items: short names of titles, by rank (see `titles`); None: as they are.
        fate: `now`: its event comes at once; `with_next`: in a set with the next one; `late`: when it is published
            again.
    """

    number: int = 1
    items: tuple[str, ...] | None = None
    title: str | None = None
    privacy: Privacy | None = None
    is_ordered: bool | None = None
    list_type: ListType = "manual"
    mode: MirrorMode | None = None
    when_deleted: WhenDeleted | None = None
    when_changed: WhenChanged | None = None
    when_removed: WhenChanged | None = None
    target: MirrorTarget | None = None
    uses_watched: bool | None = None
    fate: Fate = "now"


@dataclass(frozen=True, repr=False)
class Delete(Operation):
    """The user deletes the list."""

    number: int = 1
    fate: Fate = "now"


@dataclass(frozen=True, repr=False)
class Redeliver(Operation):
    """An event comes, perhaps again, perhaps after younger ones.

    Args:
        back: counted from the youngest that was ever written.
    """

    back: int = 0


@dataclass(frozen=True, repr=False)
class Work(Operation):
    """The worker takes some steps. It waits for what is due within a minute."""

    steps: int = 1


@dataclass(frozen=True, repr=False)
class Wait(Operation):
    """Time passes, and nobody works."""

    seconds: int = 1


@dataclass(frozen=True, repr=False)
class Crash(Operation):
    """The worker is killed in its next step.

    Args:
        at: the number of the call to Postgres or Trakt, from 0.
        moment: before it is made, or after it was carried out.
    """

    at: int = 0
    moment: Moment = "before"


@dataclass(frozen=True, repr=False)
class Freeze(Operation):
    """The worker stands still in its next step, as `Crash` says, and another one takes over. See `Thaw`."""

    at: int = 0
    moment: Moment = "before"


@dataclass(frozen=True, repr=False)
class Thaw(Operation):
    """All workers that stand still go on."""


@dataclass(frozen=True, repr=False)
class Fault(Operation):
    """Trakt's next requests meet a fault of the simulator. Args: as in `trakt_simulator.faults.fault.Fault`.

    One of an account that has no end goes on while the others come to rest.
    """

    kind: FaultKind = "status"
    method: Literal["GET", "POST", "PUT", "DELETE"] | None = None
    path: str | None = None
    times: int | None = 1
    status: int = 500
    after: bool = False
    delay_s: float = 0
    ids: dict[str, int | str] | None = None
    media: Literal["movies", "shows"] | None = None
    account: str | None = None


@dataclass(frozen=True, repr=False)
class Ask(Operation):
    """The user asks for a list to be synced: Trakt is looked at, and what waits is tried again."""

    number: int = 1


@dataclass(frozen=True, repr=False)
class ByHand(Operation):
    """The user changes the list on Trakt itself."""

    change: HandEdit = "add"
    number: int = 1


@dataclass(frozen=True, repr=False)
class OnWatchlist(Operation):
    """A user changes the watchlist on Trakt itself. Args: title: see `titles`; all change their places by `swap`."""

    change: WatchlistEdit = "add"
    title: str = "m1"
    account: str = "ada"


@dataclass(frozen=True, repr=False)
class Watch(Operation):
    """A user watches a movie, or an episode of a show, and says so on Trakt: the title leaves the watchlist.

    Args:
        days_ago: when it was watched.
    """

    title: str = "m1"
    days_ago: int = 0
    account: str = "ada"


@dataclass(frozen=True, repr=False)
class Unwatch(Operation):
    """A user takes all plays of a title out of the history on Trakt."""

    title: str = "m1"
    account: str = "ada"


@dataclass(frozen=True, repr=False)
class Pages(Operation):
    """From now on Trakt's pages have so few rows, and one of them comes twice where rows are read."""

    size: int = 2


@dataclass(frozen=True, repr=False)
class Expire(Operation):
    """Trakt ends the access tokens of a user's account, and its refresh tokens if it says so."""

    refresh_too: bool = False
    user: str = "ada"


@dataclass(frozen=True, repr=False)
class Connect(Operation):
    """A user connects a Trakt account, another one or the same again."""

    account: str = "ada"
    user: str = "ada"


@dataclass(frozen=True, repr=False)
class Limit(Operation):
    """Trakt gives an account other limits; without numbers those of a VIP.

    Args:
        lists: of the account.
        items: of each list.
        total: items of all lists together, which Trakt does not say.
        watchlist: items of the watchlist.
    """

    lists: int | None = None
    items: int | None = None
    total: int | None = None
    watchlist: int | None = None
    account: str = "ada"


@dataclass(frozen=True, repr=False)
class Leave(Operation):
    """A user disconnects the account, and wants the lists gone from it first."""

    user: str = "ada"


@dataclass(frozen=True, repr=False)
class Erase(Operation):
    """A user is erased: of all services, and from Trakt too unless the lists are to stay there.

    What is done for the same user later is done for somebody new.
    """

    user: str = "ada"
    keep: bool = False


Schedule: TypeAlias = list[Operation]
