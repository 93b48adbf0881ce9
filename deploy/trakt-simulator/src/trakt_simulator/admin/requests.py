"""The bodies of admin requests. A body may be left out where all of its fields have defaults."""

from http import HTTPStatus
from typing import Annotated, ClassVar, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from trakt_simulator.admin.errors import AdminError
from trakt_simulator.endpoints.list_fields import ListFields, Name
from trakt_simulator.http.json_depth import is_too_deep
from trakt_simulator.http.request import Request
from trakt_simulator.state.account import Limits
from trakt_simulator.state.lists import CLIENT_FIELDS

Body = TypeVar("Body", bound=BaseModel)
Count = Annotated[int, Field(ge=0)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Seeded(BaseModel):
    """A part of `/_admin/state`, which may be sent back as it is. Fields that only the simulator sets are ignored."""

    read_only: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _ignore_read_only(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: field for name, field in value.items() if name not in cls.read_only}


class LimitsBody(_Body):
    """Limits of one account in place of its profile's (free: 5, 250, 1,000, 250; VIP: 100, 5,000, 100,000, 5,000)."""

    lists: Count
    items_per_list: Count
    total_items: Count
    watchlist: Count | None = None
    """None: that of the profile."""

    def as_limits(self, profile: Limits) -> Limits:
        watchlist = profile.watchlist if self.watchlist is None else self.watchlist
        return Limits(self.lists, self.items_per_list, self.total_items, watchlist)


class AccountChange(_Body):
    """Changes of an account: only what is sent changes."""

    vip: bool = False
    locked: bool = False
    deactivated: bool = False
    private: bool = False
    limits: LimitsBody | None = None
    friends: list[str] = Field(default_factory=list)


class NewAccount(AccountChange):
    """An account to make, or to issue another token pair for."""

    username: str = Field(min_length=1, max_length=200, pattern=r"\S")


class SeedItem(_Seeded, _Body):
    """An item by any of its ids. The default type is movie."""

    read_only = frozenset({"rank", "id", "listed_at", "title", "year"})
    type: Literal["movie", "show", "season", "episode", "person"] = "movie"
    ids: dict[str, object] = Field(default_factory=dict)


class SeedList(_Seeded, ListFields):
    """A list with its items in rank order."""

    model_config = ConfigDict(extra="forbid")
    read_only = frozenset({"ids", "item_count", "updated_at", "created_at"})
    name: Name
    items: list[SeedItem] = Field(default_factory=list)


class SeedWatchlist(_Seeded, _Body):
    """Items at the end of the watchlist."""

    read_only = SeedList.read_only | {*CLIENT_FIELDS}
    items: list[SeedItem] = Field(default_factory=list)


class SeedAccount(_Seeded, NewAccount):
    """An account with its lists."""

    read_only = frozenset({"slug", "list_count", "item_count"})
    lists: list[SeedList] = Field(default_factory=list)
    watchlist: SeedWatchlist = SeedWatchlist()


class SeedBody(_Body):
    accounts: list[SeedAccount]


class ExpireBody(_Body):
    refresh_too: bool = False


class ClockBody(_Body):
    advance_s: float = Field(ge=0, le=1e9)


class DeviceBody(_Body):
    """The user's decision on the device page."""

    username: str = Field(min_length=1)
    approve: bool = True


def read_json(request: Request) -> object:
    """Return the JSON in the body; `{}` without a body. The content type does not matter.

    Raises:
        AdminError: 400 no JSON, or nested too deeply.
    """
    try:
        value = orjson.loads(request.body) if request.body else {}
    except orjson.JSONDecodeError as error:
        raise AdminError(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error
    if is_too_deep(value):
        raise AdminError(HTTPStatus.BAD_REQUEST, "the body is nested too deeply")
    return value


def read_body(request: Request, model: type[Body]) -> Body:
    """Return the body as this model.

    Raises:
        AdminError: 400 no JSON.
        pydantic.ValidationError: not valid.
    """
    return model.model_validate(read_json(request))
