"""A personal list and its items."""

from array import array
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Privacy = Literal["private", "link", "friends", "public"]
SortHow = Literal["asc", "desc"]
CLIENT_FIELDS = ("name", "description", "privacy", "display_numbers", "allow_comments", "sort_by", "sort_how")


def _longs() -> "array[int]":
    return array("q")


@dataclass(slots=True)
class Rows:
    """A list's items in rank order, as columns of 8 bytes an item, so that millions fit into memory.

    `ids` are list item ids, `keys` name the titles (`media.key_of`), `listed_ms` is when they were added.
    """

    ids: "array[int]" = field(default_factory=_longs)
    keys: "array[int]" = field(default_factory=_longs)
    listed_ms: "array[int]" = field(default_factory=_longs)

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, positions: Iterable[int]) -> "Rows":
        """Return the rows at these positions, in this order."""
        chosen = list(positions)
        return Rows(*(array("q", [column[i] for i in chosen]) for column in (self.ids, self.keys, self.listed_ms)))


@dataclass(slots=True)
class ReorderResult:
    """How many ids were applied, which were not on the list, and whether any rank is different."""

    updated: int
    skipped: list[int]
    is_changed: bool


@dataclass(slots=True)
class MediaList:
    """A personal list. Every change sets `updated_ms` to a later time than before."""

    trakt: int
    slug: str
    name: str
    created_ms: int
    updated_ms: int
    description: str | None = None
    privacy: Privacy = "private"
    display_numbers: bool = False
    allow_comments: bool = True
    sort_by: str = "rank"
    sort_how: SortHow = "asc"
    rows: Rows = field(default_factory=Rows)
    notes: dict[int, str] | None = None
    liked_by: set[str] | None = None
    _before: "deque[tuple[int, Rows]] | None" = None

    def fields(self) -> dict[str, object]:
        """Return what a client may set."""
        return {name: getattr(self, name) for name in CLIENT_FIELDS}

    def touch(self, now_ms: int) -> None:
        self.updated_ms = max(now_ms, self.updated_ms + 1)

    def missing(self, keys: Iterable[int]) -> list[int]:
        """Return the keys that are not listed yet, each once, in order."""
        listed = set(self.rows.keys)
        fresh = []
        for key in keys:
            if key not in listed:
                listed.add(key)
                fresh.append(key)
        return fresh

    def append(self, keys: Sequence[int], *, first_id: int, now_ms: int) -> None:
        """Put keys that are not listed at the end, with consecutive item ids."""
        if not keys:
            return
        self.rows.ids.extend(range(first_id, first_id + len(keys)))
        self.rows.keys.extend(keys)
        self.rows.listed_ms.extend([now_ms] * len(keys))
        self.touch(now_ms)

    def remove(self, keys: Collection[int], *, now_ms: int) -> list[int]:
        """Take the keys off the list; return those that were on it. Later items move up."""
        unwanted = set(keys)
        gone = [key for key in self.rows.keys if key in unwanted]
        if gone:
            gone_ids = {i for i, key in zip(self.rows.ids, self.rows.keys, strict=True) if key in unwanted}
            self.rows = self.rows.select(at for at, key in enumerate(self.rows.keys) if key not in unwanted)
            if self.notes:
                self.notes = {item: note for item, note in self.notes.items() if item not in gone_ids}
            self.touch(now_ms)
        return gone

    def reorder(self, item_ids: Iterable[int], *, now_ms: int, is_noop: bool = False) -> ReorderResult:
        """Rank the items as given. Other items keep their order behind these (not confirmed).

        With `is_noop` nothing changes, and the result is the same.
        """
        at = {item: position for position, item in enumerate(self.rows.ids)}
        wanted = list(dict.fromkeys(item_ids))
        applied = [item for item in wanted if item in at]
        named = set(applied)
        order = [at[item] for item in applied] + [at[item] for item in self.rows.ids if item not in named]
        is_changed = order != list(range(len(order)))
        if is_changed and not is_noop:
            self.rows = self.rows.select(order)
            self.touch(now_ms)
        return ReorderResult(len(applied), [item for item in wanted if item not in named], is_changed)

    def move(self, item_id: int, rank: int, *, now_ms: int) -> bool:
        """Set an item's rank (1 is the first; beyond the end is the last); return whether it is different."""
        order = [item for item in self.rows.ids if item != item_id]
        order.insert(max(rank, 1) - 1, item_id)
        return self.reorder(order, now_ms=now_ms).is_changed

    def note(self, item_id: int, text: str | None, *, now_ms: int) -> bool:
        """Set an item's note, or remove it (None, empty); return whether it is different."""
        notes = self.notes or {}
        if notes.get(item_id) == (text or None):
            return False
        self.notes = {
            **{item: kept for item, kept in notes.items() if item != item_id},
            **({item_id: text} if text else {}),
        }
        self.touch(now_ms)
        return True

    def remember(self, now_ms: int, window_ms: int) -> None:
        """Keep the present rows for reads that are stale by up to the window."""
        before = self._before = self._before if self._before is not None else deque()
        while before and before[0][0] < now_ms - window_ms:
            before.popleft()
        before.append((now_ms, self.rows.select(range(len(self.rows)))))

    def rows_at(self, now_ms: int, stale_ms: int) -> Rows:
        """Return the rows as they were `stale_ms` ago, as far back as they were kept."""
        for changed_ms, rows in self._before or ():
            if changed_ms > now_ms - stale_ms:
                return rows
        return self.rows
