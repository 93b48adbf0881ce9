"""What a status of Trakt and its headers mean: the table of `docs/architecture.md` as code."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx
from pydantic import ValidationError

from trakt_sync.errors import (
    AccountLockedError,
    AppRefusedError,
    LimitReachedError,
    ListGoneError,
    PrivateListError,
    RateLimitedError,
    RejectedError,
    TokenRefusedError,
    TraktUnavailableError,
)
from trakt_sync.trakt.tokens import OAuthErrorWire

ACCOUNT_LIMIT: Final = 420
"""Trakt's own status: the account may have no more."""
BAD_GRANT: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
"""The token endpoint's statuses for a dead refresh token: 400 today, 401 in older texts."""
MAX_DETAIL_LENGTH: Final = 300
MAX_WAIT_S: Final = 24 * 60 * 60
"""A longer wait is taken for an error of the server."""


def check(response: httpx.Response) -> None:
    """Raise the error that the status stands for; return for a success."""
    status = response.status_code
    if response.is_success:
        return
    match status:
        case HTTPStatus.UNAUTHORIZED:
            raise _unauthorized(response)
        case HTTPStatus.FORBIDDEN:
            raise AppRefusedError("Trakt refuses our application (403)")
        case HTTPStatus.NOT_FOUND:
            raise ListGoneError("Trakt has no such list")
        case _ if status == ACCOUNT_LIMIT:
            raise LimitReachedError("the account's limit is reached")
        case HTTPStatus.LOCKED:
            raise AccountLockedError("the Trakt account is locked")
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimitedError("Trakt asks to wait", _retry_after(response))
        case HTTPStatus.REQUEST_TIMEOUT:
            raise TraktUnavailableError("Trakt answered 408")
    if 400 <= status < 500:  # noqa: PLR2004 - the class of statuses
        raise RejectedError(f"Trakt answered {status}: {_words(response)}".rstrip(": "))
    raise TraktUnavailableError(f"Trakt answered {status}")


def _unauthorized(response: httpx.Response) -> PrivateListError | TokenRefusedError:
    if response.headers.get("X-Private-User", "").lower() == "true":
        return PrivateListError("the list or its owner is private")
    return TokenRefusedError("Trakt accepts the access token no more")


def check_app(response: httpx.Response) -> None:
    """Raise AppRefusedError when the token endpoint refuses our application, and not the user's grant."""
    try:
        answer = OAuthErrorWire.model_validate_json(response.content)
    except ValidationError:
        return
    if answer.error in ("invalid_client", "unauthorized_client"):
        raise AppRefusedError(f"Trakt refuses our application ({answer.error})")


def page_count(response: httpx.Response) -> int:
    """Return how many pages there are; 1 when the response does not say.

    Raises:
        TraktUnavailableError: what it says is no number.
    """
    count = response.headers.get("X-Pagination-Page-Count") or "1"
    if not _is_number(count):
        raise TraktUnavailableError("Trakt answered with an unreadable count of pages")
    return int(count[:9])


def time_of(response: httpx.Response) -> datetime | None:
    """Return when Trakt answered, by its own clock; None when it does not say."""
    try:
        return parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return None


def _retry_after(response: httpx.Response) -> timedelta | None:
    seconds = response.headers.get("Retry-After", "")
    if not _is_number(seconds):
        return None
    return timedelta(seconds=min(int(seconds[:9]), MAX_WAIT_S))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _words(response: httpx.Response) -> str:
    """Return Trakt's reason: mostly a header, seldom a body, never a page of HTML."""
    header = response.headers.get("X-Error-Message")
    if header:
        return str(header)[:MAX_DETAIL_LENGTH]
    is_text = "html" not in response.headers.get("Content-Type", "")
    return response.text.strip()[:MAX_DETAIL_LENGTH] if is_text else ""
