"""What the admin API takes."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from trakt_simulator.state.account import Limits
from trakt_simulator.state.lists import Privacy, SortHow


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Seeded(_Body):
    """Something that `/_admin/state` gave can be given back: what only the simulator can say is left out."""

    shown_only: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: field for name, field in value.items() if name not in cls.shown_only}


class LimitsBody(_Body):
    """Limits of one account in place of its profile's (free: 5, 250, 1,000; VIP: 100, 5,000, 100,000)."""

    lists: int = Field(ge=0)
    items_per_list: int = Field(ge=0)
    total_items: int = Field(ge=0)

    def as_limits(self) -> Limits:
        return Limits(self.lists, self.items_per_list, self.total_items)


class AccountChange(_Body):
    """Changes of an account; only what is sent is changed."""

    vip: bool = False
    locked: bool = False
    deactivated: bool = False
    private: bool = False
    limits: LimitsBody | None = None
    friends: list[str] = Field(default_factory=list)


class NewAccount(AccountChange):
    """An account to make, or to get another token pair for."""

    username: str = Field(min_length=1, max_length=200, pattern=r"\S")


class SeedItem(_Seeded):
    """An item by any of its ids; without a type it is a movie."""

    shown_only = frozenset({"rank", "id", "listed_at", "title", "year"})
    type: Literal["movie", "show", "season", "episode", "person"] = "movie"
    ids: dict[str, object] = Field(default_factory=dict)


class SeedList(_Seeded):
    """A list with its items in rank order."""

    shown_only = frozenset({"ids", "item_count", "updated_at", "created_at"})
    name: str = Field(min_length=1)
    description: str | None = None
    privacy: Privacy = "private"
    display_numbers: bool = False
    allow_comments: bool = True
    sort_by: str = "rank"
    sort_how: SortHow = "asc"
    items: list[SeedItem] = Field(default_factory=list)


class SeedAccount(_Seeded, NewAccount):
    """An account with its lists."""

    shown_only = frozenset({"slug", "list_count", "item_count"})
    lists: list[SeedList] = Field(default_factory=list)


class SeedBody(_Body):
    accounts: list[SeedAccount]


class ExpireBody(_Body):
    refresh_too: bool = False


class ClockBody(_Body):
    advance_s: float = Field(ge=0, le=1e9)


class DeviceBody(_Body):
    """What the user does on the device page: approve or deny."""

    username: str = Field(min_length=1)
    approve: bool = True
