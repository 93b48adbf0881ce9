"""What users did on Trakt itself, and what their lists' policies promise of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trakt_simulator.state.lists import MediaList
from trakt_sync.testing.simulation.operations import ByHand, HandEdit, Operation, Redeliver, Wait, Work
from trakt_sync.testing.simulation.rules import BrokenRuleError
from trakt_sync.testing.simulation.trakt import STRANGERS
from trakt_sync.testing.simulation.wishes import Wish, Wishes


@dataclass(frozen=True, slots=True)
class Expected:
    """A change by hand to a list at rest, which its owner takes over. Args: key: the title that was taken off."""

    wish: Wish
    change: HandEdit
    key: int | None = None


@dataclass
class HandEdits:
    """All of a schedule.

    Attributes:
        added: of each list, the titles that its owner added on Trakt.
        touched: lists that somebody changed on Trakt, but for deleting them.
        deleted: lists that somebody deleted on Trakt.
    """

    wishes: Wishes
    added: dict[int, set[int]] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    _expected: list[Expected] = field(default_factory=list)

    def carried_out(self, operation: Operation) -> None:
        """Take note of any operation. What was expected of a list is uncertain once anything else befell it."""
        if not isinstance(operation, Work | Wait | Redeliver):
            self._expected = []

    def made(self, list_id: int, operation: ByHand, shown: MediaList, *, is_at_rest: bool) -> None:
        """Take note of a change by hand.

        Args:
            shown: the list before it.
            is_at_rest: it was mirrored as its owner wants it, and nothing is amiss.
        """
        change = operation.change
        if change == "delete":
            self.deleted.add(list_id)
            return
        self.touched.add(list_id)
        if change in STRANGERS:
            self.added.setdefault(list_id, set()).add(STRANGERS[change])
        wish = self.wishes.known[list_id][-1]
        if not is_at_rest or wish not in self.wishes.newest:
            return
        if change in ("rename", "publish") and wish.mirror.when_changed == "take_over":
            is_news = change == "rename" or shown.privacy != "public"
            self._expected += [Expected(wish, change)] if is_news else []
        first = next(iter(shown.rows.keys), None)
        is_ours = first in wish.keys and first not in self.added.get(list_id, ())
        if change == "remove" and is_ours and wish.mirror.when_removed == "take_over":
            self._expected.append(Expected(wish, change, first))

    def check(self, newest: Sequence[Wish]) -> None:
        """Check that the lists here have what their owners did on Trakt.

        Raises:
            BrokenRuleError: they have not.
        """
        now = {wish.list_id: wish for wish in newest}
        for one in self._expected:
            wish = now[one.wish.list_id]
            is_taken_over = {
                "rename": wish.title.endswith("by hand"),
                "publish": wish.privacy == "public",
                "remove": one.key not in wish.keys,
            }
            if not is_taken_over[one.change]:
                raise BrokenRuleError(f"{one} was not taken over: {wish}")
