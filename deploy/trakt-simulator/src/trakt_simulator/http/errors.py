"""Trakt's refusals, with their headers and bodies as documented or observed."""

from collections.abc import Callable
from http import HTTPStatus

from trakt_simulator.http.wire import HTML_TYPE, Answer, TraktError
from trakt_simulator.state.account import Account
from trakt_simulator.state.rate_limits import Standing

UPGRADE_URL = "https://trakt.tv/vip"
ACCOUNT_LIMIT = 420


def account_limit(account: Account | None, limit: int | None = None, *, is_documented: bool) -> TraktError:
    """Return the 420: in reality empty and without headers, as documented with three.

    No account counts as one without VIP; no limit stands for the account's limit of items per list.
    """
    if not is_documented:
        return TraktError(ACCOUNT_LIMIT)
    if limit is None:
        limit = account.limits.items_per_list if account else 250
    is_vip = "true" if account and account.is_vip else "false"
    headers = {"X-Upgrade-URL": UPGRADE_URL, "X-VIP-User": is_vip, "X-Account-Limit": str(limit)}
    return TraktError(ACCOUNT_LIMIT, headers=headers)


def vip_only() -> TraktError:
    return TraktError(HTTPStatus.UPGRADE_REQUIRED, headers={"X-Upgrade-URL": UPGRADE_URL})


def locked(account: Account | None) -> TraktError:
    is_deactivated = account is not None and account.is_deactivated
    is_locked = not is_deactivated or (account is not None and account.is_locked)
    headers = {"X-Account-Locked": _flag(is_locked), "X-Account-Deactivated": _flag(is_deactivated)}
    return TraktError(HTTPStatus.LOCKED, headers=headers)


def rate_limited(standing: Standing) -> Answer:
    """Return the 429 of Trakt's own limiter: `Retry-After` (the caller adds X-Ratelimit) and a short JSON text."""
    return Answer(
        HTTPStatus.TOO_MANY_REQUESTS,
        b'{"error":"rate limit exceeded"}',
        [(b"content-type", b"application/json"), (b"retry-after", b"%d" % standing.retry_after_s)],
    )


def edge_page(status: int, title: str, *headers: tuple[bytes, bytes]) -> Answer:
    """Return an HTML page as Cloudflare sends it before a call reaches Trakt."""
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{title} | api.trakt.tv</title></head>"
        f"<body><h1>{title}</h1><p>cloudflare</p></body></html>\n"
    )
    marks = ((b"server", b"cloudflare"), (b"cf-ray", b"8f00000000000000-LOC"))
    return Answer(status, page.encode(), [HTML_TYPE, *marks, *headers])


def edge_forbidden() -> Answer:
    return edge_page(HTTPStatus.FORBIDDEN, "Attention Required!")


def edge_rate_limited() -> Answer:
    return edge_page(HTTPStatus.TOO_MANY_REQUESTS, "Error 1015: You are being rate limited", (b"retry-after", b"300"))


def _flag(is_set: bool) -> str:
    return "true" if is_set else "false"


# What a fault of this kind answers in place of Trakt, without a rate limit's figures.
Refusal = Callable[[Account | None], Answer]
REFUSALS: dict[str, Refusal] = {
    "rate_limited_html": lambda _: edge_rate_limited(),
    "forbidden_html": lambda _: edge_forbidden(),
    "account_limit": lambda account: account_limit(account, is_documented=False).answer(),
    "account_limit_headers": lambda account: account_limit(account, is_documented=True).answer(),
    "locked": lambda account: locked(account).answer(),
    "vip_only": lambda _: vip_only().answer(),
}
