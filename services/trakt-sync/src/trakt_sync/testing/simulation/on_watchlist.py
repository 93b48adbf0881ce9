"""What users did to their watchlists on Trakt itself, and what they watched there."""

from collections import defaultdict
from dataclasses import dataclass, field

from trakt_sync.testing.simulation.wishes import Wishes


@dataclass
class OnWatchlists:
    """All of a schedule. Keys are accounts' names.

    Attributes:
        added: titles that a user ever put there.
        own: those of them that are surely not ours: nobody wanted anything there yet.
        watched: titles that a user ever watched, and which therefore left.
    """

    wishes: Wishes
    added: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    own: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    watched: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def put(self, account: str, key: int, *, are_reads_old: bool) -> None:
        """Take note of a title that a user put there. Args: are_reads_old: Trakt may be read as it was before."""
        self.added[account].add(key)
        if not (are_reads_old or any(wish.is_for_watchlist for wish in self.wishes.written)):
            self.own[account].add(key)

    def taken_off(self, account: str, key: int) -> None:
        self.own[account].discard(key)

    def saw(self, account: str, key: int) -> None:
        self.watched[account].add(key)
        self.taken_off(account, key)
