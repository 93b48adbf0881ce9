"""One list on its way to Trakt: what is wanted, and how far it is. Values only."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from trakt_sync.ledger import Entry, Title, mirrored
from trakt_sync.plan import Desired, Details, Known
from watchbuddy_contracts import FailureReason

PendingKind = Literal["update", "add", "remove", "reorder", "delete"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A write that was begun and whose answer is not recorded, saved before it is sent.

    Args:
        titles: that are being added.
        row_ids: of the ledger rows that are being removed.
    """

    kind: PendingKind
    titles: tuple[Title, ...] = ()
    row_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """A creation that was begun, saved before it is sent: what to look for when its answer is lost.

    Args:
        doubted_at: when the call was over without an answer; None: under way, or its sender was killed.
    """

    at: datetime
    name: str
    description: str
    doubted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The last event that ended the work on a version, for sending it again under its own id."""

    version: int
    ce_type: str
    payload: dict[str, object]
    event_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list's mirroring is; written only under the lease of its account.

    Args:
        applied_version: the version that Trakt equals, 0 before the first.
        made_at: when the Trakt list was made or found.
        former_ids: Trakt lists that were this list's and are gone; never adopted again.
        details: as they are on Trakt; None: not known.
        read_after: when Trakt may be read again without getting a stale answer.
        written_at: the last write to the Trakt list.
        foreign_count: entries of other kinds (seasons, people) on the Trakt list, which are left alone.
        capacity, is_probing: see `plan.Known`; `limited_at`: when Trakt last refused for its limits.
        remaining: actions left by the last plan; None: not planned yet.
        due_at: when to look again; None: nothing to do.
        attempts: failures in a row.
        parked_for: what the list waits for; None: nothing went wrong.
        told: the reason of the failure that the user knows of; None: of none.
        added, removed, is_renamed: done since the last result.
        recreated_version: the version at which a list deleted on Trakt was made anew.
        vain_reads: readings in a row after which the ledger could still not be believed.
        is_order_owed: a first mirror was told of while the ledger was in doubt; its order has to be looked at again.
    """

    applied_version: int = 0
    trakt_list_id: int | None = None
    slug: str | None = None
    made_at: datetime | None = None
    former_ids: tuple[int, ...] = ()
    details: Details | None = None
    is_trusted: bool = True
    read_after: datetime | None = None
    written_at: datetime | None = None
    foreign_count: int = 0
    pending: Pending | None = None
    intent: Intent | None = None
    capacity: int | None = None
    is_probing: bool = False
    limited_at: datetime | None = None
    remaining: int | None = None
    due_at: datetime | None = None
    attempts: int = 0
    parked_for: FailureReason | None = None
    told: FailureReason | None = None
    added: int = 0
    removed: int = 0
    is_renamed: bool = False
    recreated_version: int | None = None
    vain_reads: int = 0
    is_order_owed: bool = False
    result: Result | None = None

    @property
    def is_changed(self) -> bool:
        """Whether anything was done since the last result that the user sees."""
        return bool(self.added or self.removed or self.is_renamed)


@dataclass(frozen=True, slots=True)
class Job:
    """A list with due work, as it was loaded."""

    list_id: int
    user_id: str
    version: int
    desired: Desired
    progress: Progress
    entries: tuple[Entry, ...] = ()
    traceparent: str | None = None

    @property
    def known(self) -> Known:
        progress = self.progress
        return Known(
            trakt_list_id=progress.trakt_list_id,
            details=progress.details,
            entries=self.entries,
            is_trusted=progress.is_trusted,
            has_open_intent=progress.intent is not None,
            capacity=progress.capacity,
            # Once as many are there, the bound is the limit itself.
            is_probing=progress.is_probing and sum(1 for _ in mirrored(self.entries)) != progress.capacity,
            is_first=progress.applied_version == 0
            or progress.recreated_version == self.version
            or progress.is_order_owed,
        )


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """What a step does to the ledger.

    Args:
        append: at the end of the list.
        drop: row ids.
        learn: row ids with the title under all ids known now.
        doubt: row ids that become unsure.
        replace: the whole ledger, in order; None: only the above.
    """

    append: tuple[Entry, ...] = ()
    drop: tuple[int, ...] = ()
    learn: tuple[tuple[int, Title], ...] = ()
    doubt: tuple[int, ...] = ()
    replace: tuple[Entry, ...] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.append or self.drop or self.learn or self.doubt) and self.replace is None

    def apply_to(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Return the ledger as it is after the change."""
        if self.replace is not None:
            return self.replace
        drop, doubt, learn = set(self.drop), set(self.doubt), dict(self.learn)
        kept = []
        for entry in entries:
            if entry.row_id is not None and entry.row_id in learn:
                entry = entry._replace(title=learn[entry.row_id])  # noqa: PLW2901
            if entry.row_id in doubt:
                entry = entry._replace(state="unsure")  # noqa: PLW2901
            if entry.row_id not in drop:
                kept.append(entry)
        return (*kept, *self.append)


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What a step does to the account: park it until then, or for good until the user connects again.

    Args:
        refusals: 401 answers in a row, this one included.
    """

    blocked_until: datetime | None = None
    reason: FailureReason | None = None
    needs_reauthorization: bool = False
    refusals: int = 0


NO_CHANGE = LedgerChange()


def with_ledger(job: Job, change: LedgerChange, progress: Progress) -> Job:
    """Return the job as it stands after a step."""
    return replace(job, progress=progress, entries=change.apply_to(job.entries))


@dataclass(frozen=True, slots=True)
class RemoteList:
    """A list as Trakt tells it."""

    trakt_list_id: int
    slug: str
    details: Details
    item_count: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ItemsAnswer:
    """Trakt's answer to adding or removing items.

    Args:
        not_found: of the titles sent, those that Trakt does not know (or, when removing, that were not there).
        existing: how many of the titles added were there already; they stay at their places.
        item_count: entries on the list after the call; None: Trakt did not say.
    """

    not_found: tuple[Title, ...] = ()
    existing: int = 0
    item_count: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteItems:
    """All items of a Trakt list.

    Args:
        entries: movies and shows by rank, with all ids and their place id.
        foreign_count: entries of other kinds.
        is_complete: whether the pages held as many entries as Trakt counts; if not, nothing may be concluded.
    """

    entries: tuple[Entry, ...]
    foreign_count: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class RemoteLists:
    """All lists of an account; the same rule for `is_complete`.

    Args:
        answered_at: when Trakt answered, by its own clock; None: it did not say.
    """

    lists: tuple[RemoteList, ...]
    is_complete: bool = True
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the account may have; None: Trakt did not say."""

    lists: int | None = None
    items: int | None = field(default=None)
