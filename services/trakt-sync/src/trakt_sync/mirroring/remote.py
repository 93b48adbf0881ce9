"""What Trakt says in its responses, as values."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.texts import is_same_text
from watchbuddy_contracts import ForeignEntries, Title

MIN_CUT_NAME: Final = 30
"""A name that Trakt shows as the beginning of ours was cut by it, when it is at least so long."""


@dataclass(frozen=True, slots=True)
class RemoteList:
    """A list as Trakt shows it. Args: updated_at: Trakt's stamp; None: it did not say."""

    trakt_list_id: int
    slug: str
    details: Details
    item_count: int
    created_at: datetime
    updated_at: datetime | None = None

    def details_like(self, sent: Details) -> Details:
        """Return the details, with texts as we sent them where Trakt only spells them in its own way."""
        shown = self.details
        return replace(
            shown,
            name=sent.name if _is_spelling_of(shown.name, sent.name) else shown.name,
            description=sent.description if _is_spelling_of(shown.description, sent.description) else shown.description,
        )


def _is_spelling_of(shown: str, sent: str) -> bool:
    return is_same_text(sent, shown) or (len(shown) >= MIN_CUT_NAME and sent.startswith(shown))


@dataclass(frozen=True, slots=True)
class ItemsResponse:
    """Trakt's response to adding or removing items.

    Args:
        not_found: of the titles sent, those that Trakt does not know (or, when removing, that were not there).
        existing: how many of the titles added were there already; they stay at their positions.
        item_count: entries on the list after the request; None: Trakt did not say.
        done: how many titles were added or deleted.
        updated_at: Trakt's stamp of the list after the request; None: it did not say.
    """

    not_found: tuple[Title, ...] = ()
    existing: int = 0
    item_count: int | None = None
    done: int | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReorderResponse:
    """Trakt's response to a new order. Args: skipped: list item ids that are not on the list."""

    skipped: tuple[int, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteItems:
    """All items of a Trakt list.

    Args:
        entries: movies and shows by rank, with all ids and their list item id.
        foreign_count: entries of other kinds.
        is_complete: whether the pages held as many entries as Trakt counts; if not, nothing may be concluded.
    """

    entries: tuple[Entry, ...]
    foreign_count: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class RemoteWatchlist:
    """What Trakt tells of the watchlist without reading it: no count. Args: updated_at: None: it did not say."""

    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteLists:
    """All lists of an account; the same rule for `is_complete`.

    Args:
        watchlist: None: it was not asked for.
        answered_at: when Trakt answered, by its own clock; None: it did not say.
    """

    lists: tuple[RemoteList, ...]
    is_complete: bool = True
    answered_at: datetime | None = None
    watchlist: RemoteWatchlist | None = None


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """What the account may have; None: Trakt did not say."""

    lists: int | None = None
    items: int | None = None
    watchlist: int | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an account is; None: Trakt did not say.

    Args:
        trakt_id: stays when they rename themselves. Trakt's uuid, or `trakt:` and its number where there is none.
        name: that of their profile.
        slug: its name in addresses.
    """

    trakt_id: str | None = None
    is_vip: bool | None = None
    name: str | None = None
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What Trakt's settings say of an account.

    Args:
        timezone: as the user chose it, of the IANA database; None: Trakt did not say.
    """

    owner: Owner = Owner()
    limits: AccountLimits = AccountLimits()
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list of anybody's, as Trakt shows it.

    Args:
        owner: the slug of its Trakt user; None: Trakt did not say.
        item_count: its entries of all kinds.
    """

    trakt_list_id: int
    slug: str
    name: str
    description: str | None
    owner: str | None
    item_count: int

    @property
    def url(self) -> str:
        """The list's page."""
        if self.owner is None:
            return f"https://trakt.tv/lists/{self.trakt_list_id}"
        return f"https://trakt.tv/users/{self.owner}/lists/{self.slug or self.trakt_list_id}"


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a list of anybody's holds.

    Args:
        titles: by rank, each once.
        entry_count: entries of all kinds.
        is_complete: as in `RemoteItems`.
    """

    titles: tuple[Title, ...]
    foreign: ForeignEntries
    entry_count: int
    is_complete: bool
