"""Where a list came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListSource:
    """What a list was imported from.

    Args:
        kind: `trakt`, for a list on Trakt.
        url: where people find it; None: nowhere.
    """

    kind: str
    url: str | None = None
