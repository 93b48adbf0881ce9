"""Trakt accounts: token pairs, encrypted at rest; never in a log, a repr, a trace or an error."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr, ValidationError

from trakt_sync.errors import BadTokensError, LeaseLostError
from trakt_sync.wire import TokenWire

REFRESH_BEFORE: Final = timedelta(minutes=5)
"""So long before its end an access token is renewed: no call of ours takes longer."""
JUST_REFRESHED: Final = timedelta(minutes=1)
"""A token refused so soon after its renewal will not get better by another one; but it may not be known everywhere."""
MOST_REFUSALS: Final = 3
"""401 answers in a row after which a token that was just renewed is given up."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token pair. The refresh token works once: the new pair is saved before it is used."""

    access: SecretStr
    refresh: SecretStr
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A claimed account: whoever has it is the only one who writes to it until the lease ends.

    Args:
        sealed: the tokens as they are stored.
        is_identified: False: the tokens may be another Trakt account's than those before them.
        is_taken_over: its last holder did not give it back: he may still be about to save a renewed pair.
        refusals: 401 answers in a row.
    """

    user_id: str
    tokens: Tokens
    sealed: bytes = field(repr=False)
    lease: UUID
    refreshed_at: datetime | None = None
    is_identified: bool = True
    is_taken_over: bool = False
    refusals: int = 0

    def is_expiring(self, now: datetime) -> bool:
        return self.tokens.expires_at - now < REFRESH_BEFORE

    def was_just_refreshed(self, now: datetime) -> bool:
        return self.refreshed_at is not None and now - self.refreshed_at < JUST_REFRESHED


@dataclass(frozen=True, slots=True)
class Permit:
    """To write to a claimed account: until then the lease is surely ours."""

    token: SecretStr
    until: datetime

    def check(self, now: datetime) -> None:
        """Raise LeaseLostError when the time is over. To be called right before the write is sent."""
        if now >= self.until:
            raise LeaseLostError("the lease may have run out before the write was sent")


class Vault:
    """Encrypts token pairs. The first key encrypts; all decrypt, so that keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys (32 bytes, URL-safe base64).

        Raises:
            ValueError: there is no key, or one is no Fernet key.
        """
        if not keys:
            raise ValueError("give at least one key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, tokens: Tokens) -> bytes:
        pair = {"access": tokens.access.get_secret_value(), "refresh": tokens.refresh.get_secret_value()}
        return self._fernet.encrypt(json.dumps(pair).encode())

    def open(self, sealed: bytes, expires_at: datetime) -> Tokens:
        """Return the token pair.

        Raises:
            BadTokensError: none of the keys opens it.
        """
        try:
            pair = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise BadTokensError("no key of TOKEN_ENCRYPTION_KEYS opens the stored tokens") from None
        return Tokens(SecretStr(pair["access"]), SecretStr(pair["refresh"]), expires_at)


@dataclass(frozen=True, slots=True)
class Import:
    """A token pair read from outside, with the account's name where it was given.

    Args:
        trakt_id: of the account's owner, as Trakt says; None: it could not be asked.
    """

    tokens: Tokens
    trakt_user: str | None
    trakt_id: str | None = None


def parse_tokens(text: str, now: datetime) -> Import:
    """Return the token pair that a JSON text holds: Trakt's token object.

    `expires_at` (ISO 8601 or seconds) may stand for `expires_in`, which counts from `created_at`, or else from now.

    Raises:
        BadTokensError: it is not one; the text names the fields, never their values.
    """
    try:
        wire = TokenWire.model_validate_json(text)
    except ValidationError as exc:
        problems = (f"{'.'.join(map(str, error['loc'])) or 'JSON'}: {error['msg']}" for error in exc.errors())
        raise BadTokensError("no token pair: " + "; ".join(problems)) from None
    try:
        return Import(tokens_of(wire, now), wire.username)
    except OverflowError:
        raise BadTokensError("no token pair: it expires at a time beyond all calendars") from None


def tokens_of(wire: TokenWire, now: datetime) -> Tokens:
    return Tokens(wire.access_token, wire.refresh_token, wire.expiry(now))
