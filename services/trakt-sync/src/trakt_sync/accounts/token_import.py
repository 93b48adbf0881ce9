"""A token pair as an operator gives it: JSON text in any of the encodings that editors and shells write."""

import codecs
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from pydantic import ValidationError

from trakt_sync.errors import BadTokensError
from trakt_sync.mirroring.remote import AccountLimits, AccountSettings
from trakt_sync.trakt.tokens import Tokens, TokenWire

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Import:
    """A token pair read from outside, with the account's name where it was given.

    Args:
        trakt_id: of the account's owner, as Trakt says; None: Trakt could not be asked.
        is_vip: the same.
        slug: of the owner, as Trakt says.
        limits, timezone: of the account, as Trakt says.
        redirect_uri: of the login that made the pair: its renewal names it too. None: our application's.
    """

    tokens: Tokens
    trakt_user: str | None
    trakt_id: str | None = None
    is_vip: bool | None = None
    slug: str | None = None
    redirect_uri: str | None = None
    limits: AccountLimits | None = None
    timezone: str | None = None

    def with_settings(self, settings: AccountSettings) -> Self:
        """Return the pair with what Trakt says of its account."""
        owner = settings.owner
        return replace(
            self,
            trakt_user=self.trakt_user or owner.name,
            trakt_id=owner.trakt_id,
            is_vip=owner.is_vip,
            slug=owner.slug,
            limits=settings.limits,
            timezone=settings.timezone,
        )


def decode(raw: bytes) -> str:
    """Return the text of UTF-8 or UTF-16, with or without a byte-order mark.

    Raises:
        BadTokensError: the bytes are no such text.
    """
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if raw.startswith(mark)), None)
    if encoding is None and b"\x00" in raw[:2]:  # JSON begins with an ASCII character
        encoding = "utf-16-be" if raw[:1] == b"\x00" else "utf-16-le"
    try:
        return raw.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        raise BadTokensError("no token pair: the input is neither UTF-8 nor UTF-16") from None


def parse_tokens(text: str, now: datetime) -> Import:
    """Return the token pair that a JSON text holds: Trakt's token object.

    `expires_at` (ISO 8601 or seconds since 1970) may stand for `expires_in`, which counts from `created_at`, or else
    from now.

    Raises:
        BadTokensError: it is not one; the text names the fields, never their values.
    """
    try:
        wire = TokenWire.model_validate_json(text)
    except ValidationError as exc:
        problems = (f"{'.'.join(map(str, error['loc'])) or 'JSON'}: {error['msg']}" for error in exc.errors())
        raise BadTokensError("no token pair: " + "; ".join(problems)) from None
    try:
        return Import(wire.to_tokens(now), wire.username)
    except OverflowError:
        raise BadTokensError("no token pair: it expires at a time beyond all calendars") from None
