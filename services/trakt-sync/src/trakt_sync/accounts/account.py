"""A claimed Trakt account."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from trakt_sync.trakt.tokens import Tokens

REFRESH_BEFORE: Final = timedelta(minutes=5)
"""So long before its end an access token is renewed: no request of ours takes longer."""
JUST_REFRESHED: Final = timedelta(minutes=1)
"""Another renewal does not help a token that is refused so soon after one. It may not be known everywhere yet."""


@dataclass(frozen=True, slots=True)
class Account:
    """A claimed account: its holder is the only one who writes to it until the lease ends.

    Args:
        sealed: the tokens as they are stored.
        trakt_account: Trakt's id of the account, "" while Trakt has not said it. It is a part of every mirror's key.
        is_identified: False: the tokens may be another Trakt account's than those before them.
        is_taken_over: its last holder did not give it back. They may still be about to save a renewed pair.
        refusals: 401 answers in a row.
        has_import: it was claimed for a list on Trakt that is to be read, if there still is one.
        redirect_uri: of the login that made the tokens; None: our application's.
        refresh_after: a renewal that failed is not tried again before.
        refresh_failures: in a row.
        is_audit_due: its lists on Trakt are to be compared with what we left there.
        is_history_due: what its user watched is to be looked at, if a list has a use for it.
        is_leaving: its user disconnects it: its lists are deleted on Trakt, and then it ends.
        has_unchecked: it was connected, and not all lists were looked at since (`connections.check_lists`).
        has_limited: some list on the Trakt account, whoever's, met its limit.
        settings_due_at: when Trakt is asked again what the account may have; None: at the next opportunity.
    """

    user_id: str
    tokens: Tokens
    sealed: bytes = field(repr=False)
    lease: UUID
    trakt_account: str = ""
    refreshed_at: datetime | None = None
    is_identified: bool = True
    is_taken_over: bool = False
    refusals: int = 0
    has_import: bool = False
    redirect_uri: str | None = None
    refresh_after: datetime | None = None
    refresh_failures: int = 0
    has_unchecked: bool = False
    has_limited: bool = False
    settings_due_at: datetime | None = None
    is_audit_due: bool = False
    is_history_due: bool = False
    is_leaving: bool = False

    def is_expiring(self, now: datetime) -> bool:
        return self.tokens.expires_at - now < REFRESH_BEFORE

    def refresh_wait(self, now: datetime) -> timedelta | None:
        """Return how long a renewal waits after one that failed; None: it may be tried."""
        return None if self.refresh_after is None or now >= self.refresh_after else self.refresh_after - now

    def are_settings_due(self, now: datetime) -> bool:
        return self.settings_due_at is None or self.settings_due_at <= now

    def was_just_refreshed(self, now: datetime) -> bool:
        return self.refreshed_at is not None and now - self.refreshed_at < JUST_REFRESHED
