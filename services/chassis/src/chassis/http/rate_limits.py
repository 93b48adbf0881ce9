"""How often a user, and an address, may ask (decision 56). Beyond that: 429, with the seconds to wait."""

import time
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv6Address
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import TooManyRequestsError
from chassis.http.buckets import Buckets
from chassis.http.forwarded import address_of
from chassis.http.problems import problem_of
from chassis.settings import CallerSettings

log = structlog.get_logger()

FAILED_LOGIN: Final = 20
"""What an answer 401 costs its address, in requests."""
TOLD_EVERY: Final = timedelta(seconds=10)
"""There is one log line about refusals in it: who floods us floods no log."""
IPV6_HOST: Final = 64
"""Bits of an IPv6 address that its owner chooses."""


class RateLimitError(TooManyRequestsError):
    """Requests come faster than they may."""

    slug = "rate-limited"


class RateLimits:
    """The limits of one process, for users and for addresses."""

    def __init__(self, settings: CallerSettings, now: Callable[[], float] = time.monotonic) -> None:
        self._users = Buckets(settings.user_requests_per_minute, now=now)
        self._addresses = Buckets(settings.address_requests_per_minute, now=now)
        self._now, self._refused, self._told_at = now, 0, -TOLD_EVERY.total_seconds()

    def take_user(self, user_id: str) -> None:
        """Count a user's request. Raises: RateLimitError: they ask too often."""
        if wait := self._users.take(user_id):
            raise self._refusal("You", wait, by="user", user_id=user_id)

    def take_address(self, key: int, address: str) -> None:
        """Count an address's request. Raises: RateLimitError: it asks too often."""
        if wait := self._addresses.take(key):
            raise self._refusal("Your address", wait, by="address", address=address)

    def charge_failure(self, key: int) -> None:
        """Note that a request of the address had no token that we take."""
        self._addresses.charge(key, FAILED_LOGIN - 1)

    def _refusal(self, who: str, wait: float, **about: str) -> RateLimitError:
        self._refused += 1
        if self._now() - self._told_at >= TOLD_EVERY.total_seconds():
            log.warning("requests_refused", count=self._refused, **about)
            self._refused, self._told_at = 0, self._now()
        return RateLimitError(f"{who} may not ask that often; wait, then try again.", timedelta(seconds=wait))


class AddressLimits:
    """The ASGI middleware that counts each address's requests. Probes and metrics are free."""

    def __init__(self, app: ASGIApp, limits: RateLimits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client") if scope["type"] == "http" and not _is_free(scope["path"]) else None
        address = address_of(client[0]) if client else None
        if address is None:
            return await self._app(scope, receive, send)
        key = int(address) >> IPV6_HOST if isinstance(address, IPv6Address) else int(address)
        try:
            self._limits.take_address(key, str(address))
        except RateLimitError as exc:
            return await problem_of(exc)(scope, receive, send)

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.UNAUTHORIZED:
                self._limits.charge_failure(key)
            await send(message)

        return await self._app(scope, receive, send_counted)


def _is_free(path: str) -> bool:
    return path.startswith("/health/") or path == "/metrics"
