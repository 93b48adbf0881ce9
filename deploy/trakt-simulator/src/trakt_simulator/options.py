"""What can be set: at the start by the command line, later by the admin API."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

WEEK_S = 7 * 24 * 3600


class Options(BaseModel):
    """Behaviour that a test may want otherwise. Defaults: what Trakt is known to do.

    Where the sources say nothing, the default is marked "not confirmed".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_limits: bool = True
    """All rate limits at once; the three below switch one each."""
    write_limit: bool = True
    read_limit: bool = True
    unauthenticated_limit: bool = True
    writes_per_second: int = Field(default=1, ge=1)
    """Per account; 1 at Trakt."""
    reads_per_5_minutes: int = Field(default=500, ge=1)
    """Per account; unauthenticated: per client id and address. Halved from 1,000 in September 2026."""

    latency_ms: float = Field(default=0, ge=0, le=86_400_000)
    """Milliseconds to wait before every answer; at most a day."""
    unknown_ids_exist: bool = False
    """Accept ids that the catalogue does not have: titles are made up for them."""
    limit_all: bool = False
    """`limit=all` returns everything; otherwise it counts as 250 (not confirmed)."""
    conditional_get: bool = False
    """`If-None-Match` is answered with 304 (not confirmed)."""
    version_header_required: bool = True
    """412 without `trakt-api-version: 2` (not confirmed for a missing one)."""

    token_lifetime_s: int = Field(default=WEEK_S, ge=0)
    """Seconds until an access token expires."""
    device_code_lifetime_s: int = Field(default=600, ge=0)
    """Seconds in which a user may enter a device code."""
    device_interval_s: float = Field(default=5, ge=0)
    """Seconds between a device's polls; those that come more than a tenth sooner get 429."""
    authorization_code_lifetime_s: int = Field(default=600, ge=0)
    """Seconds in which an app may exchange an authorization code."""
    secret_required: bool = False
    """Refuse device polls and refreshes without `client_secret` (deprecated and optional since October 2026)."""

    user_in_created_list: bool = False
    """`user` in the answer to POST lists: the contract has it, pytrakt 4.4.6 fails on it."""
    documented_limit_headers: bool = False
    """420 with X-Upgrade-URL, X-VIP-User, X-Account-Limit, as documented; in reality it is empty."""
    limit_batch: Literal["whole", "partial"] = "whole"
    """An add that crosses the account's limit: nothing is added, or what fits is (not confirmed)."""
    over_limit_is_read_only: bool = True
    """An account with more lists than its limit (VIP before) gets 420 on every add, as clients' authors report."""
    existing_moves_updated_at: bool = False
    """An add of only known items moves the list's `updated_at` (not confirmed)."""
    private_items_status: Literal[200, 401, 403] = 403
    """Items of another's private list: 403 since August 2026, 200 with an empty list before, 401 as documented."""
    free_notes: Literal["ignored", "refused"] = "ignored"
    """Notes on an item sent by an account without VIP (not confirmed): left out, or 426."""
    history_status: Literal[200, 201] = 201
    """POST /sync/history: 201 in the Blueprint, 200 in the contract."""

    log_size: int = Field(default=10_000, ge=0)
    """Requests kept in the log."""
    max_body_bytes: int = Field(default=10_000_000, ge=0)
    """Bytes; larger bodies get 413 from the edge (Trakt's own figure is not known)."""
