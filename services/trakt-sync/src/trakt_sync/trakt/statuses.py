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
    GrantRefusedError,
    LimitReachedError,
    ListGoneError,
    PrivateListError,
    RateLimitedError,
    RejectedError,
    RenewalRefusedError,
    TokenRefusedError,
    TraktError,
    TraktUnavailableError,
)
from trakt_sync.trakt.tokens import OAuthErrorWire

ACCOUNT_LIMIT: Final = 420
"""Trakt's own status: the account may have no more."""
BAD_GRANT: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
"""The token endpoint's statuses for a dead refresh token: 400 today, 401 in older texts."""
MAX_DETAIL_LENGTH: Final = 300
MAX_WAIT: Final = timedelta(days=1)
"""A longer wait is taken for an error of the server."""


def check(response: httpx.Response) -> None:
    """Raise the error that the status stands for; return for a success."""
    if not response.is_success:
        raise _error(response, retry_after(response))


def _error(response: httpx.Response, wait: timedelta | None) -> TraktError:  # noqa: PLR0911 - one a row of the table
    status = response.status_code
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return _unauthorized(response, wait)
        case HTTPStatus.FORBIDDEN:
            return AppRefusedError("Trakt refuses our application (403)", wait)
        case HTTPStatus.NOT_FOUND:
            return ListGoneError("Trakt has no such list", wait)
        case _ if status == ACCOUNT_LIMIT:
            return LimitReachedError("the account's limit is reached", wait)
        case HTTPStatus.LOCKED:
            return _locked(response, wait)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimitedError("Trakt asks to wait", wait)
        case HTTPStatus.REQUEST_TIMEOUT:
            return TraktUnavailableError("Trakt answered 408", wait)
    if 400 <= status < 500:  # noqa: PLR2004 - the class of statuses
        return RejectedError(f"Trakt answered {status}: {_words(response)}".rstrip(": "), wait)
    is_server_error = status == HTTPStatus.INTERNAL_SERVER_ERROR
    return TraktUnavailableError(f"Trakt answered {status}", wait, is_server_error=is_server_error)


def check_renewal(response: httpx.Response) -> None:
    """Raise what the token endpoint's answer means; return for a success.

    Only what it says in words ends a connection, or stops our application. A status alone may be the edge's.
    """
    if response.is_success:
        return
    status, wait, reason = response.status_code, retry_after(response), _oauth_error(response)
    if reason == "invalid_grant" and status in BAD_GRANT:
        raise GrantRefusedError("Trakt accepts the refresh token no more", wait)
    if reason in ("invalid_client", "unauthorized_client") and 400 <= status < 500:  # noqa: PLR2004
        raise AppRefusedError(f"Trakt refuses our application ({reason})", wait)
    match status:
        case HTTPStatus.LOCKED:
            raise _locked(response, wait)
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimitedError("Trakt asks to wait", wait)
    if 400 <= status < 500 and status != HTTPStatus.REQUEST_TIMEOUT:  # noqa: PLR2004
        raise RenewalRefusedError(f"the token endpoint answered {status}", wait)
    raise TraktUnavailableError(f"the token endpoint answered {status}", wait)


def retry_after(response: httpx.Response) -> timedelta | None:
    """Return how long Trakt asks to wait, a day at most; None: it does not say, or not readably."""
    header = response.headers.get("Retry-After", "").strip()
    if _is_number(header):
        return min(timedelta(seconds=int(header[:9])), MAX_WAIT)
    until = _date(header)
    if until is None:
        return None
    return max(timedelta(0), min(until - (time_of(response) or datetime.now(UTC)), MAX_WAIT))


def _unauthorized(response: httpx.Response, wait: timedelta | None) -> PrivateListError | TokenRefusedError:
    if _is_set(response, "X-Private-User"):
        return PrivateListError("the list or its owner is private", wait)
    return TokenRefusedError("Trakt accepts the access token no more", wait)


def _locked(response: httpx.Response, wait: timedelta | None) -> AccountLockedError:
    is_deactivated = _is_set(response, "X-Account-Deactivated") and not _is_set(response, "X-Account-Locked")
    return AccountLockedError(f"the Trakt account is {'deactivated' if is_deactivated else 'locked'}", wait)


def _oauth_error(response: httpx.Response) -> str:
    try:
        return OAuthErrorWire.model_validate_json(response.content).error
    except ValidationError:
        return ""


def _is_set(response: httpx.Response, header: str) -> bool:
    return bool(response.headers.get(header, "").lower() == "true")


def page_count(response: httpx.Response) -> int:
    """Return how many pages there are; 1 when the response does not say.

    Raises:
        TraktUnavailableError: what it says is no number.
    """
    count = response.headers.get("X-Pagination-Page-Count") or "1"
    if not _is_number(count):
        raise TraktUnavailableError("Trakt answered with an unreadable count of pages")
    return int(count[:9])


def page_size(response: httpx.Response) -> int | None:
    """Return how many things a page has; None when the response does not say."""
    return _number_in(response, "X-Pagination-Limit") or None


def item_count(response: httpx.Response) -> int | None:
    """Return how many things all pages have; None when the response does not say."""
    return _number_in(response, "X-Pagination-Item-Count")


def _number_in(response: httpx.Response, header: str) -> int | None:
    text = response.headers.get(header, "")
    return int(text[:9]) if _is_number(text) else None


def time_of(response: httpx.Response) -> datetime | None:
    """Return when Trakt answered, by its own clock; None when it does not say."""
    return _date(response.headers.get("Date", ""))


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _words(response: httpx.Response) -> str:
    """Return Trakt's reason: mostly a header, seldom a body, never a page of HTML, and nothing that is no text.

    Nothing either that repeats the request's token, or of the OAuth host, whose requests are made of secrets.
    """
    words = response.headers.get("X-Error-Message") or ""
    if not words and "html" not in response.headers.get("Content-Type", ""):
        # Not `response.text`: the header's charset may be one of Python's that unpacks, such as zlib.
        words = response.content[: 4 * MAX_DETAIL_LENGTH].decode(errors="replace")
    if _repeats_a_secret(response, words):
        return ""
    return "".join(one if one.isprintable() else " " for one in words.strip()[:MAX_DETAIL_LENGTH])


def _repeats_a_secret(response: httpx.Response, words: str) -> bool:
    try:
        request = response.request
    except RuntimeError:  # a response without a request
        return False
    token = request.headers.get("Authorization", "").rpartition(" ")[2]
    return "/oauth/" in request.url.path or bool(token and token in words)
