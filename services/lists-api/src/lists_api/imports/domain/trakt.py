"""A list on Trakt that becomes a list here: how a user names it, and what is made of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from lists_api.lists.domain.filling import Filling
from lists_api.lists.domain.properties import ListProperties
from lists_api.lists.domain.texts import is_visible, printable, title_of_trakt
from watchbuddy_contracts import ListType, ReadFailureReason, TraktListRead

ImportedType = Literal["manual", "custom"]
ImportState = Literal["pending", "succeeded", "failed"]
ImportReason = Literal[ReadFailureReason, "quota_exceeded"]
ME: Final = "me"
_NAME: Final = "[A-Za-z0-9_-]{1,255}"
_ADDRESS: Final = rf"(https?://)?(www\.|app\.)?trakt\.tv/(users/({_NAME})/)?lists/({_NAME})([/?#][!-~]*)?"
PATTERN: Final = rf"^({_ADDRESS}|{_NAME})$"
"""The address of a list on Trakt, or its number or slug, as JSON Schema says it."""
_MAX_DESCRIPTION: Final = 4000


@dataclass(frozen=True, slots=True)
class TraktReference:
    """A list on Trakt, as it was named.

    Args:
        owner: the slug of the Trakt user; `me`: the caller's own account, or nobody knows whose.
        trakt_list: number or slug.
    """

    owner: str
    trakt_list: str

    @property
    def number(self) -> int | None:
        """The list's number; None: it was named by its slug."""
        return int(self.trakt_list) if self.trakt_list.isdecimal() else None


@dataclass(frozen=True, slots=True)
class TraktImport:
    """An import, as its user reads it.

    Args:
        reason: why it failed, or what it waits for; None: nothing went wrong.
        detail: the same in words, where there are any.
        retry_at: the next try of an import that waits.
        list_id: the list that was made; None: none was, or it is gone.
        left_out: counts of entries that are no movie or show, by kind; None: the list was not read.
    """

    import_id: UUID
    reference: TraktReference
    list_type: ImportedType
    state: ImportState
    requested_at: datetime
    finished_at: datetime | None = None
    reason: ImportReason | None = None
    detail: str | None = None
    retry_at: datetime | None = None
    list_id: int | None = None
    left_out: Mapping[str, int] | None = None


def parse_reference(text: str) -> TraktReference:
    """Return the list that a text names: an address at trakt.tv, a number or a slug.

    Raises:
        ValueError: it names none.
    """
    if address := re.fullmatch(_ADDRESS, text, re.IGNORECASE):
        owner, trakt_list = address[4], address[5]
        return TraktReference((owner or ME).lower(), trakt_list.lower())
    if re.fullmatch(_NAME, text):
        return TraktReference(ME, text.lower())
    raise ValueError("give the address of a list at trakt.tv, its number or its slug")


def properties_of(event: TraktListRead, list_type: ListType) -> ListProperties:
    """Return the properties of the list that is made of the Trakt list.

    A custom list is paused: its titles are pinned, and nothing is added to them until its user gives it filters.
    """
    description = printable(event.description or "", kept="\n\t")[:_MAX_DESCRIPTION].strip()
    return ListProperties(
        title=title_of_trakt(event.name) or f"Trakt list {event.trakt_list_id}",
        list_type=list_type,
        description=description if is_visible(description) else None,
        filling=Filling(is_paused=True) if list_type == "custom" else None,
    )
