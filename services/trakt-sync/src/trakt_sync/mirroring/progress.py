"""How far a list's mirror on one Trakt account is: one value for each thing that can be under way.

The file is over 300 lines, for all of it is one value, which a step loads and saves.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from trakt_sync.mirroring.desired import Details
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.references import WATCHLIST, TraktRef, number_of
from watchbuddy_contracts import FailureReason, Title

PendingKind = Literal["update", "add", "remove", "reorder", "delete", "delete_twin"]
MAX_LOST_CREATIONS: Final = 4
MAX_DOUBLINGS: Final = 8
"""Of the stale window between readings that settled nothing: from five minutes to about a day."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The search for a title that makes Trakt refuse whatever request names it: what was refused is sent in halves.

    Args:
        additions: of so many titles by rank one is it; 0: none is sought.
        removals: the same of entries to be removed.
        alone: titles in a row that were refused alone. After some, it is not the titles.
        suspect: the title that was last refused alone; None: none was.
        tries: how often in a row.
    """

    additions: int = 0
    removals: int = 0
    alone: int = 0
    suspect: Title | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class TraktList:
    """The list's Trakt list.

    Args:
        slug: Trakt's name of the list in addresses; None: not known.
        made_at: when it was made, found or opened; None: not known.
        details: as they are on Trakt; None: not known, or the watchlist, which has none.
        foreign_count: entries of other kinds (seasons, people). They are left alone.
        written_at: when a write to it was last begun; None: not known.
        proved_at: when Trakt last did what we asked of it, so that it was surely there; None: not known.
        updated_at: Trakt's stamp after our last write; another one there says that somebody else wrote. None: not
            known, as after a write whose response was lost.
        is_unverified: it was written to while there were items, and they were not read since. Trakt was seen to answer
            a reorder and do nothing, and what somebody did before the write is hidden by its stamp.
        refused: the search for a title that Trakt refuses.
        is_doubted: Trakt said that there is no such list. Whether it is gone is looked at before anything else.
    """

    trakt_list_id: TraktRef
    slug: str | None = None
    made_at: datetime | None = None
    details: Details | None = None
    foreign_count: int = 0
    written_at: datetime | None = None
    proved_at: datetime | None = None
    updated_at: datetime | None = None
    is_doubted: bool = False
    is_unverified: bool = False
    refused: Refused = Refused()

    @property
    def is_watchlist(self) -> bool:
        return self.trakt_list_id == WATCHLIST

    def certain_from(self, policy: Policy) -> datetime | None:
        """Return from when on Trakt's reads surely show the list, if there is one; None: they do."""
        proved_at = self.proved_at or self.made_at
        return None if proved_at is None else proved_at + policy.stale_window


@dataclass(frozen=True, slots=True)
class Intent:
    """A creation that was begun, saved before it is sent: what to look for when its response is lost.

    Args:
        unanswered_since: when the request was over without a response; None: under way, or its sender was killed.
        is_refused: Trakt refused it. It may have made the list all the same.
        is_settled: it was given up after a reading that could not be old, and did not show its list.
    """

    at: datetime
    name: str
    description: str
    unanswered_since: datetime | None = None
    is_refused: bool = False
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """Any other write that was begun, saved before it is sent: its response is not recorded.

    Args:
        titles: that are being added.
        row_ids: of the ledger's rows that are being removed.
    """

    kind: PendingKind
    titles: tuple[Title, ...] = ()
    row_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Staleness:
    """The ledger may differ from Trakt; kept until the list is found to be as it should.

    Args:
        read_after: when Trakt's answers are no longer old; None: the items were read, and are being put right.
        reads: readings in a row after which the list was not as it should.
        is_order_owed: a first mirror was reported while the ledger was stale; its order must be looked at again.
        is_sameness_doubted: which entries are which titles is not known: Trakt said of a title that it is there
            already, or of one to be removed that it is not, and its count says otherwise. Nothing is removed before the
            items were read.
    """

    read_after: datetime | None
    reads: int = 0
    is_order_owed: bool = False
    is_sameness_doubted: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """The account's limit, as the list met it.

    Args:
        capacity: movies and shows that the Trakt list may have.
        is_upper_bound: the true capacity is smaller or equal.
        met_at: when Trakt last refused for it.
    """

    capacity: int
    is_upper_bound: bool
    met_at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """From a list's first failure to its next success.

    Args:
        attempts: failures in a row.
        notified: the reason of the failure that the user was told; None: of none.
        version: of the list, as it was last worked on.
    """

    attempts: int = 0
    notified: FailureReason | None = None
    version: int = 0

    def for_version(self, version: int, *, is_present: bool) -> "Incident":
        """Return the incident as it counts for this version of the list.

        A rejection was that version's alone. Other failures go on over versions: users who edit on hear of them. A
        deletion is tried from the start.
        """
        if version <= self.version:
            return self
        notified = None if self.notified == "rejected" else self.notified
        return Incident(self.attempts if is_present else 0, notified, version)


