"""How a list is on Trakt, for its user to read: title by title, and in a word."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from trakt_sync.mirroring.failures import NO_WAIT
from trakt_sync.mirroring.job import Job
from trakt_sync.mirroring.ledger import Entry
from trakt_sync.mirroring.plan import difference
from watchbuddy_contracts import FailureReason, Title, TitleKey, keys_of

ItemState = Literal[
    "mirrored",
    "missing",
    "unconfirmed",
    "left_out",
    "not_found",
    "rejected",
    "taken_off",
    "watched",
    "not_removed",
    "to_be_removed",
    "kept",
]
MirrorState = Literal["in_sync", "working", "waiting", "rejected", "detached", "deleted"]
WaitReason = Literal["not_connected", FailureReason]

# A title may have several entries. One that is there says most.
_PREFERENCE: Final[Mapping[str, int]] = {"mirrored": 0, "unconfirmed": 1}
_LEAST: Final = 2
_THERE: Final = ("mirrored", "unconfirmed", "not_removed")


class ItemView(NamedTuple):
    """A title and how it is on the list's Trakt list."""

    title: Title
    state: ItemState


@dataclass(frozen=True, slots=True)
class MirrorView:
    """A list as it is on its user's Trakt account.

    Args:
        due_at: when it is looked at again; None: it rests.
        waits_for: the failure that it waits for.
        account_state: of the user's account.
        blocked_until: no list of the account is looked at before; may be past. None: it was never blocked.
        block_reason: what the account waits for until then.
        trakt_slug: of the account, in addresses; None: not known.
        failure: the reason, and Trakt's words, of the last result of this version, if that was a failure.
    """

    job: Job
    due_at: datetime | None
    waits_for: FailureReason | None
    account_state: str
    blocked_until: datetime | None
    block_reason: FailureReason | None
    trakt_slug: str | None
    failure: tuple[FailureReason, str | None] | None

    def reason(self, now: datetime) -> WaitReason | None:
        """Return what keeps the list from Trakt; None: nothing."""
        if self.account_state == "reauthorization_required":
            return "auth"
        if self.account_state != "connected":
            return "not_connected"
        if self.waits_for is not None:
            return self.waits_for
        if self.held_up_for(now):
            return self.block_reason
        return None if self.failure is None or self.is_applied else self.failure[0]

    @property
    def is_applied(self) -> bool:
        return self.job.progress.applied_version >= self.job.version

    @property
    def next_attempt_at(self) -> datetime | None:
        if self.due_at is None or self.account_state != "connected":
            return None
        return max(self.due_at, self.blocked_until or self.due_at)

    def state(self, now: datetime) -> MirrorState:
        """Return how the list is in a word."""
        progress = self.job.progress
        if not self.job.desired.is_present and progress.trakt_list is None and progress.reopened().intent is None:
            return "deleted"
        if progress.drift.is_detached and self.job.desired.policies.when_deleted == "detach":
            return "detached"
        if self.is_applied and progress.tally.is_empty and (self.due_at is None or self.due_at > now):
            return "in_sync"
        if self.account_state != "connected" or self.waits_for is not None or self.held_up_for(now):
            return "waiting"
        return "rejected" if self.due_at is None else "working"

    def held_up_for(self, now: datetime) -> timedelta:
        """Return how long the list, which is due, waits for the end of its account's block; 0: it does not."""
        if self.waits_for is not None or self.due_at is None or self.due_at > now or self.blocked_until is None:
            return NO_WAIT
        return max(self.blocked_until - now, NO_WAIT)

    @property
    def page(self) -> str | None:
        """The path of the Trakt list's page at Trakt's site."""
        found = self.job.progress.trakt_list
        if found is None or (found.is_watchlist and self.trakt_slug is None):
            return None
        if found.is_watchlist:
            return f"/users/{self.trakt_slug}/watchlist"
        if self.trakt_slug is None:
            return f"/lists/{found.trakt_list_id}"
        return f"/users/{self.trakt_slug}/lists/{found.slug or found.trakt_list_id}"


def item_views(job: Job) -> tuple[ItemView, ...]:
    """Return every wanted title once, by rank, and then what else is on the Trakt list, in its order."""
    wanted = job.desired.items if job.desired.is_present else ()
    is_limited = bool(wanted) and job.progress.limit is not None
    left_out = keys_of(difference(job.desired, job.actual).left_out) if is_limited else set[TitleKey]()
    by_key = _by_key(job.entries)
    seen: set[TitleKey] = set()
    views: list[ItemView] = []
    for title in wanted:
        keys = title.keys
        if not seen.isdisjoint(keys):
            continue
        seen.update(keys)
        entry = min((by_key[key] for key in keys if key in by_key), key=_preference, default=None)
        if entry is not None:
            seen.update(entry.title.keys)
        views.append(ItemView(title, _state_of(keys, entry, left_out)))
    return (*views, *_others(job, seen))


def counts_of(views: tuple[ItemView, ...]) -> Counter[ItemState]:
    """Return how many titles are in each state."""
    return Counter(view.state for view in views)


def _state_of(keys: Collection[TitleKey], entry: Entry | None, left_out: set[TitleKey]) -> ItemState:
    if not left_out.isdisjoint(keys):
        return "left_out"
    return "missing" if entry is None else _named(entry.state)


def _others(job: Job, seen: set[TitleKey]) -> Iterator[ItemView]:
    """Yield what is on the Trakt list and not wanted. What the list's mode does not let us remove is kept."""
    unwanted = [entry for entry in job.entries if entry.state in _THERE and seen.isdisjoint(entry.title.keys)]
    removed = set(difference(job.desired, job.actual).extra) if unwanted else set[Entry]()
    for entry in unwanted:
        if entry.state == "not_removed":
            yield ItemView(entry.title, "not_removed")
        else:
            yield ItemView(entry.title, "to_be_removed" if entry in removed else "kept")


def _by_key(entries: tuple[Entry, ...]) -> Mapping[TitleKey, Entry]:
    found: dict[TitleKey, Entry] = {}
    for entry in entries:
        for key in entry.title.keys:
            if key not in found or _preference(entry) < _preference(found[key]):
                found[key] = entry
    return found


def _preference(entry: Entry) -> int:
    return _PREFERENCE.get(entry.state, _LEAST)


def _named(state: ItemState) -> ItemState:
    """Return a ledger's state as that of a title: they have the same names."""
    return state
