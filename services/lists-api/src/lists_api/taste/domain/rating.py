"""A user's thumb on a title."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watchbuddy_contracts import Title

Vote = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Rating:
    """What a user says of a title.

    Args:
        name, year: as the catalogue knows them; None: it does not.
    """

    title: Title
    vote: Vote
    rated_at: datetime
    name: str | None = None
    year: int | None = None