@dataclass(frozen=True, slots=True)
class Tally:
    """What was done since the last result that the user sees."""

    added: int = 0
    removed: int = 0
    is_renamed: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Tally()


@dataclass(frozen=True, slots=True)
class Drift:
    """What is remembered of Trakt lists that are not as we left them.

    Args:
        lost_creations: creations that were given up. Trakt may carry them out late: the audit looks for their lists.
        twins: second lists of such creations, to be deleted.
        is_detached: the Trakt list was deleted by hand, and stays deleted.
        has_other_details: somebody gave it another name, privacy or the like, which is put back.
        left_version: at this version of the list, details and titles taken off are left as somebody made them on Trakt:
            its owner takes them over.
        is_taken_down: its user was leaving the account when it was last worked on, or it became the watchlist's: we
            deleted the Trakt list, or may have.
    """

    lost_creations: tuple[Intent, ...] = ()
    twins: tuple[int, ...] = ()
    is_detached: bool = False
    has_other_details: bool = False
    left_version: int | None = None
    is_taken_down: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the list is on one Trakt account. It is written only under the account's lease.

    Args:
        applied_version: the version that Trakt equals, 0 before the first.
        trakt_list: None: there is none.
        former_ids: Trakt lists that were this list's and are gone; never adopted again.
        recreated_version: the version at which a list deleted on Trakt was made anew.
    """

    applied_version: int = 0
    trakt_list: TraktList | None = None
    former_ids: tuple[int, ...] = ()
    intent: Intent | None = None
    pending: Pending | None = None
    staleness: Staleness | None = None
    limit: Limit | None = None
    incident: Incident = Incident()
    tally: Tally = Tally()
    recreated_version: int | None = None
    drift: Drift = Drift()

    @property
    def trakt_list_id(self) -> TraktRef | None:
        return None if self.trakt_list is None else self.trakt_list.trakt_list_id

    @property
    def trakt_list_number(self) -> int | None:
        """The Trakt list's number; None: there is none, or it is the watchlist."""
        return number_of(self.trakt_list_id)

    @property
    def foreign_count(self) -> int:
        return 0 if self.trakt_list is None else self.trakt_list.foreign_count

    @property
    def is_stale(self) -> bool:
        """Whether Trakt must be read before the ledger can be believed."""
        return self.staleness is not None and self.staleness.read_after is not None

    @property
    def reads(self) -> int:
        """Readings in a row that settled nothing."""
        return 0 if self.staleness is None else self.staleness.reads

    @property
    def refused(self) -> Refused:
        return Refused() if self.trakt_list is None else self.trakt_list.refused

    def without_list(self) -> "Progress":
        """Return the progress when there is no Trakt list any more."""
        former = () if self.trakt_list_number is None else (self.trakt_list_number,)
        return Progress(
            former_ids=(*self.former_ids, *former),
            intent=self.intent,
            incident=self.incident,
            tally=self.tally,
            recreated_version=self.recreated_version,
            drift=self.drift,
        )

    def with_creation_given_up(self, intent: Intent) -> "Progress":
        """Return the progress without the creation that was begun. The audit goes on looking for its list."""
        lost = (*self.drift.lost_creations, intent)[-MAX_LOST_CREATIONS:]
        return replace(self, intent=None, drift=replace(self.drift, lost_creations=lost))

    def reopened(self) -> "Progress":
        """Return the progress with a creation under way: the one that is, or one that was given up unsettled."""
        lost = self.drift.lost_creations
        unsettled = next((one for one in lost if not one.is_settled), None)
        if self.intent is not None or unsettled is None:
            return self
        left = tuple(one for one in lost if one is not unsettled)
        return replace(self, intent=unsettled, drift=replace(self.drift, lost_creations=left))

    def succeeded(self) -> "Progress":
        """Return the progress after a write was carried out. A reading is no success: one follows each that failed."""
        return replace(self, incident=replace(self.incident, attempts=0))

    def finished(self, version: int) -> "Progress":
        """Return the progress when Trakt equals the version: nothing is under way, nothing is left to report."""
        return replace(
            self,
            applied_version=version,
            pending=None,
            incident=Incident(),
            tally=Tally(),
            recreated_version=None,
        )

    def stale(self, now: datetime, policy: Policy, *, reads: int | None = None) -> "Progress":
        """Return the progress when the ledger cannot be believed. Trakt is read once its answers cannot be old.

        A time that is set already stays. Otherwise edits in a row would put the reading off without end; a time that is
        too early for the last of them costs another reading. After readings that settled nothing the waits grow: what
        Trakt shows is then not likely to get better soon.

        Args:
            reads: readings in a row that settled nothing; None: as many as before.
        """
        staleness = self.staleness or Staleness(None)
        read_after = staleness.read_after
        if read_after is None or read_after <= now:
            read_after = now + policy.stale_window * (1 << min(staleness.reads, MAX_DOUBLINGS))
        reads = staleness.reads if reads is None else reads
        return replace(self, staleness=replace(staleness, read_after=read_after, reads=reads))
