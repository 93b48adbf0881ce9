"""The shapes of Trakt's answers that we read. Trakt adds fields without notice: unknown ones are ignored."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from trakt_sync.ledger import Entry, Title
from trakt_sync.mirror import ItemsAnswer, RemoteList
from trakt_sync.plan import Details
from watchbuddy_contracts import MediaType, Privacy

TraktId = Annotated[int, Field(ge=1)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ListIdsWire(Wire):
    trakt: TraktId
    slug: str = ""


class ListWire(Wire):
    """A list, as in `GET /users/me/lists`."""

    name: str
    description: str | None = None
    privacy: str = "private"
    display_numbers: bool = False
    allow_comments: bool = True
    item_count: int = 0
    created_at: AwareDatetime
    ids: ListIdsWire

    def to_value(self) -> RemoteList:
        privacy: Privacy = "public"  # a word that Trakt has added: not what anybody here wants
        if self.privacy in ("private", "link", "friends"):
            privacy = cast("Privacy", self.privacy)
        return RemoteList(
            trakt_list_id=self.ids.trakt,
            slug=self.ids.slug,
            details=Details(self.name, self.description or "", privacy, self.display_numbers, self.allow_comments),
            item_count=self.item_count,
            created_at=self.created_at,
        )


class TitleIdsWire(Wire):
    trakt: int | None = None
    tmdb: int | None = None
    imdb: str | None = None

    @field_validator("trakt", "tmdb", "imdb")
    @classmethod
    def _none_for_nothing(cls, value: int | str | None) -> int | str | None:
        return value or None  # an empty id would be shared by many titles

    def to_title(self, media_type: MediaType) -> Title:
        return Title(media_type, self.trakt, self.tmdb, self.imdb)


class TitleWire(Wire):
    ids: TitleIdsWire = TitleIdsWire()


class NotFoundWire(Wire):
    movies: tuple[TitleWire, ...] = ()
    shows: tuple[TitleWire, ...] = ()


class CountsWire(Wire):
    movies: int = 0
    shows: int = 0


class ListStampWire(Wire):
    item_count: int | None = None


class ItemsAnswerWire(Wire):
    """The answer to adding or removing items. `not_found` echoes the ids as they were sent."""

    existing: CountsWire = CountsWire()
    not_found: NotFoundWire = NotFoundWire()
    list: ListStampWire | None = None

    def to_value(self) -> ItemsAnswer:
        movies = (movie.ids.to_title("movie") for movie in self.not_found.movies)
        shows = (show.ids.to_title("show") for show in self.not_found.shows)
        count = None if self.list is None else self.list.item_count
        existing = self.existing.movies + self.existing.shows
        return ItemsAnswer(not_found=(*movies, *shows), existing=existing, item_count=count)


class ReorderAnswerWire(Wire):
    updated: int = 0
    skipped_ids: tuple[int, ...] = ()


class ListItemWire(Wire):
    """A place of a list. Kinds other than movie and show are left alone."""

    id: int
    rank: int = 0
    type: str
    movie: TitleWire | None = None
    show: TitleWire | None = None

    def to_entry(self) -> Entry | None:
        """Return the ledger's row for it, or None for another kind of item."""
        kind: Literal["movie", "show"]
        if self.type == "movie" and self.movie is not None:
            kind, title = "movie", self.movie
        elif self.type == "show" and self.show is not None:
            kind, title = "show", self.show
        else:
            return None
        entry = Entry(title.ids.to_title(kind), "mirrored", None, self.id)
        return entry if entry.title.keys else None


class ListLimitsWire(Wire):
    count: int | None = None
    item_count: int | None = None


class LimitsWire(Wire):
    list: ListLimitsWire | None = None


class UserIdsWire(Wire):
    uuid: str | None = None


class UserWire(Wire):
    ids: UserIdsWire = UserIdsWire()


class SettingsWire(Wire):
    """`GET /users/settings`; `limits` may be absent."""

    user: UserWire | None = None
    limits: LimitsWire | None = None


def _sendable(token: SecretStr) -> SecretStr:
    if not re.fullmatch("[!-~]+", token.get_secret_value()):
        raise ValueError("give visible ASCII characters, without blanks")
    return token


Token = Annotated[SecretStr, AfterValidator(_sendable)]


class OAuthErrorWire(Wire):
    error: str = ""
    error_description: str = ""


class TokenWire(Wire):
    """A token object of Trakt, or what an operator exports of one: `expires_at` in place of `expires_in` is taken."""

    access_token: Token
    refresh_token: Token
    created_at: AwareDatetime | None = None
    expires_in: Annotated[int, Field(ge=0, le=10**9)] | None = None
    expires_at: AwareDatetime | None = None
    username: Annotated[str, Field(max_length=255, pattern="^[^\\x00]*$")] | None = None

    @model_validator(mode="after")
    def _says_when_it_expires(self) -> Self:
        if (self.expires_in is None) == (self.expires_at is None):
            raise ValueError("give expires_in or expires_at")
        return self

    def expiry(self, now: datetime) -> datetime:
        """Return when the access token expires, counted from Trakt's stamp where it gave one."""
        if self.expires_at is not None:
            return self.expires_at.astimezone(UTC)
        return (self.created_at or now) + timedelta(seconds=self.expires_in or 0)
