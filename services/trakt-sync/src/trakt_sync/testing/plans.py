"""What plans are made of: a list's details, titles, entries of its ledger."""

from typing import Final

from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.ledger import Entry
from watchbuddy_contracts import Title

DETAILS: Final = Details("Heists", "Custom list managed by WatchBuddy (ID: 1)")


def movie(number: int) -> Title:
    return Title("movie", trakt=number)


def entries_of(*numbers: int, state: str = "mirrored") -> tuple[Entry, ...]:
    """Return the entries of movies that are on Trakt in this order, each with an id of its place."""
    return tuple(
        Entry(movie(number), state, row_id=number, list_item_id=1000 + number)  # type: ignore[arg-type]
        for number in numbers
    )
