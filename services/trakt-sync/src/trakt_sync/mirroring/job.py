"""One list on its way to Trakt: what is wanted, how far it is, and what a step makes of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from trakt_sync.mirroring.actual import Actual
from trakt_sync.mirroring.desired import Desired
from trakt_sync.mirroring.ledger import NO_CHANGE, Entry, LedgerChange, mirrored
from trakt_sync.mirroring.policy import Policy
from trakt_sync.mirroring.progress import Progress
from trakt_sync.mirroring.references import WATCHLIST, TraktRef
from watchbuddy_contracts import Event, FailureReason


@dataclass(frozen=True, slots=True)
class Job:
    """A list with due work, as it was loaded.

    Args:
        remaining: actions left by the last plan; None: this version was not planned yet.
        unknown_since: since when Trakt does not know, or does not take off, the first of its titles; None: there is
            none.
        rejected_since: since when Trakt refuses the first of its titles; None: there is none.
        trace_context: of the version's event, as `chassis.telemetry.trace_context` writes it.
    """

    list_id: int
    user_id: str
    version: int
    desired: Desired
    progress: Progress
    entries: tuple[Entry, ...] = ()
    remaining: int | None = None
    unknown_since: datetime | None = None
    rejected_since: datetime | None = None
    trace_context: str | None = None

    @property
    def trakt_list_id(self) -> TraktRef:
        """The list's Trakt list, for actions that are planned only where there is one."""
        if self.progress.trakt_list is None:
            raise AssertionError("planned only for a list that is on Trakt")
        return self.progress.trakt_list.trakt_list_id

    @property
    def trakt_list_number(self) -> int:
        """Its number, for actions that are planned only where it is a list of its own."""
        number = self.progress.trakt_list_number
        if number is None:
            raise AssertionError("planned only for a Trakt list of its own")
        return number

    @property
    def is_on_watchlist(self) -> bool:
        return self.progress.trakt_list is not None and self.progress.trakt_list.is_watchlist

    @property
    def is_watchlist_to_change_hands(self) -> bool:
        """Whether the list has the watchlist and is not to have it, or the other way round."""
        wants_it = self.desired.is_present and self.desired.policies.target == WATCHLIST
        return self.is_on_watchlist != wants_it

    @property
    def actual(self) -> Actual:
        progress, limit = self.progress, self.progress.limit
        is_order_owed = progress.staleness is not None and progress.staleness.is_order_owed
        return Actual(
            trakt_list_id=progress.trakt_list_id,
            details=None if progress.trakt_list is None else progress.trakt_list.details,
            entries=self.entries,
            is_stale=progress.is_stale,
            is_doubted=self._is_doubted,
            is_detached=progress.drift.is_detached,
            is_left_as_found=progress.drift.left_version == self.version,
            twins=progress.drift.twins,
            is_sameness_doubted=progress.staleness is not None and progress.staleness.is_sameness_doubted,
            refused_additions=progress.refused.additions,
            refused_removals=progress.refused.removals,
            has_open_intent=self._has_open_intent,
            capacity=None if limit is None else limit.capacity,
            # Once as many are there, the bound is the limit itself.
            is_upper_bound=limit is not None
            and limit.is_upper_bound
            and sum(1 for _ in mirrored(self.entries)) != limit.capacity,
            is_first=progress.applied_version == 0 or progress.recreated_version == self.version or is_order_owed,
        )

    @property
    def _has_open_intent(self) -> bool:
        """Whether a creation is to be looked for. The audit looks for those given up, but only where a list stays."""
        is_to_be_left = not self.desired.is_present and self.progress.trakt_list is None
        return (self.progress.reopened() if is_to_be_left else self.progress).intent is not None

    @property
    def _is_doubted(self) -> bool:
        trakt_list = self.progress.trakt_list
        if trakt_list is None or trakt_list.is_watchlist:  # that is always there
            return False
        is_wanted = self.desired.is_present and self.desired.policies.target != WATCHLIST
        return trakt_list.is_doubted or (is_wanted and self.progress.drift.is_taken_down)

    def leaving(self) -> "Job":
        """Return the job as it is while its user leaves the account: a list that is wanted is not wanted there."""
        if not self.desired.is_present:
            return self
        drift, is_on_trakt = self.progress.drift, self.progress.trakt_list is not None
        drift = replace(drift, is_taken_down=drift.is_taken_down or is_on_trakt)
        desired = replace(self.desired, is_present=False, is_leaving=True)
        return replace(self, desired=desired, progress=replace(self.progress, drift=drift))

    def after(self, change: "Change") -> "Job":
        """Return the job as it stands after a change."""
        return replace(self, progress=change.progress, entries=change.ledger.apply_to(self.entries))

    def without_old_limit(self, now: datetime, policy: Policy) -> "Job":
        """Return the job without a limit that may have changed since it was met."""
        limit = self.progress.limit
        if limit is None or now < limit.met_at + policy.limit_retry:
            return self
        return replace(self, progress=replace(self.progress, limit=None))


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What a step does to the account: it blocks it until then, or until the user connects again.

    Args:
        refusals: 401 answers in a row, this one included.
    """

    blocked_until: datetime | None = None
    reason: FailureReason | None = None
    needs_reauthorization: bool = False
    refusals: int = 0


NO_ACCOUNT_CHANGE: Final = AccountChange()


@dataclass(frozen=True, slots=True)
class Next:
    """When the list is looked at again.

    Args:
        due_at: None: not before its next version.
        waits_for: the failure that it waits for; None: nothing went wrong.
        remaining: actions left by the plan; None: not planned.
    """

    due_at: datetime | None = None
    waits_for: FailureReason | None = None
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a response or a failure means for a list.

    Args:
        events: in the order in which they happened, the result among them.
        result: ends the work on the version. It is kept, so that it can be sent again.
        next: None: `advance` decides by the next plan.
    """

    progress: Progress
    ledger: LedgerChange = NO_CHANGE
    events: tuple[Event, ...] = ()
    result: Event | None = None
    next: Next | None = None
    account: AccountChange = NO_ACCOUNT_CHANGE


@dataclass(frozen=True, slots=True)
class Step:
    """What is recorded after an action, in one transaction."""

    change: Change
    next: Next
