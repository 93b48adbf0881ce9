"""The options: set at the start by the command line, later by the admin API."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

WEEK_S = 7 * 24 * 3600


class Options(BaseModel):
    """Behaviour that a test may change. The defaults are what Trakt is known to do.

    A default is marked "not confirmed" where no source says what Trakt does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_limits: bool = True
    """All rate limits. The next three options are for one limit each."""
    write_limit: bool = True
    read_limit: bool = True
    unauthenticated_limit: bool = True
    writes_per_second: int = Field(default=1, ge=1)
    """Per account; 1 at Trakt."""
    reads_per_5_minutes: int = Field(default=500, ge=1)
    """Per account; without a token per client id and IP address. Trakt halved it from 1,000 in September 2026."""

    latency_ms: float = Field(default=0, ge=0, le=86_400_000)
    """Milliseconds to wait before every response; at most a day."""
    unknown_ids_exist: bool = False
    """Make up titles for ids that the catalogue lacks."""
    max_page_size: int = Field(default=250, ge=1)
    """Rows a page at most, whatever a client asks for. Trakt lowered it from 1,000 to 250 in June 2026."""
    limit_all: bool = False
    """`limit=all` returns all rows; False: 250 rows (not confirmed)."""
    conditional_get: bool = False
    """Send 304 for a matching `If-None-Match` (not confirmed)."""
    version_header_required: bool = True
    """Send 412 without `trakt-api-version: 2` (not confirmed for a missing header)."""

    token_lifetime_s: int = Field(default=WEEK_S, ge=0)
    """Seconds until an access token expires."""
    device_code_lifetime_s: int = Field(default=600, ge=0)
    """Seconds in which a user may enter a device code."""
    device_interval_s: float = Field(default=5, ge=0)
    """Seconds between a device's polls. A poll that comes more than a tenth sooner gets 429."""
    authorization_code_lifetime_s: int = Field(default=600, ge=0)
    """Seconds in which an app may exchange an authorization code."""
    secret_required: bool = False
    """Device polls and refreshes need `client_secret` (deprecated and optional since October 2026)."""

    user_in_created_list: bool = False
    """`user` in the response to POST lists. The contract has it; pytrakt 4.4.6 fails on it."""
    documented_limit_headers: bool = False
    """420 with X-Upgrade-URL, X-VIP-User, X-Account-Limit, as documented. Real responses are empty."""
    limit_batch: Literal["whole", "partial"] = "whole"
    """An add over the account's limit adds nothing, or what fits (not confirmed)."""
    over_limit_is_read_only: bool = True
    """An account with more lists than its limit (once VIP) gets 420 for every add, as authors of clients report."""
    existing_moves_updated_at: bool = False
    """An add of nothing new changes the list's `updated_at` (not confirmed)."""
    private_items_status: Literal[200, 401, 403] = 403
    """For items of another user's private list: 403 since August 2026, before it 200 with `[]`; documented is 401."""
    free_notes: Literal["ignored", "refused"] = "ignored"
    """For notes of an account without VIP: ignore them, or send 426 (not confirmed)."""
    history_status: Literal[200, 201] = 201
    """For POST /sync/history: 201 in the Blueprint, 200 in the contract."""

    log_size: int = Field(default=10_000, ge=0)
    """Number of requests in the request log."""
    max_body_bytes: int = Field(default=10_000_000, ge=0)
    """Bytes. The edge sends 413 for larger bodies (Trakt's limit is not known)."""
