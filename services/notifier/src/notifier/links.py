"""Where a message leads: what a frontend shows when somebody follows it. It is no address of any page."""

from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import ConfigDict

from watchbuddy_contracts.documented import Documented

TitleState: TypeAlias = Literal["not_found", "left_out", "rejected", "not_removed"]


class Link(Documented):
    """What a message is about, so that a frontend can lead there."""

    model_config = ConfigDict(frozen=True)

    to: Literal["list", "titles", "run", "account", "channel"]
    """`list`: a list; `titles`: the titles of a list that are in one of `title_states` on Trakt; `run`: a sync run that
    waits for a decision; `account`: the user's Trakt account; `channel`: one of the user's channels."""
    list_id: int | None = None
    """Null when `to` is `account` or `channel`."""
    title_states: tuple[TitleState, ...] = ()
    """As `GET /api/trakt/lists/{id}/items` takes them. Empty unless `to` is `titles`."""
    run_id: UUID | None = None
    """Null unless `to` is `run`."""
    channel_id: int | None = None
    """Null unless `to` is `channel`."""
