"""The shapes of Trakt's responses that we read. Trakt adds fields without notice: unknown ones are ignored."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeAlias, cast

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.history import Activities, WatchedTitle
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.remote import (
    AccountLimits,
    AccountSettings,
    FoundList,
    ItemsResponse,
    Owner,
    ReadList,
    RemoteList,
    RemoteWatchlist,
    ReorderResponse,
)
from trakt_sync.trakt.values import Count, Name, Number, OptionalId, OptionalImdbId, Slug, Stamp, Text, TraktId, Word
from watchbuddy_contracts import ForeignEntries, MediaType, Privacy, Title, TitleKey


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ListIdsWire(Wire):
    trakt: TraktId
    slug: Slug = ""


class ListWire(Wire):
    """A list, as in `GET /users/me/lists`."""

    name: Name
    description: Text | None = None
    privacy: str = "private"
    display_numbers: bool = False
    allow_comments: bool = True
    item_count: Count = 0
    created_at: Stamp
    updated_at: Stamp | None = None
    ids: ListIdsWire

    def to_value(self) -> RemoteList:
        privacy: Privacy = "public"  # a word that Trakt added: nobody here wants it
        if self.privacy in ("private", "link", "friends"):
            privacy = cast("Privacy", self.privacy)
        return RemoteList(
            trakt_list_id=self.ids.trakt,
            slug=self.ids.slug,
            details=Details(self.name, self.description or "", privacy, self.display_numbers, self.allow_comments),
            item_count=self.item_count,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def _one_of_a_list(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


# The contract says that a change is answered by a list of one list; live answers are one list.
UpdatedListWire: TypeAlias = Annotated[ListWire, BeforeValidator(_one_of_a_list)]


class TitleIdsWire(Wire):
    trakt: OptionalId = None
    tmdb: OptionalId = None
    imdb: OptionalImdbId = None

    def to_title(self, media_type: MediaType) -> Title:
        return Title(media_type, self.trakt, self.tmdb, self.imdb)


class TitleWire(Wire):
    ids: TitleIdsWire = TitleIdsWire()


Titles = Annotated[tuple[TitleWire, ...], Field(fail_fast=True)]


class NotFoundWire(Wire):
    movies: Titles = ()
    shows: Titles = ()


class CountsWire(Wire):
    movies: Count = 0
    shows: Count = 0


class ListStampWire(Wire):
    item_count: Count | None = None
    updated_at: Stamp | None = None


NO_STAMP: Final = ListStampWire()


class ItemsResponseWire(Wire):
    """The response to adding or removing items. `not_found` echoes the ids as they were sent.

    One that does not say what was done is none: nothing is believed of it.
    """

    done: CountsWire = Field(validation_alias=AliasChoices("added", "deleted"))
    existing: CountsWire = CountsWire()
    not_found: NotFoundWire
    list: ListStampWire = NO_STAMP

    def to_value(self) -> ItemsResponse:
        movies = (movie.ids.to_title("movie") for movie in self.not_found.movies)
        shows = (show.ids.to_title("show") for show in self.not_found.shows)
        return ItemsResponse(
            not_found=(*movies, *shows),
            existing=self.existing.movies + self.existing.shows,
            item_count=self.list.item_count,
            done=self.done.movies + self.done.shows,
            updated_at=self.list.updated_at,
        )


class ReorderResponseWire(Wire):
    updated: Count
    skipped_ids: Annotated[tuple[Number, ...], Field(fail_fast=True)] = ()
    list: ListStampWire = NO_STAMP

    def to_value(self) -> ReorderResponse:
        return ReorderResponse(self.skipped_ids, self.list.updated_at)


class ListItemWire(Wire):
    """An item of a list. Kinds other than movie and show are left alone."""

    id: Number
    rank: Number = 0
    type: str
    movie: TitleWire | None = None
    show: TitleWire | None = None

    def to_entry(self) -> Entry | None:
        """Return its entry in the ledger, or None for another kind of item."""
        kind: Literal["movie", "show"]
        if self.type == "movie" and self.movie is not None:
            kind, title = "movie", self.movie
        elif self.type == "show" and self.show is not None:
            kind, title = "show", self.show
        else:
            return None
        entry = Entry(title.ids.to_title(kind), "mirrored", None, self.id)
        return entry if entry.title.keys else None


class WatchedAtWire(Wire):
    watched_at: Word | None = None


class UpdatedAtWire(Wire):
    updated_at: Stamp | None = None

    def to_value(self) -> RemoteWatchlist:
        return RemoteWatchlist(self.updated_at)


class ActivitiesWire(Wire):
    """`GET /sync/last_activities`."""

    movies: WatchedAtWire
    episodes: WatchedAtWire
    watchlist: UpdatedAtWire = UpdatedAtWire()

    def to_value(self) -> Activities:
        return Activities(self.movies.watched_at or "", self.episodes.watched_at or "")


class WatchedWire(Wire):
    """A row of `GET /sync/watched/movies` or `/shows`, or a play of `GET /sync/history`."""

    id: Number = 0
    plays: Count = 1
    last_watched_at: Stamp | None = None
    watched_at: Stamp | None = None
    movie: TitleWire | None = None
    show: TitleWire | None = None

    @property
    def title(self) -> Title | None:
        """The movie, or the show; None: another kind, or nothing names it."""
        kind: MediaType = "movie" if self.movie is not None else "show"
        one = self.movie or self.show
        title = None if one is None else one.ids.to_title(kind)
        return title if title is not None and title.keys else None

    def to_value(self) -> WatchedTitle | None:
        title, at = self.title, self.last_watched_at or self.watched_at
        return None if title is None or at is None or not self.plays else WatchedTitle(title, at, self.plays)


class ListLimitsWire(Wire):
    count: Count | None = None
    item_count: Count | None = None


class WatchlistLimitsWire(Wire):
    item_count: Count | None = None


class LimitsWire(Wire):
    list: ListLimitsWire | None = None
    watchlist: WatchlistLimitsWire | None = None

    def to_value(self) -> AccountLimits:
        lists, watchlist = self.list or ListLimitsWire(), self.watchlist or WatchlistLimitsWire()
        return AccountLimits(lists.count, lists.item_count, watchlist.item_count)


class UserIdsWire(Wire):
    uuid: Word | None = None
    trakt: OptionalId = None
    slug: Slug | None = None

    @property
    def identity(self) -> str | None:
        return self.uuid or (f"trakt:{self.trakt}" if self.trakt else None)


class UserWire(Wire):
    username: Word | None = None
    ids: UserIdsWire = UserIdsWire()
    vip: bool | None = None


class AccountWire(Wire):
    timezone: Word | None = None


class SettingsWire(Wire):
    """`GET /users/settings`; `limits` may be absent."""

    user: UserWire | None = None
    account: AccountWire | None = None
    limits: LimitsWire | None = None

    def to_value(self) -> AccountSettings:
        user, account = self.user or UserWire(), self.account or AccountWire()
        owner = Owner(user.ids.identity, user.vip, user.username, user.ids.slug)
        return AccountSettings(owner, (self.limits or LimitsWire()).to_value(), account.timezone)


class FoundListIdsWire(Wire):
    trakt: OptionalId = None
    slug: Slug = ""


class FoundListWire(Wire):
    """A list of anybody's. One that does not exist has been seen as an object without ids instead of a 404."""

    name: Name = ""
    description: Text | None = None
    item_count: Count = 0
    ids: FoundListIdsWire = FoundListIdsWire()
    user: UserWire | None = None

    def to_value(self, trakt_list: str) -> FoundList | None:
        """Return the list, or None when it is not the one that was asked for by this number or slug."""
        number = self.ids.trakt
        if number is None or (trakt_list.isdecimal() and trakt_list not in (str(number), self.ids.slug)):
            return None
        owner = None if self.user is None else self.user.ids.slug
        return FoundList(number, self.ids.slug, self.name, self.description or None, owner, self.item_count)


def read_list_of(items: Sequence[ListItemWire], *, is_complete: bool) -> ReadList:
    """Return what a list holds, by rank: each title once, and how many entries are none."""
    titles: list[Title] = []
    known: set[TitleKey] = set()
    foreign = Counter[str]()
    for item in items:
        entry = item.to_entry()
        if entry is None:
            foreign[_FOREIGN.get(item.type, "other")] += 1
        elif known.isdisjoint(entry.title.keys):
            titles.append(entry.title)
            known.update(entry.title.keys)
    return ReadList(tuple(titles), ForeignEntries(**foreign), len(items), is_complete)


_FOREIGN: Final = {"season": "seasons", "episode": "episodes", "person": "people"}
