"""Trakt's error responses, with headers and bodies as documented or observed."""

from collections.abc import Mapping
from http import HTTPStatus

from trakt_simulator.http.response import Response
from trakt_simulator.state.account import Account
from trakt_simulator.state.rate_limits import RateLimitState

UPGRADE_URL = "https://trakt.tv/vip"
ACCOUNT_LIMIT = 420
# Trakt's errors come from Rails with an empty body and this type.
EMPTY_TYPE = (b"content-type", b"text/html; charset=utf-8")


class TraktError(Exception):
    """Ends a request with an error response. The body is empty unless given, as Trakt's mostly is.

    Args:
        message: text of the header `X-Error-Message`, for whoever reads the client's log.
    """

    def __init__(
        self, status: int, *, message: str = "", body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.body = body
        self.headers = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        if message:
            self.headers.append((b"x-error-message", message.encode("ascii", "replace")))

    def response(self) -> Response:
        has_type = any(name == b"content-type" for name, _ in self.headers)
        return Response(self.status, self.body, [*self.headers] if has_type else [EMPTY_TYPE, *self.headers])


def invalid(message: str) -> TraktError:
    """Return the 422 for a body or a query that is not valid."""
    return TraktError(HTTPStatus.UNPROCESSABLE_ENTITY, message=message)


def account_limit(account: Account | None, limit: int | None = None, *, is_documented: bool) -> TraktError:
    """Return the 420.

    Args:
        account: None counts as an account without VIP.
        limit: the limit that was reached; None: the account's limit of items per list.
        is_documented: True gives the three documented headers. Real responses have none.
    """
    if not is_documented:
        return TraktError(ACCOUNT_LIMIT)
    if limit is None:
        limit = account.limits.items_per_list if account else 250
    headers = {
        "X-Upgrade-URL": UPGRADE_URL,
        "X-VIP-User": _flag(account is not None and account.is_vip),
        "X-Account-Limit": str(limit),
    }
    return TraktError(ACCOUNT_LIMIT, headers=headers)


def vip_only() -> TraktError:
    return TraktError(HTTPStatus.UPGRADE_REQUIRED, headers={"X-Upgrade-URL": UPGRADE_URL})


def locked(account: Account | None) -> TraktError:
    is_deactivated = account is not None and account.is_deactivated
    is_locked = not is_deactivated or (account is not None and account.is_locked)
    headers = {"X-Account-Locked": _flag(is_locked), "X-Account-Deactivated": _flag(is_deactivated)}
    return TraktError(HTTPStatus.LOCKED, headers=headers)


def rate_limited(state: RateLimitState) -> Response:
    """Return the 429 of Trakt's own limiter, with `Retry-After`. The gateway adds `X-Ratelimit`."""
    return Response(
        HTTPStatus.TOO_MANY_REQUESTS,
        b'{"error":"rate limit exceeded"}',
        [(b"content-type", b"application/json"), (b"retry-after", b"%d" % state.retry_after_s)],
    )


def _flag(is_set: bool) -> str:
    return "true" if is_set else "false"
