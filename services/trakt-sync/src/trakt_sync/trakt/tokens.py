"""Token pairs, and the shapes in which Trakt and operators give them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, SecretStr, model_validator

from trakt_sync.trakt.wire import Wire

MAX_SECONDS: Final = 10**11
"""Seconds since 1970 in the year 5138. A larger number is in milliseconds."""

MAX_TOKEN: Final = 8 * 1024
"""Characters. What servers take as a header; Trakt's tokens have 64."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token pair. The refresh token works once: the new pair is saved before it is used."""

    access: SecretStr
    refresh: SecretStr
    expires_at: datetime


def _sendable(token: SecretStr) -> SecretStr:
    if not re.fullmatch(f"[!-~]{{1,{MAX_TOKEN}}}", token.get_secret_value()):
        raise ValueError(f"give up to {MAX_TOKEN} visible ASCII characters, without blanks")
    return token


def _not_in_milliseconds(value: object) -> object:
    # pydantic takes a large number for milliseconds without a word.
    if isinstance(value, int | float) and abs(value) >= MAX_SECONDS:
        raise ValueError("give seconds since 1970, not milliseconds")
    return value


Token = Annotated[SecretStr, AfterValidator(_sendable)]
Time = Annotated[AwareDatetime, BeforeValidator(_not_in_milliseconds)]


class OAuthErrorWire(Wire):
    error: str = ""
    error_description: str = ""


class TokenWire(Wire):
    """A token object of Trakt, or what an operator exports of one: `expires_at` in place of `expires_in` is taken."""

    access_token: Token
    refresh_token: Token
    created_at: Time | None = None
    expires_in: Annotated[int, Field(ge=0, le=10**9)] | None = None
    expires_at: Time | None = None
    username: Annotated[str, Field(max_length=255, pattern="^[^\\x00]*$")] | None = None

    @model_validator(mode="after")
    def _says_when_it_expires(self) -> Self:
        if (self.expires_in is None) == (self.expires_at is None):
            raise ValueError("give expires_in or expires_at")
        return self

    def to_tokens(self, now: datetime) -> Tokens:
        """Return the pair. Its end is counted from Trakt's stamp where Trakt gave one, else from now.

        Raises:
            OverflowError: it expires at a time beyond all calendars.
        """
        if self.expires_at is not None:
            expires_at = self.expires_at.astimezone(UTC)
        else:
            expires_at = (self.created_at or now) + timedelta(seconds=self.expires_in or 0)
        return Tokens(self.access_token, self.refresh_token, expires_at)
